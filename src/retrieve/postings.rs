//! Postings: which documents hold a term, and how often. Two bytes for most, so that memory stays small.

/// Documents in the order in which they came, as pairs of the step from the document before and the number of
/// occurrences, each as a little-endian base-128 number (seven bits a byte, the eighth says that more follow).
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    bytes: Vec<u8>,
    last: u32,
    documents: u32,
}

impl Postings {
    /// Adds a document, whose number has to be higher than all before it.
    pub(super) fn push(&mut self, document: u32, occurrences: u32) {
        debug_assert!(self.documents == 0 || document > self.last, "documents come in order");
        push_number(&mut self.bytes, document - self.last);
        push_number(&mut self.bytes, occurrences);
        self.last = document;
        self.documents += 1;
    }

    /// How many documents hold the term.
    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// Document and occurrences, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut bytes = self.bytes.iter();
        let mut document = 0;
        std::iter::from_fn(move || {
            document += next_number(&mut bytes)?;
            Some((document, next_number(&mut bytes)?))
        })
    }

    /// Gives back the room that was kept for more.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn next_number(bytes: &mut std::slice::Iter<u8>) -> Option<u32> {
    let mut number = 0;
    let mut shift = 0;
    loop {
        let byte = *bytes.next()?;
        number |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_back_as_they_went_in() {
        let pushed = [(0, 1), (1, 127), (128, 128), (129, 16_384), (70_000, 3), (u32::MAX, u32::MAX)];
        let mut postings = Postings::default();
        for (document, occurrences) in pushed {
            postings.push(document, occurrences);
        }
        postings.shrink();
        assert_eq!(postings.iter().collect::<Vec<_>>(), pushed);
        assert_eq!(postings.documents(), 6);
    }
}
