//! What each reference does: how much of the judgements is left unexplained with it alone, and without it.

use super::Probed;
use crate::collection::Role;
use crate::stats::{CandidateList, label_residual};
use serde::{Deserialize, Serialize};

/// A reference's part in explaining the teacher.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceShare {
    /// The reference.
    pub name: String,
    /// The mean label residual over clean collections with this reference alone; `None` where no clean collection has one.
    pub alone: Option<f64>,
    /// The same with all references but this one; `None` where it is the only one, too.
    pub without: Option<f64>,
}

/// The part of each reference; `names` in the order of the lists' references.
pub fn shares(collections: &[Probed], names: &[String]) -> Vec<ReferenceShare> {
    let all: Vec<usize> = (0..names.len()).collect();
    names
        .iter()
        .enumerate()
        .map(|(place, name)| ReferenceShare {
            name: name.clone(),
            alone: clean_mean(collections, &[place]),
            without: clean_mean(collections, &all.iter().copied().filter(|other| *other != place).collect::<Vec<_>>()),
        })
        .collect()
}

/// The mean over clean collections of the label residual beyond some of the references.
fn clean_mean(collections: &[Probed], references: &[usize]) -> Option<f64> {
    if references.is_empty() {
        return None;
    }
    let clean = collections.iter().filter(|probed| probed.role == Role::Clean);
    let found: Vec<f64> =
        clean.filter_map(|probed| Some(label_residual(&only(probed, references)).ok()?.coefficient)).collect();
    (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64)
}

fn only(probed: &Probed, references: &[usize]) -> Vec<CandidateList> {
    let mut lists = probed.lists();
    for list in &mut lists {
        list.references = references.iter().map(|place| list.references[*place].clone()).collect();
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::probed;

    #[test]
    fn a_reference_that_explains_nothing_is_told_from_one_that_does() {
        let mut clean = probed(20, 1.0);
        clean.role = Role::Clean;
        for query in &mut clean.queries {
            // The second reference is the teacher but for a little; the first knows nothing.
            let near = query.list.score.iter().enumerate().map(|(n, score)| score + 0.05 * (n as f64).cos());
            query.list.references.push(near.collect());
        }
        let shares = shares(&[probed(20, 3.0), clean], &["weak".to_owned(), "near".to_owned()]);
        assert!(shares[0].alone.unwrap() > 0.5 && shares[0].without.unwrap() < 0.2, "{shares:?}");
        assert!(shares[1].alone.unwrap() < 0.2 && shares[1].without.unwrap() > 0.5, "{shares:?}");
    }
}
