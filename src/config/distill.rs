//! `[distill]`: how a student is trained from a teacher's scores.

use crate::error::{Error, Result};
use crate::runs::Format;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How students are trained here: from the teacher's scores, and from each innocent reference's, with one recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Distill {
    /// Training queries; never the test queries. Exact copies of test queries are dropped, counted and reported.
    pub queries: String,
    /// The documents that the training scores name.
    pub corpus: String,
    /// What the teacher said about training queries and documents: a run or a score file. `distilgate ask` makes it from
    /// a teacher that is a program or a model.
    pub scores: String,
    /// The form of `scores`, where four columns leave it open.
    pub format: Option<Format>,
    /// Training judgements, for references of `kind = "labels"`.
    pub qrels: Option<String>,
    /// The loss, or a mix of several: `margin-mse`, `kl`, `ranknet`, `lce`, `listnet`, `rank-only`, `margin-mse + 0.1 lce`.
    pub loss: String,
    /// Further losses. Each makes students of its own in every arm and for every seed, which are evaluated and reported
    /// beside those of `loss` and decide nothing: to see how much of a result is the loss.
    pub also: Vec<String>,
    /// Updates of the weights, for every arm and seed.
    pub steps: usize,
    /// Minutes for all arms and seeds together, as in `10m`, instead of `steps`: measured once, then fixed in a file
    /// beside the configuration (`distilgate.steps.json`), to be committed, that later runs reuse. Training alone counts:
    /// scoring and evaluation come on top.
    pub budget: Option<Budget>,
    /// A student is trained for each of these, in every arm.
    pub seeds: Vec<u64>,
    /// What is trained: `all`, `last-N` (the last N layers and the head) or `head`.
    #[schemars(with = "String")]
    pub train: Train,
    /// Queries in a step.
    pub groups: usize,
    /// Candidates of each query in a step, sampled from the list that the teacher scored.
    pub candidates: usize,
    /// Parts that a step's queries are worked through in, one after the other: less memory for the same update.
    pub accumulate: usize,
    /// The learning rate at its highest.
    pub learning_rate: f64,
    /// The share of the steps in which the learning rate rises; after it, it falls to 0. Both are linear.
    pub warm_up: f64,
    /// AdamW's decay of weights; biases and normalisations are exempt.
    pub weight_decay: f64,
    /// The gradient is scaled down to this length where it is longer; 0 is never.
    pub clip: f64,
    /// What scores are divided by before a softmax: both sides' in `kl`, the teacher's in `listnet`.
    pub temperature: f64,
    /// The standard deviation that the teacher's scores are brought to within a list, on average, so that teachers of
    /// different units teach by the same recipe. The student's score is its logit, its dot product, or 20 times its
    /// cosine.
    pub teacher_scale: f64,
    /// The most tokens of a text or pair in training, and never more than the student reads anyway: more take longer.
    pub max_length: Option<usize>,
}

/// More queries, or candidates of one, than this in a step fit into no memory.
const MOST_ROWS: usize = 100_000;
/// More steps than this take years.
const MOST_STEPS: usize = 10_000_000;

impl Default for Distill {
    fn default() -> Distill {
        Distill {
            queries: String::new(),
            corpus: String::new(),
            scores: String::new(),
            format: None,
            qrels: None,
            loss: "margin-mse".to_owned(),
            also: Vec::new(),
            steps: 90,
            budget: None,
            seeds: vec![1, 2, 3],
            train: Train::All,
            groups: 4,
            candidates: 8,
            accumulate: 1,
            learning_rate: 3e-4,
            warm_up: 0.1,
            weight_decay: 0.01,
            clip: 1.0,
            temperature: 1.0,
            teacher_scale: 1.0,
            max_length: Some(128),
        }
    }
}

