//! The one secret that the operator keeps: everything secret at rest hangs from it.
//!
//! 32 random bytes, given as base64 or kept in a file of mode 0600. It is never used itself: HKDF-SHA-256 (RFC 5869)
//! makes one key per purpose, so that a weakness in one use says nothing about another.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;

use crate::platform::{chance, secret_key};

/// Bytes of the key that seals.
const KEY_LEN: usize = 32;
const FILE_NAME: &str = "glans.key";

#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error("the secret key must be 32 bytes in base64 (44 characters); make one with `openssl rand -base64 32`")]
    Malformed,
    #[error("{file} can be read by others; run `chmod 600 {file}`", file = .0.display())]
    Exposed(PathBuf),
    #[error("cannot read or write {file}: {1}", file = .0.display())]
    File(PathBuf, #[source] std::io::Error),
    #[error(
        "this was sealed with another secret key, or was changed since; put the key back that the database was made with"
    )]
    Sealed,
    #[error("the cryptographic library refused to work")]
    Crypto(#[from] Unspecified),
}

/// Keys derived from the operator's secret, one per purpose.
pub struct MasterKey {
    sealing: RandomizedNonceKey,
    successors: hmac::Key,
    pseudonyms: hmac::Key,
    unsubscribing: hmac::Key,
}

impl MasterKey {
    /// From the text of `GLANS_SECRET_KEY`.
    pub fn from_base64(text: &str) -> Result<Self, MasterKeyError> {
        let secret = secret_key::read(text).ok_or(MasterKeyError::Malformed)?;
        Ok(Self::derive(&secret)?)
    }

