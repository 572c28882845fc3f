//! Where not everything in a file was compared or told, and why.

use super::patience::ROW;
use super::run::Unread;
use super::told;

/// Why not everything of a block was compared or told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Too like the queries or documents in too many places.
    Compared,
    /// Too many queries beside too many documents.
    Paired,
    /// Too many matches.
    Listed,
    /// Queries took too much in too many blocks before.
    QueriesOver,
    /// Documents did.
    DocumentsOver,
}

/// How many reasons there are.
const REASONS: usize = 5;

/// A file of which not everything was compared or told.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    /// Which of the files it is.
    pub(super) place: usize,
    file: String,
    /// For each reason the line that the first block begins in that gave it.
    from: [Option<u64>; REASONS],
}

impl Crowd {
    /// A file of which everything was told so far.
    pub(super) fn of_none(place: usize, file: &str) -> Crowd {
        Crowd { place, file: file.to_owned(), from: [None; REASONS] }
    }

    /// Takes down what a block that begins in a line gave.
    pub(super) fn add(&mut self, line: u64, reasons: &[Reason]) {
        for reason in reasons {
            self.from[*reason as usize].get_or_insert(line);
        }
    }

    /// The file with its reasons, for people.
    pub(super) fn unread(&self) -> (usize, Unread) {
        let [compared, paired, listed, queries_over, documents_over] = self.from;
        let compared = compared.map(|line| {
            format!(
                "from line {line} on it is so like the queries or documents, in so many places, that only a part of these \
                 was compared, and more places may hold them than were counted; whole texts that are queries word for \
                 word were all looked for"
            )
        });
        let paired = paired.map(|line| {
            format!(
                "from line {line} on so many queries stand beside so many documents that only a part of the pairs was \
                 looked at, and there may be more judgements than were found"
            )
        });
        let listed = listed.map(|line| {
            format!(
                "from line {line} on there are so many matches that of each kind only the first {} in about a megabyte \
                 are listed; all that were found are counted",
                told::MOST
            )
        });
        let over = |line: Option<u64>, what: &str| {
            line.map(|line| format!("from line {line} on, since {ROW} blocks in a row were like that, {what}"))
        };
        let queries_over = over(queries_over, "queries were looked for as whole texts only");
        let documents_over = over(documents_over, "no documents were looked for");
        let why: Vec<String> = [compared, queries_over, documents_over, paired, listed].into_iter().flatten().collect();
        (self.place, Unread { file: self.file.clone(), why: format!("{} (read it, or leave it out)", why.join("; ")) })
    }
}
