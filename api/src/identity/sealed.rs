//! A row whose secret is shown with it.
//!
//! The answer of a mutation is kept for seven days, to be given again to who repeats it. Where the answer shows a secret,
//! it is kept sealed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::master_key::MasterKey;
use crate::platform::error::{Error, Result};

/// A row, and its secret in a form that only this server can open.
#[derive(Serialize, Deserialize)]
pub struct WithSecret<T> {
    pub row: T,
    sealed: String,
}

impl<T> WithSecret<T> {
    /// Seals `secret` for the row of this `id`.
    pub fn seal(master: &MasterKey, id: &str, row: T, secret: &str) -> Result<Self> {
        let sealed = master.seal(id, secret.as_bytes()).map_err(Error::fault)?;
        Ok(Self { row, sealed: STANDARD.encode(sealed) })
    }

    /// The secret in the clear, on its way out.
    pub fn open(&self, master: &MasterKey, id: &str) -> Result<String> {
        let sealed = STANDARD.decode(&self.sealed).map_err(Error::fault)?;
        String::from_utf8(master.open(id, &sealed).map_err(Error::fault)?).map_err(Error::fault)
    }

    /// As it goes into the payload of an event.
    pub fn sealed(&self) -> &str {
        &self.sealed
    }
}
