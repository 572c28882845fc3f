//! A table from digests to numbers, made once and asked a billion times.
//!
//! Nearly every question is about something that is not in the table, so a bitmap that fits into the cache answers
//! first. Keys are digests and spread by themselves; none is hashed again.

/// Bits of the bitmap for each key: one in eight unknown keys gets past it.
const BITS_PER_KEY: usize = 8;

/// What an empty slot holds.
const EMPTY: u32 = u32::MAX;

/// Digests of 64 bits, each with a number below `u32::MAX`.
#[derive(Clone, Debug)]
pub struct Table {
    bitmap: Vec<u64>,
    keys: Vec<u64>,
    values: Vec<u32>,
    entries: usize,
}

impl Table {
    /// A table for `entries` keys; it grows where there are more.
    pub fn with_room_for(entries: usize) -> Table {
        let slots = (entries.max(16) * 2).next_power_of_two();
        let bits = (entries.max(64) * BITS_PER_KEY).next_power_of_two();
        Table { bitmap: vec![0; bits / 64], keys: vec![0; slots], values: vec![EMPTY; slots], entries: 0 }
    }

    /// How many keys it has.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.entries
    }

    /// The number of a key.
    #[inline]
    pub fn get(&self, key: u64) -> Option<u32> {
        let (word, bit) = self.bit(key);
        if self.bitmap[word] & bit == 0 {
            return None;
        }
        self.look(key)
    }

    fn look(&self, key: u64) -> Option<u32> {
        let slot = self.slot(key);
        (self.values[slot] != EMPTY).then(|| self.values[slot])
    }

    /// The number of a key, which becomes `value` where it has none yet.
    pub fn get_or_insert(&mut self, key: u64, value: u32) -> u32 {
        if (self.entries + 1) * 2 > self.keys.len() {
            self.grow();
        }
        let slot = self.slot(key);
        if self.values[slot] == EMPTY {
            (self.keys[slot], self.values[slot]) = (key, value);
            self.entries += 1;
            let (word, bit) = self.bit(key);
            self.bitmap[word] |= bit;
        }
        self.values[slot]
    }

    /// The slot of a key, or the empty one where it would go. The bitmap uses other bits of the key.
    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut slot = key as usize & mask;
        while self.values[slot] != EMPTY && self.keys[slot] != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    #[inline]
    fn bit(&self, key: u64) -> (usize, u64) {
        let bit = (key >> 32) as usize & (self.bitmap.len() * 64 - 1);
        (bit / 64, 1 << (bit % 64))
    }

    fn grow(&mut self) {
        let mut larger = Table::with_room_for(self.keys.len());
        for (key, value) in self.keys.iter().zip(&self.values).filter(|(_, value)| **value != EMPTY) {
            larger.get_or_insert(*key, *value);
        }
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn a_table_answers_as_a_map(pairs: Vec<(u64, u16)>, asked: Vec<u64>) {
            let (mut table, mut map) = (Table::with_room_for(1), HashMap::new());
            for (key, value) in &pairs {
                let value = u32::from(*value);
                prop_assert_eq!(table.get_or_insert(*key, value), *map.entry(*key).or_insert(value));
            }
            prop_assert_eq!(table.len(), map.len());
            for key in pairs.iter().map(|(key, _)| key).chain(&asked) {
                prop_assert_eq!(table.get(*key), map.get(key).copied());
            }
        }
    }
}
