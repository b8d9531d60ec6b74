//! The device, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::ids::DeviceId;
use glans_entity::notifications::{self, device};

use crate::call::Call;
use crate::payload;
use crate::platform::error::{Result, UserError, outcome};
use crate::sync_cursor;

/// The gateway that pushes to a device.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "notifications::PushPlatform")]
pub enum PushPlatform {
    /// Firebase Cloud Messaging: Android, and whatever else registers there.
    Fcm,
    /// Apple Push Notification service.
    Apns,
    /// A browser (W3C Push API).
    WebPush,
}

pub struct Device(pub device::Model);

impl From<device::Model> for Device {
    fn from(row: device::Model) -> Self {
        Self(row)
    }
}

/// Where push notifications of a signed-in app go. It ends with the session in which it was registered. Seen by its owner
/// alone.
#[Object]
impl Device {
    /// Opaque, stable; give it to `deviceRemove`. A token that moves to another account or session gets another one.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The gateway.
    pub async fn platform(&self) -> PushPlatform {
        self.0.platform.into()
    }

    /// What the app called it, 1 to 80 characters; null when it said nothing.
    pub async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// When the app registered it last.
    pub async fn last_seen_at(&self) -> DateTime<Utc> {
        self.0.last_seen_at
    }

    /// When the session registered it first.
    pub async fn registered_at(&self) -> DateTime<Utc> {
        self.0.registered_at
    }

    /// Whether the session of this request registered it.
    pub async fn is_current(&self, ctx: &Context<'_>) -> bool {
        let standing = Call::of(ctx).standing();
        standing.actor.person().and_then(|person| person.session) == Some(self.0.session_id)
    }
}

/// A device of this session.
#[derive(InputObject)]
pub struct DeviceRegisterInput {
    /// The gateway that made the token.
    pub platform: PushPlatform,
    /// How the gateway knows the device, at most 2,048 characters: the registration token of FCM; the device token of APNs in
    /// hexadecimal digits; of a browser the subscription as `JSON.stringify` writes it, with `endpoint` and `keys`.
    #[graphql(secret)]
    pub token: String,
    /// What the user calls the device, 1 to 80 characters; absent for nothing, or for the name that it has.
    pub name: Option<String>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// Which device goes.
#[derive(InputObject)]
pub struct DeviceRemoveInput {
    /// One of the own devices.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `deviceRegister`.
    DeviceRegisterPayload {
        /// The device; null when refused.
        device: Device
    }
}

/// The answer to `deviceRemove`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct DeviceRemovePayload {
    /// The device that went; null when refused.
    pub deleted_id: Option<ID>,
    /// What the user can mend; empty when it is done.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(DeviceRemovePayload);

impl DeviceRemovePayload {
    pub(super) fn of(done: Result<DeviceId>) -> Result<Self> {
        let (id, user_errors) = outcome(done)?;
        Ok(Self { deleted_id: id.map(|id| id.to_string().into()), user_errors })
    }
}
