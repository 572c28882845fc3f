//! What a configuration asks for: which rankers, what each is for, and what therefore has to be read.

use super::sources;
use crate::config::{Files, Loaded, ModelOptions};
use crate::error::{Error, Place, Result};
use crate::runs::Format;

/// The reference that every audit has where it can: the first stage's scores.
pub const BM25: &str = "bm25";

/// A ranker that takes part.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorer {
    /// `before`, `after`, `redistilled`, `teacher`, `reference.NAME` (a student), `scorer.NAME` (a reference's own
    /// scores); `after+LOSS` and so on for a student with another loss.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Where its scores come from.
    pub source: Source,
}

/// What a ranker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The student as it was.
    Before,
    /// The student that ships.
    After,
    /// The recipe's own student, beside another one that ships: shown, not tested.
    Redistilled,
    /// A student of some arm with another loss than the first: shown, not tested.
    OtherLoss,
    /// The teacher's own scores.
    Teacher,
    /// An innocent teacher's own scores: they explain the teacher's.
    ReferenceScores,
    /// An innocent teacher's student: what a gain is measured against.
    ReferenceArm,
}

/// Where scores come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Files, one per seed or repeat.
    Files(Files, Option<Format>),
    /// An ONNX model.
    Model(String, ModelOptions),
    /// A program that is asked: its words.
    Command(Vec<String>),
    /// A student that is trained here from the one before, for every seed, with a loss.
    Trained(Supervision, String),
}

/// Whose scores of the training pairs a student learns from.
#[derive(Clone, Debug, PartialEq)]
pub enum Supervision {
    /// The teacher's.
    Teacher,
    /// A file's.
    File(String, Option<Format>),
    /// An ONNX model's, which scores them here.
    Model(String, ModelOptions),
    /// BM25's, over the training corpus.
    Bm25,
    /// Training judgements.
    Labels,
}

/// What a configuration asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The rankers, `before` first.
    pub scorers: Vec<Scorer>,
    /// Whether any of them is a model, given or trained here, or a program: then every arm ranks the first stage's candidates.
    pub scores_models: bool,
    /// Whether label residuals are asked for, and with them BM25 as a reference.
    pub needs_bm25: bool,
    /// What the configuration leaves out, with what to add.
    pub not_checked: Vec<String>,
}

impl Request {
    /// Reads it off a configuration.
    ///
    /// # Errors
    /// A configuration that asks for nothing, or an arm that has both a model and runs, or neither.
    pub fn of(loaded: &Loaded) -> Result<Request> {
        let (scorers, not_checked) = sources::of(&loaded.config).map_err(|e| e.at(Place::file(&loaded.path)))?;
        let is_student = |s: &Scorer| {
            matches!(s.purpose, Purpose::Before | Purpose::After | Purpose::Redistilled | Purpose::OtherLoss)
        };
        let request = Request {
            scores_models: scorers.iter().any(|s| !matches!(s.source, Source::Files(..))),
            needs_bm25: !scorers.iter().all(is_student),
            scorers,
            not_checked,
        };
        request.asks_for_something(loaded).map_err(|e| e.at(Place::file(&loaded.path)))?;
        Ok(request)
    }

    /// The scorers with this purpose.
    pub fn with(&self, purpose: Purpose) -> impl Iterator<Item = &Scorer> {
        self.scorers.iter().filter(move |scorer| scorer.purpose == purpose)
    }

    /// The references, by name, with the arm that holds each one's own scores.
    pub fn references(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.with(Purpose::ReferenceScores);
        own.filter_map(|scorer| Some((scorer.name.strip_prefix("scorer.")?, scorer.name.as_str())))
    }

    /// Whether there is a scorer of this name.
    pub fn has(&self, name: &str) -> bool {
        self.scorers.iter().any(|scorer| scorer.name == name)
    }

    /// The arms that are trained here, with what each learns from and the loss.
    pub fn trained(&self) -> impl Iterator<Item = (&Scorer, &Supervision, &str)> {
        self.scorers.iter().filter_map(|scorer| match &scorer.source {
            Source::Trained(supervision, loss) => Some((scorer, supervision, loss.as_str())),
            _ => None,
        })
    }

    /// The model of the student before, which every trained arm starts from.
    pub fn start(&self) -> Option<(&str, &ModelOptions)> {
        self.with(Purpose::Before).find_map(|scorer| match &scorer.source {
            Source::Model(path, options) => Some((path.as_str(), options)),
            _ => None,
        })
    }

