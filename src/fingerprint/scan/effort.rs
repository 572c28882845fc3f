//! What the comparisons in a block of text may cost, so that no text makes a scan endless.
//!
//! A text that was made for it can be so like the queries or documents, in so many places, that comparing takes the
//! product of both. Each block may cost a multiple of its bytes, in steps that are counted, not in time: what is found is
//! the same on every machine. Ordinary text takes a small part of that. Where it does not suffice, the rest of the block
//! is looked at in one cheap way, and the file is told as not wholly compared.

/// Steps that any block may take: about a tenth of a second.
const BASE: u64 = 1 << 25;

/// Steps for each byte.
const PER_BYTE: u64 = 1 << 12;

/// Steps that a match takes that was found, to be written down with an excerpt.
pub const TOLD: usize = 4000;

/// Steps that are left.
#[derive(Clone, Debug)]
pub struct Effort {
    left: u64,
    ran_out: bool,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort::for_bytes(0)
    }
}

impl Effort {
    /// What a block of so many bytes may cost.
    pub fn for_bytes(bytes: usize) -> Effort {
        Effort { left: BASE + PER_BYTE * bytes as u64, ran_out: false }
    }

    /// No steps.
    pub fn none() -> Effort {
        Effort { left: 0, ran_out: true }
    }

    /// Sets all but the share of the first bytes aside; gives what was set aside.
    pub fn set_aside(&mut self, bytes: usize) -> u64 {
        let aside = self.left.saturating_sub(PER_BYTE * bytes as u64);
        self.left -= aside;
        aside
    }

    /// Takes back what was set aside, so that steps can be taken again; gives whether some had not been enough.
    pub fn take_back(&mut self, aside: u64) -> bool {
        self.left += aside;
        std::mem::take(&mut self.ran_out)
    }

    /// Has it be known that something was not done for want of steps, where that holds; no more are taken then.
    pub fn end(&mut self, ran_out: bool) {
        self.ran_out |= ran_out;
    }

    /// Takes steps; false where there were not enough, and from then on.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> bool {
        match self.left.checked_sub(steps as u64) {
            Some(left) if !self.ran_out => self.left = left,
            _ => self.ran_out = true,
        }
        !self.ran_out
    }

    /// Whether something was not done for want of steps.
    pub fn ran_out(&self) -> bool {
        self.ran_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ran_out_stays_out() {
        let mut effort = Effort::for_bytes(1);
        assert!(effort.spend((BASE + PER_BYTE) as usize) && !effort.ran_out());
        assert!(!effort.spend(1) && effort.ran_out());
        assert!(!effort.spend(0));
    }
}
