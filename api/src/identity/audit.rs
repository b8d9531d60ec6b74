//! What identity writes to the audit log.

use glans_entity::ids::BoardId;

use crate::call::Write;
use crate::platform::error::Result;

/// A deed of identity, under the name that it has in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
pub enum Deed {
    #[strum(serialize = "session.created")]
    SessionCreated,
    #[strum(serialize = "session.refused")]
    SessionRefused,
    #[strum(serialize = "session.revoked")]
    SessionRevoked,
    /// A refresh token was shown that had been replaced before: somebody copied it.
    #[strum(serialize = "session.token_reused")]
    TokenReused,
    #[strum(serialize = "device.registered")]
    DeviceRegistered,
    /// Another session registered its token: it is none any more.
    #[strum(serialize = "device.taken_over")]
    DeviceTakenOver,
    #[strum(serialize = "device.removed")]
    DeviceRemoved,
    #[strum(serialize = "password.changed")]
    PasswordChanged,
    #[strum(serialize = "password.reset_requested")]
    ResetRequested,
    #[strum(serialize = "password.reset")]
    PasswordReset,
    #[strum(serialize = "invitation.created")]
    InvitationCreated,
    #[strum(serialize = "invitation.accepted")]
    InvitationAccepted,
    #[strum(serialize = "invitation.refused")]
    InvitationRefused,
    #[strum(serialize = "membership.granted")]
    MembershipGranted,
    #[strum(serialize = "membership.revoked")]
    MembershipRevoked,
    #[strum(serialize = "api_client.created")]
    ClientCreated,
    #[strum(serialize = "api_client.secret_rotated")]
    ClientSecretRotated,
    #[strum(serialize = "api_client.revoked")]
    ClientRevoked,
    #[strum(serialize = "api_client.refused")]
    ClientRefused,
    #[strum(serialize = "api_client.token_issued")]
    ClientTokenIssued,
    #[strum(serialize = "calendar_feed.renewed")]
    CalendarFeedRenewed,
    #[strum(serialize = "calendar_feed.revoked")]
    CalendarFeedRevoked,
    /// All that is kept of a person was shown, to them or to an administrator.
    #[strum(serialize = "person.exported")]
    PersonExported,
    /// Engagement figures are written into a file.
    #[strum(serialize = "export.started")]
    ExportStarted,
    #[strum(serialize = "signing_keys.rotated")]
    KeysRotated,
    #[strum(serialize = "operator.token_issued")]
    OperatorTokenIssued,
}

/// Adds a line in the transaction of the deed. `board` is null for what belongs to no board, such as a sign-in.
pub async fn record(write: &Write<'_>, board: Option<BoardId>, deed: Deed, subject: Option<String>) -> Result<()> {
    crate::audit::record(write, board, deed.into(), subject).await
}
