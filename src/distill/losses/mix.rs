//! A loss, or a weighted sum of several: `margin-mse`, or `margin-mse + 0.1 lce`.

use super::{LOSSES, Loss, Needs, Scores, Settings, names};
use crate::autodiff::Graph;
use crate::config::{Gives, nearest};
use crate::error::{Error, Result};
use std::fmt;

/// How a mix is written, for messages.
const FORM: &str =
    "a mix is written as in \"margin-mse + 0.1 lce\": losses with a weight before them, 1 if none is given";

/// Losses and their weights, as the configuration orders them. [`fmt::Display`] gives the one way to write it.
#[derive(Clone, Debug)]
pub struct Mix {
    parts: Vec<(f32, &'static Loss)>,
}

impl Mix {
    /// Reads a loss's name, or several with weights. What is no loss, no weight above 0, or named twice is refused
    /// (exit 2).
    pub fn parse(text: &str) -> Result<Mix> {
        let mut parts: Vec<(f32, &'static Loss)> = Vec::new();
        for term in text.split('+') {
            let (weight, loss) = part(term).map_err(|error| error.context(format!("loss \"{text}\"")))?;
            if parts.iter().any(|(_, other)| other.name == loss.name) {
                return Err(Error::input(format!("loss \"{text}\": {} is named twice", loss.name))
                    .help("name it once, with the sum of the weights"));
            }
            parts.push((weight, loss));
        }
        Ok(Mix { parts })
    }

    /// The losses with their weights, which are above 0.
    pub fn parts(&self) -> &[(f32, &'static Loss)] {
        &self.parts
    }

    /// Appends the weighted sum to a graph and names it: one number without dimensions.
    pub fn append(&self, graph: &mut Graph, scores: &Scores, settings: &Settings) -> String {
        let terms: Vec<String> = self.parts.iter().map(|part| weighted(graph, part, scores, settings)).collect();
        let sum = terms.into_iter().reduce(|sum, term| graph.add("Add", &[&sum, &term]));
        sum.expect("a mix is read with one part at least")
    }

    /// Refuses a loss that reads differences of scores from a teacher whose differences mean nothing (exit 2).
    pub fn suits(&self, gives: Gives) -> Result<()> {
        let what = match gives {
            Gives::Scores => return Ok(()),
            Gives::Order => "gives = \"order\": only its ranks mean something",
            Gives::Grades => "gives = \"grades\": a few steps, whose distances mean nothing",
        };
        let wrong: Vec<&str> =
            self.parts.iter().filter(|(_, loss)| loss.needs == Needs::Scores).map(|(_, loss)| loss.name).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        let what = format!(
            "loss \"{self}\": {} would learn differences between the teacher's scores, but the teacher has {what}",
            wrong.join(" and ")
        );
        let fitting = names(|loss| loss.needs == Needs::Order);
        Err(Error::input(what)
            .help(format!("use losses that read only the teacher's order: {fitting}"))
            .help("or leave gives out if the teacher's scores are its own and finely graded"))
    }
}

/// Reads `0.1 lce` or `lce`.
fn part(term: &str) -> Result<(f32, &'static Loss)> {
    let words: Vec<&str> = term.split_whitespace().collect();
    match words[..] {
        [] => Err(Error::input("a loss is missing").help(format!("losses: {}", names(|_| true))).help(FORM)),
        [name] => Ok((1.0, named(name)?)),
        [weight, name] => Ok((number(weight)?, named(name)?)),
        _ => Err(Error::input(format!("\"{}\" is not one loss with a weight", term.trim())).help(FORM)),
    }
}

fn number(text: &str) -> Result<f32> {
    match text.parse::<f32>() {
        Ok(weight) if weight.is_finite() && weight > 0.0 => Ok(weight),
        Ok(_) => Err(Error::input(format!("the weight {text} is not a number above 0 that 32 bits can hold"))
            .help("leave a loss out that is not to count")),
        Err(_) => Err(Error::input(format!("the weight \"{text}\" is not a number")).help(FORM)),
    }
}

fn named(name: &str) -> Result<&'static Loss> {
    if let Some(loss) = LOSSES.iter().find(|loss| loss.name == name) {
        return Ok(loss);
    }
    let error = Error::input(format!("\"{name}\" is no loss"));
    let error = match nearest(&name.to_lowercase(), LOSSES.iter().map(|loss| loss.name)) {
        Some(right) => error.help(format!("did you mean {right}?")),
        None => error,
    };
    Err(error.help(format!("losses: {}", names(|_| true))).help(FORM))
}

fn weighted(graph: &mut Graph, part: &(f32, &Loss), scores: &Scores, settings: &Settings) -> String {
    let (weight, loss) = part;
    let value = (loss.append)(graph, scores, settings);
    if *weight == 1.0 {
        return value;
    }
    let weight = graph.scalar(*weight);
    graph.add("Mul", &[&value, &weight])
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (weight, loss)) in self.parts.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { " + " })?;
            match *weight == 1.0 {
                true => f.write_str(loss.name)?,
                false => write!(f, "{weight} {}", loss.name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_has_one_way_to_be_written() {
        for (text, canonical) in [
            ("margin-mse", "margin-mse"),
            ("margin-mse + 0.1 lce", "margin-mse + 0.1 lce"),
            ("  0.10   lce+1.0 kl ", "0.1 lce + kl"),
            ("1e-3 listnet + 2 rank-only + ranknet", "0.001 listnet + 2 rank-only + ranknet"),
            ("3e-7 kl", "0.0000003 kl"),
        ] {
            let mix = Mix::parse(text).unwrap();
            assert_eq!(mix.to_string(), canonical, "{text}");
            let again = Mix::parse(canonical).unwrap();
            assert_eq!(again.to_string(), canonical);
            let weights = |mix: &Mix| -> Vec<f32> { mix.parts().iter().map(|part| part.0).collect() };
            assert_eq!(weights(&again), weights(&mix), "{text}");
        }
    }

    #[test]
    fn what_is_no_mix_is_refused_with_what_is() {
        for (text, parts) in [
            ("", &["a loss is missing", "losses: kl, lce"][..]),
            ("margin-mse +", &["loss \"margin-mse +\": a loss is missing"]),
            ("margin-mse 0.1 lce", &["\"margin-mse 0.1 lce\" is not one loss", "margin-mse + 0.1 lce"]),
            ("lce 0.1", &["the weight \"lce\" is not a number"]),
            ("margin_mse", &["\"margin_mse\" is no loss", "did you mean margin-mse?"]),
            ("MarginMSE", &["did you mean margin-mse?"]),
            ("margin-mse + 0.1 lse", &["\"lse\" is no loss", "did you mean lce?"]),
            ("rankonly", &["did you mean rank-only?"]),
            ("RankNet", &["did you mean ranknet?"]),
            ("cosine", &["\"cosine\" is no loss", "losses: kl, lce"]),
            ("kl + 2 kl", &["kl is named twice"]),
            ("0 kl", &["the weight 0 is not a number above 0"]),
            ("-1 kl", &["the weight -1 is not a number above 0"]),
            ("nan kl", &["the weight nan is not a number above 0"]),
            ("inf kl", &["the weight inf"]),
            ("1e-60 kl", &["the weight 1e-60"]),
            ("1e60 kl", &["the weight 1e60"]),
            ("0,1 lce", &["the weight \"0,1\" is not a number"]),
        ] {
            let error = Mix::parse(text).unwrap_err();
            assert_eq!(error.exit(), crate::Exit::Unusable, "{text}");
            for part in parts {
                assert!(error.to_string().contains(part), "{text}: {error}");
            }
        }
    }

    #[test]
    fn a_teacher_without_scores_that_mean_something_needs_a_loss_that_reads_none() {
        for (text, order_will_do) in [
            ("margin-mse", false),
            ("kl", false),
            ("listnet", false),
            ("lce", true),
            ("ranknet", true),
            ("rank-only", true),
            ("0.1 lce + ranknet", true),
            ("rank-only + 0.1 margin-mse", false),
        ] {
            let mix = Mix::parse(text).unwrap();
            assert!(mix.suits(Gives::Scores).is_ok());
            for gives in [Gives::Order, Gives::Grades] {
                assert_eq!(mix.suits(gives).is_ok(), order_will_do, "{text}");
            }
        }
        let error = Mix::parse("kl + 0.1 lce + margin-mse").unwrap().suits(Gives::Grades).unwrap_err().to_string();
        assert!(error.contains("kl and margin-mse would learn differences"), "{error}");
        assert!(error.contains("the teacher's order: lce, rank-only, ranknet"), "{error}");
    }
}
