//! What the judgements of one query allow at best. Made once per query and shared by every measure and run.

/// The grades of a query's relevant documents, from best to worst: the ideal ranking.
///
/// Grades of 0 and below are not kept; no measure asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ideal {
    descending: Vec<i32>,
}

impl Ideal {
    /// From all grades that a query's judgements hold, in any order.
    pub fn new(grades: impl IntoIterator<Item = i32>) -> Ideal {
        let mut descending: Vec<i32> = grades.into_iter().filter(|grade| *grade > 0).collect();
        descending.sort_unstable_by(|a, b| b.cmp(a));
        Ideal { descending }
    }

    /// The positive grades, from best to worst.
    pub fn grades(&self) -> &[i32] {
        &self.descending
    }

    /// How many documents are relevant from grade `rel` on; `rel` is at least 1.
    pub fn n_relevant(&self, rel: i32) -> usize {
        self.descending.partition_point(|grade| *grade >= rel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_grades_are_kept_from_best_to_worst() {
        let ideal = Ideal::new([0, 2, -1, 1, 3, 2]);
        assert_eq!(ideal.grades(), [3, 2, 2, 1]);
        assert_eq!([1, 2, 3, 4].map(|rel| ideal.n_relevant(rel)), [4, 3, 1, 0]);
    }
}
