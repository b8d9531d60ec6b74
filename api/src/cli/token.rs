//! `glans token`

use clap::Args;

use super::{Failure, open};
use crate::call::Call;
use crate::identity::audit::{self, Deed};
use crate::identity::tokens::issue::{Subject, access_token};
use crate::identity::{accounts, email};
use crate::platform::config::Config;

/// Whose token.
#[derive(Debug, Clone, Args)]
pub(super) struct Token {
    /// The e-mail address of the account.
    #[arg(long)]
    email: String,
}

/// Prints an access token that lives ten minutes, for who operates the machine.
pub(super) async fn run(config: Config, token: Token) -> Result<(), Failure> {
    let app = open::known(config).await?;
    let call = Call::system(&app, "token");
    let unknown = || Failure::Failed(format!("there is no account with the e-mail address {}", token.email));
    let address = email::canonical(&token.email).ok_or_else(unknown)?;
    let account = accounts::by_email(&call.read_as_system().await?, &address).await?.ok_or_else(unknown)?;
    // What cannot be signed was not issued, and what was not recorded is not shown.
    let token = access_token(&app, Subject::Account { id: account.id, session: None }).await?;
    let write = call.write().await?;
    audit::record(&write, None, Deed::OperatorTokenIssued, Some(account.id.to_string())).await?;
    write.commit().await?;
    say!("{}", token.text);
    // Where another address is served, no server takes it.
    complain!("issued for {}", app.identity.issuer.name);
    Ok(())
}
