//! `glans admin`

use clap::{Args, Subcommand};

use super::board::NamedBoard;
use super::{Failure, open};
use crate::call::Call;
use crate::identity::invitations::administrator::{self, Newcomer};
use crate::platform::config::Config;

/// Administrators of boards.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum Admin {
    /// Invite the first administrator of a board; prints the code, and a link where `app_url` is set.
    Create(Create),
}

/// Whom to invite, and where.
#[derive(Debug, Clone, Args)]
pub(super) struct Create {
    /// Where the person reads e-mail; becomes the address of the account.
    #[arg(long)]
    email: String,
    /// The id of the board, as `board_01jd…`, or its number in the national register.
    #[arg(long)]
    board: NamedBoard,
    /// Given name; the part of the address before the @ when absent.
    #[arg(long)]
    given_name: Option<String>,
    /// Family name.
    #[arg(long)]
    family_name: Option<String>,
}

pub(super) async fn run(config: Config, Admin::Create(create): Admin) -> Result<(), Failure> {
    let app_url = config.app_url.trim_end_matches('/').to_owned();
    let app = open::known(config).await?;
    let call = Call::system(&app, "admin create");
    let board = create.board.find(&call).await?;
    let newcomer = Newcomer {
        email: &create.email,
        given_name: create.given_name.as_deref(),
        family_name: create.family_name.as_deref(),
    };
    let code = administrator::invite(&call, &board, newcomer).await?;
    say!("{code}");
    if !app_url.is_empty() {
        say!("{app_url}?invitation={code}");
    }
    say!("Hand this code to {}, for the invitation screen of the app (mutation `invitationAccept`).", create.email);
    say!("It works once, for 60 days.");
    Ok(())
}
