//! A lock that lets questions pass before documents, and documents before work behind the scenes.
//!
//! One model serves both: documents are embedded batch by batch and give way between batches
//! as soon as a question waits, so that loading a thousand contracts doesn't hold up an asker.
//! Embedding everything again by another model gives way to both.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// `T`, for one holder at a time, questions first.
pub(crate) struct Turnstile<T> {
    before: Mutex<Before>,
    changed: Condvar,
    held: Mutex<T>,
}

/// Those who go first.
#[derive(Default)]
struct Before {
    /// Questions that wait.
    questions: usize,
    /// Loads of documents in work, also between their batches.
    loads: usize,
}

/// A load of documents in work, until it is dropped.
pub(crate) struct Load<'a, T>(&'a Turnstile<T>);

impl<T> Turnstile<T> {
    pub(crate) fn new(held: T) -> Self {
        Self {
            before: Mutex::default(),
            changed: Condvar::new(),
            held: Mutex::new(held),
        }
    }

    /// Waits for the present holder only.
    pub(crate) fn question(&self) -> MutexGuard<'_, T> {
        lock(&self.before).questions += 1;
        let held = lock(&self.held);
        let mut before = lock(&self.before);
        before.questions -= 1;
        if before.questions == 0 {
            self.changed.notify_all();
        }
        held
    }

    /// Announces a load of documents: what is behind the scenes waits until it is over.
    pub(crate) fn load(&self) -> Load<'_, T> {
        lock(&self.before).loads += 1;
        Load(self)
    }

    /// Waits until no question waits.
    pub(crate) fn documents(&self) -> MutexGuard<'_, T> {
        self.after(|before| before.questions > 0)
    }

    /// Waits until no question waits and no load of documents is in work.
    pub(crate) fn background(&self) -> MutexGuard<'_, T> {
        self.after(|before| before.questions > 0 || before.loads > 0)
    }

    fn after(&self, busy: impl Fn(&Before) -> bool) -> MutexGuard<'_, T> {
        let mut before = lock(&self.before);
        while busy(&before) {
            before = self
                .changed
                .wait(before)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(before);
        lock(&self.held)
    }
}

impl<T> Drop for Load<'_, T> {
    fn drop(&mut self) {
        lock(&self.0.before).loads -= 1;
        self.0.changed.notify_all();
    }
}

/// A panic of an earlier holder leaves a model as usable as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_waiting_question_passes_before_the_next_batch_of_documents() {
        let turnstile = Turnstile::new(Vec::new());
        let batch = turnstile.documents();
        let (waits, waiting) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                waits.send(()).expect("the test listens");
                turnstile.question().push("question");
            });
            waiting.recv().expect("the question was asked");
            while lock(&turnstile.before).questions == 0 {
                std::thread::yield_now();
            }
            drop(batch);
            turnstile.documents().push("documents");
        });
        assert_eq!(*turnstile.question(), ["question", "documents"]);
    }

    #[test]
    fn what_is_behind_the_scenes_waits_until_a_load_of_documents_is_over() {
        let turnstile = Turnstile::new(Vec::new());
        let load = turnstile.load();
        turnstile.documents().push("first batch");
        std::thread::scope(|scope| {
            scope.spawn(|| turnstile.background().push("behind the scenes"));
            turnstile.documents().push("second batch");
            drop(load);
        });
        assert_eq!(
            *turnstile.question(),
            ["first batch", "second batch", "behind the scenes"]
        );
    }
}
