//! Where pictures are drawn: apart from what answers requests, and only a few at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::platform::error::{Error, Result};

/// Pictures that are drawn at a time. The largest takes a tenth of a second when optimised.
const PENS: usize = 2;
/// How long somebody waits for a pen.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pens of a process.
#[derive(Clone)]
pub(super) struct Studio {
    pens: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Studio {
    fn default() -> Self {
        Self { pens: Arc::new(Semaphore::new(PENS)), patience: PATIENCE }
    }
}

impl Studio {
    /// Does `work` when there is a pen; none when there was none for too long. A pen is given back when the work is done, even
    /// if nobody waits for it any more.
    pub(super) async fn draw<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let Ok(pen) = timeout(self.patience, Arc::clone(&self.pens).acquire_owned()).await else { return Ok(None) };
        let pen = pen.map_err(Error::fault)?;
        let drawn = spawn_blocking(move || {
            let drawn = work();
            drop(pen);
            drawn
        });
        drawn.await.map_err(Error::fault)?.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_no_pen_is_turned_away_in_time() {
        let studio = Studio { patience: Duration::from_millis(20), ..Studio::default() };
        assert_eq!(studio.draw(|| Ok(1)).await.unwrap(), Some(1));
        let held = studio.pens.acquire_many(u32::try_from(PENS).unwrap()).await.unwrap();
        assert_eq!(studio.draw(|| Ok(1)).await.unwrap(), None);
        drop(held);
        assert_eq!(studio.draw(|| Ok(1)).await.unwrap(), Some(1));
    }
}