    fn asks_for_something(&self, loaded: &Loaded) -> Result<()> {
        if loaded.config.collection.is_empty() {
            return Err(Error::input("there is no [[collection]], so nothing can be compared")
                .help("add one per evaluation collection: name, path, published")
                .help("`distilgate init` writes a configuration from the folders that it finds"));
        }
        let (after, teacher) = (self.has("after"), self.has("teacher"));
        if !after && !teacher {
            return Err(Error::input("there is nothing to audit: no student after, and no scores of the teacher")
                .help("add [student.after] with `model` or `runs`, the student that ships")
                .help("or [distill], to train one here from the student before")
                .help("or `scores` (or `model`, or `command`) to [teacher], to test the teacher itself"));
        }
        if after && !self.has("before") {
            return Err(Error::input("there is a student after and none before, so there is no gain")
                .help("add [student.before] with `model` or `runs`: the student as it was"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::{Path, PathBuf};

    fn request(text: &str) -> Result<Request> {
        let text = format!("{text}\n[[collection]]\nname = \"c\"\npath = \"c\"\n");
        let config = parse(&text, Path::new("distilgate.toml"))?;
        Request::of(&Loaded { config, path: PathBuf::from("distilgate.toml"), text })
    }

    #[test]
    fn runs_alone_read_no_corpus() {
        let request = request("[student.before]\nruns = \"a\"\n[student.after]\nruns = \"b\"").unwrap();
        assert!(!request.scores_models && !request.needs_bm25);
    }

    #[test]
    fn a_teacher_that_is_a_program_scores_the_candidates() {
        let request = request("[teacher]\ncommand = [\"python3\", \"ask.py\"]").unwrap();
        assert!(request.scores_models && request.needs_bm25);
        assert_eq!(arms(&request), ["teacher: command python3 ask.py"]);
    }

    #[test]
    fn the_teacher_and_references_bring_bm25_in() {
        let request =
            request("[teacher]\nscores = \"t\"\n[[reference]]\nname = \"r\"\nscores = \"r\"\nruns = \"s\"").unwrap();
        assert!(request.needs_bm25);
        let names: Vec<&str> = request.scorers.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["teacher", "scorer.r", "reference.r"]);
    }

    const DISTILL: &str = "[distill]\nqueries = \"q\"\ncorpus = \"c\"\nscores = \"s\"\n";
    const BEFORE: &str = "[student.before]\nmodel = \"m\"\n";

    /// Each arm with where it comes from.
    fn arms(request: &Request) -> Vec<String> {
        let source = |source: &Source| match source {
            Source::Files(files, _) => format!("file {}", files.0.join(",")),
            Source::Model(path, _) => format!("model {path}"),
            Source::Command(words) => format!("command {}", words.join(" ")),
            Source::Trained(Supervision::File(path, _), _) => format!("trained on file {path}"),
            Source::Trained(Supervision::Model(path, _), _) => format!("trained on model {path}"),
            Source::Trained(other, _) => format!("trained on {other:?}"),
        };
        request.scorers.iter().map(|s| format!("{}: {}", s.name, source(&s.source))).collect()
    }

    #[test]
    fn what_is_given_decides_what_is_trained() {
        let after = "[student.after]\nmodel = \"a\"\n";
        let reference = |keys: &str| format!("[[reference]]\nname = \"r\"\n{keys}\n");
        let cases: &[(&str, &str, &[&str])] = &[
            ("", "", &["before: model m", "after: trained on Teacher"]),
            (after, "", &["before: model m", "after: model a", "redistilled: trained on Teacher"]),
            ("", "runs = \"x\"", &["before: model m", "after: trained on Teacher", "reference.r: file x"]),
            (
                "",
                "model = \"x\"",
                &[
                    "before: model m",
                    "after: trained on Teacher",
                    "scorer.r: model x",
                    "reference.r: trained on model x",
                ],
            ),
            (
                "",
                "model = \"x\"\ntraining-scores = \"y\"",
                &[
                    "before: model m",
                    "after: trained on Teacher",
                    "scorer.r: model x",
                    "reference.r: trained on file y",
                ],
            ),
            (
                "",
                "scores = \"x\"\ntraining-scores = \"y\"",
                &["before: model m", "after: trained on Teacher", "scorer.r: file x", "reference.r: trained on file y"],
            ),
            ("", "scores = \"x\"", &["before: model m", "after: trained on Teacher", "scorer.r: file x"]),
            ("", "kind = \"bm25\"", &["before: model m", "after: trained on Teacher", "reference.r: trained on Bm25"]),
            (
                "",
                "model = \"x\"\nruns = \"z\"",
                &["before: model m", "after: trained on Teacher", "scorer.r: model x", "reference.r: file z"],
            ),
        ];
        for (student, keys, expected) in cases {
            let reference = if keys.is_empty() { String::new() } else { reference(keys) };
            let request = request(&format!("{BEFORE}{student}{DISTILL}{reference}")).unwrap();
            assert_eq!(arms(&request), *expected, "{student}{keys}");
            assert_eq!(request.not_checked.is_empty(), *keys != "scores = \"x\"", "{:?}", request.not_checked);
        }
        let also = format!("{BEFORE}{DISTILL}also = [\"ranknet\", \"kl + 0.1 lce\"]\n{}", reference("kind = \"bm25\""));
        let request_of_all = request(&also).unwrap();
        let names: Vec<&str> = request_of_all.scorers.iter().map(|scorer| scorer.name.as_str()).collect();
        let losses: Vec<&str> = request_of_all.trained().map(|(.., loss)| loss).collect();
        assert_eq!(names[..4], ["before", "after", "after+ranknet", "after+kl+0.1-lce"]);
        assert_eq!(names[4..], ["reference.r", "reference.r+ranknet", "reference.r+kl+0.1-lce"]);
        assert_eq!(losses[..3], ["margin-mse", "ranknet", "kl + 0.1 lce"]);
        let labels = format!("{BEFORE}{DISTILL}qrels = \"j\"\n{}", reference("kind = \"labels\""));
        assert_eq!(arms(&request(&labels).unwrap())[2], "reference.r: trained on Labels");
    }

    #[test]
    fn what_cannot_be_trained_says_what_to_add() {
        let reference = |keys: &str| format!("[[reference]]\nname = \"r\"\n{keys}\n");
        let runs = "[student.before]\nruns = \"a\"\n[student.after]\nruns = \"b\"\n";
        for (text, part) in [
            (format!("{BEFORE}{DISTILL}loss = \"margin\"\n"), "margin-mse"),
            (format!("{BEFORE}{DISTILL}also = [\"margin-mse\"]\n"), "twice"),
            (format!("{BEFORE}{DISTILL}also = [\"margin\"]\n"), "margin-mse"),
            (format!("{BEFORE}{DISTILL}[teacher]\ngives = \"order\"\n"), "only its ranks mean something"),
            (DISTILL.to_owned(), "no model to start from"),
            (format!("{runs}{DISTILL}"), "no model to start from"),
            (format!("{BEFORE}{DISTILL}{}", reference("kind = \"labels\"")), "no training judgements"),
            (format!("{runs}{}", reference("kind = \"labels\"")), "nothing is trained"),
            (format!("{runs}{}", reference("training-scores = \"t\"")), "nothing is trained"),
            (format!("{BEFORE}{DISTILL}{}", reference("runs = \"a\"\ntraining-scores = \"t\"")), "both `runs` and"),
            (format!("{BEFORE}{DISTILL}{}", reference("kind = \"bm25\"\ntraining-scores = \"t\"")), "both `kind` and"),
            (format!("{BEFORE}{DISTILL}{}", reference("kind = \"bm25\"\nscores = \"t\"")), "more than one of"),
            (format!("{BEFORE}{DISTILL}{}", reference("")), "gives nothing"),
        ] {
            let error = request(&text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(error.contains("help:"), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_audited_says_what_to_add() {
        for (text, part) in [
            ("", "nothing to audit"),
            ("[student.before]\nruns = \"a\"", "nothing to audit"),
            ("[student.after]\nruns = \"a\"", "none before"),
            ("[student.before]\nruns = \"a\"\nmodel = \"m\"", "both `model` and `runs`"),
            ("[student.after]\n", "gives nothing"),
            ("[teacher]\nscores = \"t\"\ncommand = [\"a\"]", "both `command` and `scores`"),
            ("[teacher]\nmodel = \"t\"\ncommand = [\"a\"]", "both `command` and `model`"),
            ("[[reference]]\nname = \"r\"", "gives nothing"),
        ] {
            let error = request(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(error.contains("help:"), "{error}");
        }
    }
}
