//! `glans worker`

use super::{Failure, open};
use crate::background::Background;
use crate::http::Signals;
use crate::platform::config::Config;

/// Works until it is told to stop.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    // First of all: whoever reads "working" may stop the process at once.
    let mut signals = Signals::register()?;
    open::files_are_there(&config)?;
    let Some(app) = signals.unless(Box::pin(open::lasting_app(config))).await else { return Ok(()) };
    let app = app?;
    let background = Background::start(&app);
    say!("working");
    signals.next().await;
    background.end().await;
    Ok(())
}
