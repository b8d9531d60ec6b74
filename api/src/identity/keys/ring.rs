//! The keys in memory, as the database had them a moment ago.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use glans_entity::identity::SigningKeyState;
use glans_entity::identity::signing_key::Model;
use glans_entity::scope::Scope;
use jsonwebtoken::{DecodingKey, EncodingKey};
use tokio::sync::Mutex;

use super::jwks::Jwk;
use super::{actions, rules, store};
use crate::identity::master_key::MasterKey;
use crate::identity::tokens::jwt::{SigningKey, self_test};
use crate::platform::db::Database;
use crate::platform::error::{Error, Result};

/// The keys of this process. Read again after [`rules::CACHE`], and at once for an unknown key id.
#[derive(Default)]
pub struct KeyRing {
    keys: RwLock<Arc<Keys>>,
    /// When others kept who read them last from it.
    reading: Mutex<Option<Instant>>,
}

/// One reading of the table.
#[derive(Default)]
pub struct Keys {
    read_at: Option<DateTime<Utc>>,
    current: Option<SigningKey>,
    public: HashMap<String, DecodingKey>,
    /// All published keys, the oldest first.
    pub published: Vec<Jwk>,
}

impl Keys {
    /// The key that signs now.
    pub fn current(&self) -> Result<&SigningKey> {
        self.current.as_ref().ok_or_else(|| Error::fault("there is no current signing key"))
    }

    pub fn public(&self, key_id: &str) -> Option<&DecodingKey> {
        self.public.get(key_id)
    }
}

impl KeyRing {
    /// The keys, at most [`rules::CACHE`] old. Makes the first ones in an empty table.
    pub async fn keys(&self, db: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Arc<Keys>> {
        self.fresh(db, master, now, false).await
    }

    /// As [`KeyRing::keys`], but looks again when `key_id` is not among them: it may have been made a moment ago.
    pub async fn keys_with(
        &self,
        key_id: &str,
        db: &Database,
        master: &MasterKey,
        now: DateTime<Utc>,
    ) -> Result<Arc<Keys>> {
        let keys = self.keys(db, master, now).await?;
        if keys.public(key_id).is_some() { Ok(keys) } else { self.fresh(db, master, now, true).await }
    }

    async fn fresh(&self, db: &Database, master: &MasterKey, now: DateTime<Utc>, unknown: bool) -> Result<Arc<Keys>> {
        let is_due = |keys: &Keys| rules::is_reload_due(keys.read_at, unknown, now);
        let known = self.known();
        if !is_due(&known) {
            return Ok(known);
        }
        // One reads for all who found the keys old, and waits for all of them.
        let asked = Instant::now();
        let mut held = self.reading.lock().await;
        let known = self.known();
        if !is_due(&known) {
            return Ok(known);
        }
        if held.is_some_and(|at| at >= asked) {
            return Err(Error::Held);
        }
        let read = read(db, master, now).await;
        *held = matches!(read, Err(Error::Held)).then(Instant::now);
        let read = Arc::new(read?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
        Ok(read)
    }

    fn known(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether the stored keys open with the secret key, the next one too, and sign; makes none, and finds an empty table
/// sound.
///
/// # Errors
/// When they were sealed with another secret key, or were changed since.
pub async fn check(db: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<()> {
    let rows = store::all(&db.read(&Scope::system(now.date_naive())).await?).await?;
    actions::check_sealed(&rows, master)?;
    assemble(rows, master, now).map(drop)
}

async fn read(db: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Keys> {
    let system = Scope::system(now.date_naive());
    let rows = store::all(&db.read(&system).await?).await?;
    if rows.iter().any(|row| row.state == SigningKeyState::Current) {
        return assemble(rows, master, now);
    }
    let write = db.write_soon(&system).await?;
    actions::ensure(&write, master, now).await?;
    let rows = store::all(&write).await?;
    write.commit().await?;
    assemble(rows, master, now)
}

fn assemble(rows: Vec<Model>, master: &MasterKey, now: DateTime<Utc>) -> Result<Keys> {
    let mut keys = Keys { read_at: Some(now), ..Keys::default() };
    for row in rows {
        let public = DecodingKey::from_ed_components(&URL_SAFE_NO_PAD.encode(&row.public_key)).map_err(Error::fault)?;
        if row.state == SigningKeyState::Current {
            let private = master.open(&row.kid, &row.sealed_private_key).map_err(Error::fault)?;
            let signing = SigningKey { id: row.kid.clone(), private: EncodingKey::from_ed_der(&private) };
            self_test(&signing, &public).map_err(Error::fault)?;
            keys.current = Some(signing);
        }
        keys.published.push(Jwk::of(&row.kid, &row.public_key));
        keys.public.insert(row.kid, public);
    }
    Ok(keys)
}
