//! The secret part of an address that bytes are sent to.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::platform::chance;
use crate::platform::error::{Error, Result};

/// 256 random bits. Told once and kept as a hash.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Another one.
    pub fn new() -> Result<Self> {
        let mut bytes = [0_u8; 32];
        chance::fill(&mut bytes).map_err(Error::fault)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// As it is kept.
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }

    /// The address under `path` to send the bytes to.
    pub fn url(&self, app: &App, path: &str) -> String {
        format!("{}{path}/{}", app.config.public_url(), self.0)
    }
}

/// What is kept of a token.
pub fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}
