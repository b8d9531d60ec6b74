//! What ends who follows, and how long they rest where nothing can be looked at just now.

use std::time::Duration;

use crate::platform::chance::chance;
use crate::platform::error::{Error, Result};

/// A database that was started again is there in a moment.
const SHORTEST: Duration = Duration::from_secs(1);
/// What never goes well again is tried so often.
const LONGEST: Duration = Duration::from_secs(20);

/// How often in a row somebody who follows looked in vain.
#[derive(Debug, Default)]
pub struct Rests {
    in_vain: u32,
}

impl Rests {
    /// What was found; none where nothing could be looked at. Then it has rested, longer each time in a row, and it is time
    /// to look again.
    ///
    /// # Errors
    /// What will be the same the next time, as that there is nothing any more to follow.
    pub async fn heed<T>(&mut self, looked: Result<T>) -> Result<Option<T>> {
        let error = match looked {
            Ok(found) => {
                self.in_vain = 0;
                return Ok(Some(found));
            }
            Err(error) if is_of_the_moment(&error) => error,
            Err(error) => return Err(error),
        };
        // Once is enough, however long it lasts.
        if self.in_vain == 0 {
            tracing::warn!(?error, "who follows cannot look just now, and goes on as soon as possible");
        }
        self.in_vain = self.in_vain.saturating_add(1);
        // Not all at once: they were all cut off in one moment.
        tokio::time::sleep(rest(self.in_vain).mul_f64(0.5 + chance() / 2.0)).await;
        Ok(None)
    }
}

/// Whether it says nothing about what is followed: only that it could not be looked at.
fn is_of_the_moment(error: &Error) -> bool {
    matches!(error, Error::Fault(_) | Error::Held | Error::Slow)
}

fn rest(in_vain: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(in_vain.saturating_sub(1));
    SHORTEST.saturating_mul(doubled).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::{Code, UserErrorCode, coded, refuse};

    #[test]
    fn only_what_is_said_of_the_thing_itself_ends_who_follows() {
        let told = |code| coded(code, "No.");
        assert!(is_of_the_moment(&Error::fault("the database is gone")));
        assert!(is_of_the_moment(&Error::Held));
        assert!(is_of_the_moment(&Error::Slow));
        for code in [Code::NotFound, Code::Forbidden, Code::Unauthenticated, Code::ResyncRequired] {
            assert!(!is_of_the_moment(&told(code)), "{code:?}");
        }
        assert!(!is_of_the_moment(&refuse(UserErrorCode::NotFound, "", "There is nothing.")));
    }

    #[test]
    fn a_rest_grows_to_twenty_seconds() {
        let rests = [1, 2, 3, 5, 6, 40, u32::MAX].map(|in_vain| rest(in_vain).as_secs());
        assert_eq!(rests, [1, 2, 4, 16, 20, 20, 20]);
    }

    #[tokio::test]
    async fn who_looked_in_vain_looks_again_and_begins_with_a_short_rest() {
        let mut rests = Rests::default();
        assert_eq!(rests.heed::<u8>(Err(Error::Held)).await.unwrap(), None);
        assert_eq!(rests.in_vain, 1);
        assert_eq!(rests.heed(Ok(7)).await.unwrap(), Some(7));
        assert_eq!(rests.in_vain, 0);
        let ended = rests.heed::<u8>(Err(coded(Code::NotFound, "No."))).await.unwrap_err();
        assert!(matches!(ended, Error::Coded(Code::NotFound, _)), "{ended:?}");
    }
}