    /// From `glans.key` in the data directory, which is made on first use. For the embedded database only: a server
    /// with several replicas must be given its key.
    pub fn in_directory(directory: &Path) -> Result<Self, MasterKeyError> {
        let path = Self::file_in(directory);
        let failed = |error| MasterKeyError::File(path.clone(), error);
        match fs::read_to_string(&path) {
            Ok(text) if is_private(&fs::metadata(&path).map_err(failed)?) => Self::from_base64(&text),
            Ok(_) => Err(MasterKeyError::Exposed(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(directory, &path)?;
                Self::from_base64(&fs::read_to_string(&path).map_err(failed)?)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Where [`MasterKey::in_directory`] has it.
    pub fn file_in(directory: &Path) -> PathBuf {
        directory.join(FILE_NAME)
    }

    fn derive(secret: &[u8]) -> Result<Self, Unspecified> {
        let root = Salt::new(HKDF_SHA256, b"glans").extract(secret);
        Ok(Self {
            sealing: sealing_key(&root)?,
            successors: root.expand(&[b"refresh token successor"], hmac::HMAC_SHA256)?.into(),
            pseudonyms: root.expand(&[b"throttle pseudonym"], hmac::HMAC_SHA256)?.into(),
            unsubscribing: root.expand(&[b"unsubscribe"], hmac::HMAC_SHA256)?.into(),
        })
    }

    /// AES-256-GCM with a random nonce in front. `context` (what the secret belongs to, such as its key id) is
    /// authenticated: a sealed value moved to another row does not open.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let mut body = plain.to_vec();
        let nonce = self.sealing.seal_in_place_append_tag(Aad::from(context), &mut body)?;
        Ok([nonce.as_ref().as_slice(), &body].concat())
    }

    /// The inverse of [`MasterKey::seal`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(MasterKeyError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let mut body = body.to_vec();
        let plain = self.sealing.open_in_place(nonce, Aad::from(context), &mut body);
        Ok(plain.map_err(|_| MasterKeyError::Sealed)?.to_vec())
    }

    /// What follows a refresh token. Computed, not stored: the same successor can be given twice although the
    /// database only knows hashes.
    pub fn successor(&self, predecessor: &[u8]) -> [u8; 32] {
        digest(&self.successors, predecessor)
    }

    /// Signs what an e-mail carries to be switched off without a sign-in.
    pub fn unsubscribing(&self) -> &hmac::Key {
        &self.unsubscribing
    }

    /// A stable stand-in for an e-mail address or network address, so that tables of attempts hold neither.
    pub fn pseudonym(&self, name: &str) -> Vec<u8> {
        digest(&self.pseudonyms, name.as_bytes()).to_vec()
    }
}

/// Neither the group nor others may do anything with it.
fn is_private(file: &fs::Metadata) -> bool {
    file.mode().trailing_zeros() >= 6
}

fn digest(key: &hmac::Key, data: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(hmac::sign(key, data).as_ref());
    bytes
}

struct SealingKeyLen;

impl KeyType for SealingKeyLen {
    fn len(&self) -> usize {
        KEY_LEN
    }
}

fn sealing_key(root: &Prk) -> Result<RandomizedNonceKey, Unspecified> {
    let mut bytes = [0; KEY_LEN];
    root.expand(&[b"seal"], SealingKeyLen)?.fill(&mut bytes)?;
    RandomizedNonceKey::new(&AES_256_GCM, &bytes)
}

/// Writes the file whole under a name of its own, then links it into place: of two processes that start at once, one
/// wins and both read the same key. Where it cannot, as on a full disk, nothing of it stays.
fn create(directory: &Path, path: &Path) -> Result<(), MasterKeyError> {
    let mut secret = [0; secret_key::LENGTH];
    chance::fill(&mut secret)?;
    fs::create_dir_all(directory).map_err(|error| MasterKeyError::File(directory.to_owned(), error))?;
    let draft = directory.join(format!("{FILE_NAME}.{}", std::process::id()));
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).and_then(|mut file| {
            file.write_all(secret_key::written(&secret).as_bytes())?;
            file.sync_all()?;
            match fs::hard_link(&draft, path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&draft),
            }
        });
    written.map_err(|error| {
        // Why it could not be written is what counts.
        let _ = fs::remove_file(&draft);
        MasterKeyError::File(path.to_owned(), error)
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn key(fill: u8) -> MasterKey {
        MasterKey::from_base64(&STANDARD.encode([fill; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_context_only() {
        let sealed = key(1).seal("key_1", b"private").unwrap();
        assert_eq!(key(1).open("key_1", &sealed).unwrap(), b"private");
        assert!(matches!(key(1).open("key_2", &sealed), Err(MasterKeyError::Sealed)));
        assert!(matches!(key(2).open("key_1", &sealed), Err(MasterKeyError::Sealed)));
        assert!(matches!(key(1).open("key_1", &sealed[..8]), Err(MasterKeyError::Sealed)));
    }

    #[test]
    fn sealing_twice_never_gives_the_same_bytes() {
        assert_ne!(key(1).seal("a", b"x").unwrap(), key(1).seal("a", b"x").unwrap());
    }

    #[test]
    fn successors_depend_on_the_key_and_the_predecessor() {
        assert_eq!(key(1).successor(b"a"), key(1).successor(b"a"));
        assert_ne!(key(1).successor(b"a"), key(1).successor(b"b"));
        assert_ne!(key(1).successor(b"a"), key(2).successor(b"a"));
        assert_ne!(key(1).pseudonym("a"), key(2).pseudonym("a"));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        for text in ["", "abc", "!!!!", &STANDARD.encode([0; 31]), &STANDARD.encode([0; 33])] {
            assert!(matches!(MasterKey::from_base64(text), Err(MasterKeyError::Malformed)), "{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_made_leaves_no_draft() {
        let directory = std::env::temp_dir().join(format!("glans-key-{}", uuid::Uuid::now_v7()));
        let away = directory.join("away").join(FILE_NAME);
        assert!(matches!(create(&directory, &away), Err(MasterKeyError::File(file, _)) if file == away));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn the_file_is_made_once_for_the_owner_alone() {
        let directory = std::env::temp_dir().join(format!("glans-key-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&directory).unwrap();
        let first = MasterKey::in_directory(&directory).unwrap();
        let second = MasterKey::in_directory(&directory).unwrap();
        assert_eq!(first.pseudonym("a"), second.pseudonym("a"));
        let path = directory.join(FILE_NAME);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(MasterKey::in_directory(&directory), Err(MasterKeyError::Exposed(_))));
        fs::remove_dir_all(&directory).unwrap();
    }
}
