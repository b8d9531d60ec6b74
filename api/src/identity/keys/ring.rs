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
pub struct KeyRing(Arc<Ring>);

#[derive(Default)]
struct Ring {
    keys: RwLock<Arc<Keys>>,
    /// How the last reading failed, if it did.
    reading: Mutex<Option<Failed>>,
}

/// A reading that failed for all who waited for it.
struct Failed {
    at: Instant,
    /// Whether others kept who read from it; else it was a fault.
    held: bool,
}

impl Failed {
    /// What who `asked` for the keys is told; none for who came later, and reads again.
    fn told(&self, asked: Instant) -> Option<Error> {
        if asked > self.at {
            return None;
        }
        Some(if self.held { Error::Held } else { Error::fault("another request could not read the signing keys") })
    }
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
    pub async fn keys(&self, db: &Database, master: &Arc<MasterKey>, now: DateTime<Utc>) -> Result<Arc<Keys>> {
        self.fresh(db, master, now, false).await
    }

    /// As [`KeyRing::keys`], but looks again when `key_id` is not among them: it may have been made a moment ago.
    pub async fn keys_with(
        &self,
        key_id: &str,
        db: &Database,
        master: &Arc<MasterKey>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Keys>> {
        let keys = self.keys(db, master, now).await?;
        if keys.public(key_id).is_some() { Ok(keys) } else { self.fresh(db, master, now, true).await }
    }

    async fn fresh(
        &self,
        db: &Database,
        master: &Arc<MasterKey>,
        now: DateTime<Utc>,
        unknown: bool,
    ) -> Result<Arc<Keys>> {
        if let Some(known) = self.0.young(unknown, now) {
            return Ok(known);
        }
        let (ring, db, master) = (Arc::clone(&self.0), db.clone(), Arc::clone(master));
        let asked = Instant::now();
        // Whoever reads may leave; the others wait for what is read.
        let reading = tokio::spawn(async move {
            // One reads for all who found the keys old, and waits for all of them.
            let mut failed = ring.reading.lock().await;
            if let Some(known) = ring.young(unknown, now) {
                return Ok(known);
            }
            if let Some(told) = failed.as_ref().and_then(|failed| failed.told(asked)) {
                return Err(told);
            }
            let read = Box::pin(read(&db, &master, now)).await;
            let failure =
                |error: &Error| Failed { at: Instant::now(), held: matches!(error, Error::Held | Error::Slow) };
            *failed = read.as_ref().err().map(failure);
            let read = Arc::new(read?);
            *ring.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
            Ok(read)
        });
        reading.await.map_err(Error::fault)?
    }
}

impl Ring {
    /// What is known, unless it is time to look again.
    fn young(&self, unknown: bool, now: DateTime<Utc>) -> Option<Arc<Keys>> {
        let known = Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        (!rules::is_reload_due(known.read_at, unknown, now)).then_some(known)
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

/// Whether there are any, which nothing but the secret key that sealed them opens.
pub async fn are_there(db: &Database, now: DateTime<Utc>) -> Result<bool> {
    let rows = store::all(&db.read(&Scope::system(now.date_naive())).await?).await?;
    Ok(!rows.is_empty())
}

async fn read(db: &Database, master: &MasterKey, now: DateTime<Utc>) -> Result<Keys> {
    let system = Scope::system(now.date_naive());
    let rows = store::all(&db.look_up(system.on).await?).await?;
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
