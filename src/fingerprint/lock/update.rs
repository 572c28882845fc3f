//! A new lock from an old one: the prints of today, with the days on which collections were first seen.

use super::file::{Lock, Locked};
use super::part::Part;
use super::print::Print;
use super::seal::Seal;
use crate::collection::Date;

/// The lock of these collections as they are now. What is in the old lock and not among them is left out.
///
/// A collection keeps the day on which it was first seen. One that has none of its queries any more (none of its
/// judgements, where it has no queries) is another collection under an old name, and is first seen today.
pub fn updated(old: Option<&Lock>, now: &[(&str, &Print)], seal: &Seal, today: Date) -> Lock {
    let keyed = seal.check();
    let comparable = old.is_some_and(|old| old.keyed == keyed);
    let mut collections: Vec<Locked> = now
        .iter()
        .map(|(name, print)| {
            let before = old.and_then(|old| old.collection(name));
            let same = before.filter(|before| !comparable || is_still(before, print));
            Locked::of(name, print, same.map_or(today, |before| before.first_seen))
        })
        .collect();
    collections.sort_by(|a, b| a.name.cmp(&b.name));
    Lock { keyed, collections }
}

/// Whether a collection still has something of what it had.
fn is_still(before: &Locked, print: &Print) -> bool {
    match (&before.queries, &print.queries) {
        (Some(before), Some(now)) => share(before, now),
        _ => share(&before.judgements, &print.judgements),
    }
}

fn share(before: &Part, now: &Part) -> bool {
    let (Some(before), Some(now)) = (&before.items, &now.items) else { return true };
    before.iter().any(|(name, tag)| now.get(name) == Some(tag))
}
