//! A fresh Ed25519 pair, its private half sealed.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use glans_entity::ids::format_any;
use uuid::Uuid;

use crate::identity::master_key::{MasterKey, MasterKeyError};

pub struct Pair {
    pub kid: String,
    /// 32 bytes.
    pub public: Vec<u8>,
    /// PKCS #8, sealed with the key id as its context.
    pub sealed_private: Vec<u8>,
}

impl Pair {
    pub fn random(master: &MasterKey) -> Result<Self, MasterKeyError> {
        let kid = format_any("key", Uuid::now_v7());
        let pair = Ed25519KeyPair::generate()?;
        let sealed_private = master.seal(&kid, pair.to_pkcs8v1()?.as_ref())?;
        Ok(Self { kid, public: pair.public_key().as_ref().to_vec(), sealed_private })
    }
}
