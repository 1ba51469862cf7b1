//! A lock that lets questions pass before documents.
//!
//! One model serves both: documents are embedded batch by batch and give way between batches
//! as soon as a question waits, so that loading a thousand contracts doesn't hold up an asker.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// `T`, for one holder at a time, questions first.
pub(crate) struct Turnstile<T> {
    questions: Mutex<usize>,
    none_waits: Condvar,
    held: Mutex<T>,
}

impl<T> Turnstile<T> {
    pub(crate) fn new(held: T) -> Self {
        Self {
            questions: Mutex::new(0),
            none_waits: Condvar::new(),
            held: Mutex::new(held),
        }
    }

    /// Waits for the present holder only.
    pub(crate) fn question(&self) -> MutexGuard<'_, T> {
        *lock(&self.questions) += 1;
        let held = lock(&self.held);
        let mut questions = lock(&self.questions);
        *questions -= 1;
        if *questions == 0 {
            self.none_waits.notify_all();
        }
        held
    }

    /// Waits until no question waits.
    pub(crate) fn documents(&self) -> MutexGuard<'_, T> {
        let mut questions = lock(&self.questions);
        while *questions > 0 {
            questions = self
                .none_waits
                .wait(questions)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(questions);
        lock(&self.held)
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
            while *lock(&turnstile.questions) == 0 {
                std::thread::yield_now();
            }
            drop(batch);
            turnstile.documents().push("documents");
        });
        assert_eq!(*turnstile.question(), ["question", "documents"]);
    }
}
