//! Rounds that go on as long as the process does.

use std::time::Duration;

use tokio::task::JoinSet;

/// Before what broke off begins anew.
pub const A_MOMENT: Duration = Duration::from_secs(1);

/// A round that breaks off begins anew: whoever looks at the process sees it work, and nobody would be told.
pub async fn for_ever<R: Future<Output = ()> + Send + 'static>(what: &'static str, round: impl Fn() -> R + Send) {
    loop {
        let mut going = JoinSet::new();
        going.spawn(round());
        if let Some(Err(error)) = going.join_next().await {
            tracing::error!(%error, what, "a round broke off and begins anew");
        }
        tokio::time::sleep(A_MOMENT).await;
    }
}
