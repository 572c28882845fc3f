//! What each ranker that was found is for, guessed by the words in its path, and which of several is taken. Whoever
//! shows a guess says that it is one, and by which word.

use super::found::Found;

/// What a ranker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The student as it was.
    Before,
    /// The student that ships.
    After,
    /// The teacher's own scores.
    Teacher,
    /// Where candidates come from.
    FirstStage,
    /// A reference: its student's runs, or its model.
    Reference,
    /// A reference's own scores.
    ReferenceScores,
}

/// How much a word tells: `before` is what this program calls it, `base` stands in names of all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Hint,
    Word,
    Name,
}

const WORDS: [(Role, Weight, &[&str]); 11] = [
    (Role::Before, Weight::Name, &["before"]),
    (
        Role::Before,
        Weight::Word,
        &[
            "baseline",
            "baselines",
            "original",
            "orig",
            "untrained",
            "undistilled",
            "pretrained",
            "vanilla",
            "initial",
            "previous",
            "prev",
        ],
    ),
    (Role::Before, Weight::Hint, &["base", "old"]),
    (Role::After, Weight::Name, &["after"]),
    (Role::After, Weight::Word, &["distilled", "distill", "distil", "finetuned", "tuned", "release"]),
    (Role::After, Weight::Hint, &["student", "new", "latest", "trained"]),
    (Role::Teacher, Weight::Word, &["teacher"]),
    (Role::FirstStage, Weight::Name, &["bm25"]),
    (Role::FirstStage, Weight::Word, &["candidates"]),
    (Role::FirstStage, Weight::Hint, &["first"]),
    (Role::Reference, Weight::Name, &["reference", "references"]),
];

/// Versions count where they are a whole folder, or stand between dots: many a model's name ends in `-v2`.
const VERSIONS: [(Role, &[&str]); 2] = [(Role::Before, &["v0", "v1"]), (Role::After, &["v2"])];

/// What a reference's own scores are called, where its path says more than that it is a reference's.
const OWN_SCORES: [&str; 4] = ["teacher", "scores", "scorer", "own"];

/// Words of paths that are no ranker's.
const PLAIN: [&str; 12] = ["run", "runs", "res", "results", "out", "output", "trec", "txt", "tsv", "gz", "zst", "seed"];

/// What a path's words say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// One thing, by this word.
    Is(Role, String),
    /// Several things, by these words.
    Torn(Vec<String>),
    /// Nothing.
    Silent,
}

/// What the words of a path say that its ranker is for. The words that tell most decide.
pub fn guess(path: &str) -> Guess {
    let path = path.replace("{collection}", "").to_lowercase();
    let words: Vec<&str> = path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let parts: Vec<&str> = path.split(['/', '.']).collect();
    let told = WORDS.iter().flat_map(|(role, weight, known)| {
        words.iter().filter(|word| known.contains(word)).map(|word| (*weight, *role, (*word).to_owned()))
    });
    let versions = VERSIONS.iter().flat_map(|(role, known)| {
        parts.iter().filter(|part| known.contains(part)).map(|part| (Weight::Hint, *role, (*part).to_owned()))
    });
    let mut told: Vec<(Weight, Role, String)> = told.chain(versions).collect();
    let most = told.iter().map(|(weight, ..)| *weight).max();
    told.retain(|(weight, ..)| Some(*weight) == most);
    match told.first().cloned() {
        None => Guess::Silent,
        Some((_, role, word)) if told.iter().all(|(_, other, _)| *other == role) => {
            let scores = role == Role::Reference && words.iter().any(|word| OWN_SCORES.contains(word));
            Guess::Is(if scores { Role::ReferenceScores } else { role }, word)
        }
        Some(_) => Guess::Torn(told.into_iter().map(|(.., word)| word).collect()),
    }
}

/// The words of a path but for those that say what its ranker is for: two paths with the same ones are of one ranker.
pub fn rest(path: &str) -> Vec<String> {
    let path = path.replace("{collection}", "").to_lowercase();
    let words = path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let tells = |word: &&str| WORDS.iter().any(|(.., known)| known.contains(word)) || OWN_SCORES.contains(word);
    // Seeds and endings tell nothing.
    let is_plain = |word: &&str| PLAIN.contains(word) || word.bytes().all(|b| b.is_ascii_digit());
    words.filter(|word| !tells(word) && !is_plain(word)).map(str::to_owned).collect()
}

/// A ranker that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The paths: one model, or a pattern per seed.
    pub files: Vec<String>,
    /// Whether it is a model, and otherwise runs.
    pub is_model: bool,
    /// How many collections its runs cover.
    pub covers: usize,
    /// What its path says.
    pub guess: Guess,
}

/// Everything that was found, models first, and what is taken for what.
#[derive(Debug)]
pub struct Roles {
    /// All candidates.
    pub all: Vec<Candidate>,
}

