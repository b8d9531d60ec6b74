//! What people are told of, and by which way.

pub mod channel_preference;
pub mod delivery;
pub mod device;
pub mod notification;
pub mod notification_settings;
pub mod notification_student;
mod values;

pub use values::{Category, Channel, DeliveryState, Digest, LetterKind, PushPlatform};
