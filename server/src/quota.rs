//! How much one person may ask: so many questions an hour, refilled evenly.

use crate::error::AppError;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota as Rate};
use inhouse_protocol::UserId;
use std::num::NonZeroU32;
use std::sync::Arc;

/// The questions that each person has left. Cheap to clone; counted by process.
#[derive(Clone)]
pub struct Quota {
    limiter: Arc<DefaultKeyedRateLimiter<UserId>>,
    per_hour: NonZeroU32,
}

impl Quota {
    /// `per_hour` questions an hour and as many at once; 0 counts as 1.
    pub fn new(per_hour: u32) -> Self {
        let per_hour = NonZeroU32::new(per_hour).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: Arc::new(DefaultKeyedRateLimiter::keyed(Rate::per_hour(per_hour))),
            per_hour,
        }
    }

    /// Takes one question of the person's, or says when there is one again.
    pub fn take(&self, person: &UserId) -> Result<(), AppError> {
        self.limiter.check_key(person).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            AppError::TooMany {
                retry_after_s: wait.as_secs().max(1),
                message: format!(
                    "You have asked {} questions within the hour. Ask again in {} minutes; your \
                     text stays in the box.",
                    self.per_hour,
                    wait.as_secs().div_ceil(60).max(1)
                ),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_greedy_person_is_stopped_and_the_next_is_not() {
        let quota = Quota::new(2);
        let (greedy, modest) = ("a".parse().unwrap(), "b".parse().unwrap());
        assert!(quota.take(&greedy).is_ok());
        assert!(quota.take(&greedy).is_ok());
        assert!(matches!(quota.take(&greedy), Err(AppError::TooMany { .. })));
        assert!(quota.take(&modest).is_ok());
    }
}