impl Distill {
    /// Refuses values that no training could use; what the loss's name means is known where it is computed.
    pub fn validate(&self) -> Result<()> {
        for (key, value) in [("queries", &self.queries), ("corpus", &self.corpus), ("scores", &self.scores)] {
            if value.is_empty() {
                return Err(Error::input(format!("distill.{key} is missing")).help(format!(
                    "[distill] needs queries, corpus and scores: training texts and the teacher's scores of them; add {key}"
                )));
            }
        }
        for (key, value) in [("groups", self.groups), ("steps", self.steps), ("accumulate", self.accumulate)] {
            if value == 0 {
                return Err(Error::input(format!("distill.{key} is 0: nothing would be trained"))
                    .help("leave it out for the default, which `distilgate explain keys` lists"));
            }
        }
        for (key, value, most) in [
            ("groups", self.groups, MOST_ROWS),
            ("candidates", self.candidates, MOST_ROWS),
            ("steps", self.steps, MOST_STEPS),
        ] {
            if value > most {
                return Err(Error::input(format!("distill.{key} is {value}, and must be at most {most}"))
                    .help("leave it out for the default, which `distilgate explain keys` lists"));
            }
        }
        if self.candidates < 2 {
            return Err(Error::input(format!("distill.candidates is {}, and must be 2 or more", self.candidates))
                .help("a ranking loss compares candidates of one query"));
        }
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        if seeds.is_empty() || seeds.len() != self.seeds.len() {
            return Err(
                Error::input("distill.seeds must name one seed or several different ones").help("seeds = [1, 2, 3]")
            );
        }
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let not_negative = |value: f64| value.is_finite() && value >= 0.0;
        for (key, value, fits, must) in [
            ("learning-rate", self.learning_rate, positive(self.learning_rate), "be above 0"),
            ("temperature", self.temperature, positive(self.temperature), "be above 0"),
            ("teacher-scale", self.teacher_scale, positive(self.teacher_scale), "be above 0"),
            ("weight-decay", self.weight_decay, not_negative(self.weight_decay), "be 0 or more"),
            ("clip", self.clip, not_negative(self.clip), "be 0 or more"),
            ("warm-up", self.warm_up, not_negative(self.warm_up) && self.warm_up < 1.0, "lie between 0 and 1"),
        ] {
            if !fits {
                return Err(Error::input(format!("distill.{key} is {value}, and must {must}"))
                    .help("leave it out for the default, which `distilgate explain keys` lists"));
            }
        }
        Ok(())
    }
}

/// What is trained of a student; the rest stays as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Train {
    /// Every weight.
    #[default]
    All,
    /// The last so many layers, and what stands behind them.
    Last(usize),
    /// What stands behind the layers: pooler and classifier.
    Head,
}

impl fmt::Display for Train {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Train::All => write!(f, "all"),
            Train::Last(layers) => write!(f, "last-{layers}"),
            Train::Head => write!(f, "head"),
        }
    }
}

impl FromStr for Train {
    type Err = String;

    fn from_str(text: &str) -> Result<Train, String> {
        let layers = text.strip_prefix("last-").and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        match (text, layers) {
            ("all", _) => Ok(Train::All),
            ("head", _) => Ok(Train::Head),
            (_, Some(layers)) => Ok(Train::Last(layers)),
            _ => Err(format!("\"{text}\" is not what can be trained: all, head, or last-N as in last-2")),
        }
    }
}

/// A span of time, written as `90s`, `10m` or `1h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its seconds.
    pub seconds: u64,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds {
            s if s % 3600 == 0 => write!(f, "{}h", s / 3600),
            s if s % 60 == 0 => write!(f, "{}m", s / 60),
            s => write!(f, "{s}s"),
        }
    }
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Budget, String> {
        let unit = [('s', 1), ('m', 60), ('h', 3600)].into_iter().find(|(letter, _)| text.ends_with(*letter));
        let seconds = unit.and_then(|(letter, seconds)| {
            text.strip_suffix(letter)?.parse::<u64>().ok()?.checked_mul(seconds).filter(|s| *s > 0)
        });
        let seconds = seconds.ok_or_else(|| format!("\"{text}\" is no span of time: write 90s, 10m or 1h"))?;
        Ok(Budget { seconds })
    }
}

/// Written as text, read from text.
macro_rules! as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text!(Train);
as_text!(Budget);

impl JsonSchema for Budget {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Budget".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[1-9][0-9]*[smh]$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_trained_and_for_how_long_is_read_and_written() {
        for text in ["all", "head", "last-1", "last-12"] {
            assert_eq!(text.parse::<Train>().unwrap().to_string(), text);
        }
        for text in ["90s", "10m", "1h"] {
            assert_eq!(text.parse::<Budget>().unwrap().to_string(), text);
        }
        for text in ["", "last-0", "last-", "first-2"] {
            assert!(text.parse::<Train>().is_err(), "{text}");
        }
        for text in ["", "10", "0m", "-1s", "1d", "99999999999999999999h"] {
            assert!(text.parse::<Budget>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_no_training_could_use_is_refused() {
        let good = Distill { queries: "q".into(), corpus: "c".into(), scores: "s".into(), ..Distill::default() };
        assert!(good.validate().is_ok());
        for (bad, part) in [
            (Distill { corpus: String::new(), ..good.clone() }, "distill.corpus is missing"),
            (Distill { steps: 0, ..good.clone() }, "distill.steps is 0"),
            (Distill { candidates: 1, ..good.clone() }, "distill.candidates is 1"),
            (Distill { steps: usize::MAX, ..good.clone() }, "must be at most 10000000"),
            (Distill { groups: usize::MAX, ..good.clone() }, "must be at most 100000"),
            (Distill { seeds: vec![], ..good.clone() }, "distill.seeds"),
            (Distill { seeds: vec![1, 1], ..good.clone() }, "distill.seeds"),
            (Distill { learning_rate: f64::NAN, ..good.clone() }, "distill.learning-rate"),
            (Distill { warm_up: 1.0, ..good.clone() }, "distill.warm-up"),
        ] {
            assert!(bad.validate().unwrap_err().to_string().contains(part), "{part}");
        }
    }
}
