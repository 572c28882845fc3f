//! Results in the order in which the work was given out, with a bound on what is under way.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A place for each piece of work that is under way, from when it is given out until its result is told.
///
/// Whoever gives out sends before each piece, which waits while all places are taken; whoever tells receives after each.
pub(super) fn places(many: usize) -> (SyncSender<()>, Receiver<()>) {
    sync_channel(many)
}

/// Results by their number: what comes early waits, and a place is free again when the next is asked for.
pub(super) fn in_order<T>(results: Receiver<(u64, T)>, places: Receiver<()>) -> impl Iterator<Item = T> {
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    std::iter::from_fn(move || {
        if next > 0 {
            // Sent before the piece was given out, so it is there.
            let _ = places.try_recv();
        }
        loop {
            if let Some(result) = waiting.remove(&next) {
                next += 1;
                return Some(result);
            }
            let (number, result) = results.recv().ok()?;
            waiting.insert(number, result);
        }
    })
}

/// Gives an empty result where the thread that owes one dies, so that nobody waits for it.
pub(super) struct Owed<'a, T: Default> {
    results: &'a SyncSender<(u64, T)>,
    number: u64,
    paid: bool,
}

impl<'a, T: Default> Owed<'a, T> {
    /// Owes the result of a number.
    pub(super) fn new(results: &'a SyncSender<(u64, T)>, number: u64) -> Owed<'a, T> {
        Owed { results, number, paid: false }
    }

    /// Gives the result; false where nobody takes it.
    pub(super) fn pay(mut self, result: T) -> bool {
        self.paid = true;
        self.results.send((self.number, result)).is_ok()
    }
}

impl<T: Default> Drop for Owed<'_, T> {
    fn drop(&mut self) {
        if !self.paid {
            // Whoever waits for the threads hears of the death.
            let _ = self.results.send((self.number, T::default()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_under_way_than_there_are_places() {
        let (to_tell, results) = sync_channel(10);
        let (taken, free) = places(3);
        let mut told = in_order(results, free);
        (0..3).for_each(|_| taken.try_send(()).unwrap());
        // The first result is late: whoever reads waits.
        [2, 1].iter().for_each(|number| to_tell.send((*number, *number)).unwrap());
        assert!(taken.try_send(()).is_err());
        drop(Owed::new(&to_tell, 0));
        assert_eq!((told.next(), taken.try_send(()).is_err()), (Some(0), true));
        assert_eq!((told.next(), taken.try_send(()).is_ok()), (Some(1), true));
        assert!(Owed::new(&to_tell, 3).pay(3));
        drop(to_tell);
        assert_eq!(told.collect::<Vec<_>>(), [2, 3]);
    }
}
