//! `glans keys`

use clap::Subcommand;

use super::{Failure, open};
use crate::call::Call;
use crate::identity::audit::{self, Deed};
use crate::identity::keys;
use crate::platform::config::Config;

/// What to do with the keys that sign access tokens.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Keys {
    /// Sign with the next key from now on. Running servers follow within half a minute; no token ends early.
    Rotate,
}

pub(super) async fn run(config: Config, Keys::Rotate: Keys) -> Result<(), Failure> {
    let app = open::known(config).await?;
    let call = Call::system(&app, "keys rotate");
    let write = call.write().await?;
    let rotation = keys::actions::rotate(write.db(), &app.identity.master, write.now()).await?;
    audit::record(&write, None, Deed::KeysRotated, Some(rotation.current.clone())).await?;
    write.commit().await?;
    say!("signs now:   {}", rotation.current);
    say!("signs next:  {}", rotation.next);
    if !rotation.known {
        say!(
            "note: the key that signs now was published less than five minutes ago; a verifier of yours that keeps the keys for longer must read them again"
        );
    }
    Ok(())
}
