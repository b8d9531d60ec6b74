//! Invitations, and the inputs and payloads of their mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::identity::invitation;

use super::actions::NewCode;
use crate::app::App;
use crate::identity::sessions::actions::Tokens;
use crate::identity::sessions::types::TokenPair;
use crate::identity::viewer::Viewer;
use crate::loaders;
use crate::people::guardianships::Guardianship;
use crate::people::persons::Person;
use crate::platform::error::{Result, UserError, outcome};
use crate::sync_cursor;

pub struct Invitation(pub invitation::Model);

/// An invitation of a person to an account. Seen by who made it, in the answer, and by nobody later, so it has no `id`: a new
/// one ends it.
#[Object]
impl Invitation {
    /// Who is invited.
    pub async fn person(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, self.0.person_id).await.map(Person)
    }

    /// For a guardian: the guardianship of the child for which they are invited; null for staff.
    pub async fn guardianship(&self, ctx: &Context<'_>) -> Result<Option<Guardianship>> {
        match self.0.guardianship_id {
            Some(id) => Ok(loaders::one(ctx, id).await?.map(Guardianship)),
            None => Ok(None),
        }
    }

    /// Until when it can be accepted: 60 days after it was made.
    pub async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// How the code of an invitation travels.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationDelivery {
    /// By e-mail, to the address that the board knows.
    Email,
    /// On paper: who invites gets the code in the answer, to print or say.
    Paper,
}

/// Whom to invite.
#[derive(InputObject)]
pub struct InvitationCreateInput {
    /// The person, who has no account yet.
    pub person: ID,
    /// For a guardian: the guardianship of the child for which they are invited. It becomes ACTIVE with the acceptance.
    pub guardianship: Option<ID>,
    /// How the code travels.
    pub delivery: InvitationDelivery,
    /// The same id sent again within seven days has the same effect once and the same answer, code included; 1 to 128
    /// characters.
    pub client_mutation_id: Option<String>,
}

/// Somebody with a code.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// The code, as `7K2M9Q-D4RVX-8HJ3T-N`; capitals, blanks and dashes do not matter, nor do O for 0 and I or L for 1.
    #[graphql(secret)]
    pub code: String,
    /// The password: of the account if there is one with the e-mail address, else of the new account, 8 to 128
    /// characters. Not needed by who is signed in.
    #[graphql(secret)]
    pub password: Option<String>,
    /// The e-mail address to sign in with from now on; absent for the one that the board knows.
    pub email: Option<String>,
    /// What the user calls the device, shown in the list of sessions; cut to 80 characters.
    pub device_name: Option<String>,
    /// Accepted for the sake of uniformity; a repetition is refused, because the code is used by then.
    pub client_mutation_id: Option<String>,
}

/// The answer to `invitationCreate`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InvitationCreatePayload {
    /// The new invitation; null when refused. Earlier ones of the person have ended.
    pub invitation: Option<Invitation>,
    /// The code of an invitation on paper, shown here and never again; null when it goes out by e-mail or is refused.
    pub code: Option<String>,
    /// What the user can mend; empty when it is done.
    pub user_errors: Vec<UserError>,
}

/// The answer to `invitationAccept`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InvitationAcceptPayload {
    /// The tokens of a new session; null when refused, and for who was signed in already.
    pub tokens: Option<TokenPair>,
    /// Who accepted; null when refused.
    pub viewer: Option<Viewer>,
    /// What the user can mend; empty when it is done. EXPIRED for a code that is unknown, used, ended or too often tried.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(InvitationCreatePayload, InvitationAcceptPayload);

impl InvitationCreatePayload {
    pub(super) fn of(app: &App, delivery: InvitationDelivery, done: Result<NewCode>) -> Result<Self> {
        let (made, user_errors) = outcome(done)?;
        let on_paper = made.as_ref().filter(|_| delivery == InvitationDelivery::Paper);
        let code = on_paper.map(|made| made.open(&app.identity.master, &made.row.id.to_string())).transpose()?;
        Ok(Self { invitation: made.map(|made| Invitation(made.row)), code, user_errors })
    }
}

impl InvitationAcceptPayload {
    pub(super) fn of(done: Result<Option<Tokens>>) -> Result<Self> {
        let (accepted, user_errors) = outcome(done)?;
        let viewer = accepted.is_some().then_some(Viewer);
        Ok(Self { tokens: accepted.flatten().map(Into::into), viewer, user_errors })
    }
}