impl Role {
    /// Where a configuration has it.
    pub fn key(self) -> &'static str {
        match self {
            Role::Before => "[student.before]",
            Role::After => "[student.after]",
            Role::Teacher => "scores in [teacher]",
            Role::FirstStage => "run in [first-stage]",
            Role::Reference => "runs in [[reference]]",
            Role::ReferenceScores => "scores in [[reference]]",
        }
    }
}

impl Roles {
    /// Guesses what each ranker of a folder is for.
    pub fn of(found: &Found) -> Roles {
        let models = found.models.iter().map(|path| Candidate {
            files: vec![path.clone()],
            is_model: true,
            covers: 0,
            guess: guess(path),
        });
        let runs = found.runs.iter().map(|runs| Candidate {
            files: runs.files.clone(),
            is_model: false,
            covers: runs.covers.len(),
            guess: guess(&runs.files[0]),
        });
        Roles { all: models.chain(runs).collect() }
    }

    /// All that may be this, the one that is taken first: of models the first, of runs the widest. Students are compared
    /// with their like: models where both are, otherwise runs where both are.
    pub fn with(&self, role: Role) -> Vec<&Candidate> {
        let mut with: Vec<&Candidate> = self.of_role(role).collect();
        let models_first = match role {
            Role::Before | Role::After => self.both(true) || !self.both(false),
            Role::Reference => true,
            _ => false,
        };
        with.sort_by_key(|c| (c.is_model != models_first, std::cmp::Reverse(c.covers)));
        with
    }

    /// Whether both students are models, or runs.
    fn both(&self, models: bool) -> bool {
        [Role::Before, Role::After].iter().all(|role| self.of_role(*role).any(|c| c.is_model == models))
    }

    fn of_role(&self, role: Role) -> impl Iterator<Item = &Candidate> {
        self.all.iter().filter(move |c| matches!(&c.guess, Guess::Is(is, _) if *is == role))
    }

    /// What no word tells, or several tell differently.
    pub fn open(&self) -> Vec<&Candidate> {
        self.all.iter().filter(|c| !matches!(c.guess, Guess::Is(..))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_and_the_plainest_decides() {
        for (path, role) in [
            ("runs/before/{collection}.run", Role::Before),
            ("results/baseline/{collection}.trec", Role::Before),
            ("run.minilm-base.{collection}.txt", Role::Before),
            ("out/v1/{collection}.run.gz", Role::Before),
            ("student/before", Role::Before),
            ("results/Distilled/{collection}.trec", Role::After),
            ("run.minilm-base-distilled.{collection}.txt", Role::After),
            ("out/v2/{collection}.run.gz", Role::After),
            ("student.{collection}.run", Role::After),
            ("runs/teacher-new/{collection}.run", Role::Teacher),
            ("runs/reference-student/{collection}.run", Role::Reference),
            ("runs/reference-teacher/{collection}.run", Role::ReferenceScores),
            ("baseline/bm25.{collection}.txt", Role::FirstStage),
        ] {
            assert!(matches!(guess(path), Guess::Is(is, _) if is == role), "{path}: {:?}", guess(path));
        }
    }

    #[test]
    fn doubt_is_not_decided() {
        for path in ["run.gpt4o.{collection}.txt", "models/all-minilm-l6-v2", "runs/{collection}.run", "v3/x.run"] {
            assert_eq!(guess(path), Guess::Silent, "{path}");
        }
        for path in ["before/after.{collection}.run", "distilled-from-teacher/{collection}.run", "old/new.run"] {
            assert!(matches!(guess(path), Guess::Torn(words) if words.len() == 2), "{path}");
        }
    }

    fn roles(models: &[&str], runs: &[(&str, usize)]) -> Roles {
        let candidate = |path: &str, is_model, covers| Candidate {
            files: vec![path.to_owned()],
            is_model,
            covers,
            guess: guess(path),
        };
        let models = models.iter().map(|path| candidate(path, true, 0));
        Roles { all: models.chain(runs.iter().map(|(path, covers)| candidate(path, false, *covers))).collect() }
    }

    #[test]
    fn like_is_compared_with_like_and_the_widest_runs_are_taken() {
        let first = |roles: &Roles, role| roles.with(role).first().map(|c| c.files[0].clone()).unwrap_or_default();
        let runs = [("base", 2), ("old", 3), ("new", 3)];
        assert_eq!(first(&roles(&["m/base"], &runs), Role::Before), "old");
        assert_eq!(first(&roles(&["m/base", "m/new"], &runs), Role::Before), "m/base");
        assert_eq!(first(&roles(&["m/base"], &[("new", 1)]), Role::Before), "m/base");
        assert_eq!(roles(&[], &runs).with(Role::Before).len(), 2);
    }
}
