//! The password of every account of a demo. It is printed and published: a demo is no place for a secret.

pub const PASSWORD: &str = "samen-voor-elk-kind";

/// Argon2id of [`PASSWORD`] with a salt of its own. Kept ready, so that eighty thousand accounts cost no hashing and one
/// seed makes the same rows every time.
pub(super) const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Z2xhbnMgZGVtbyBzYWx0Lg$x9/9Dtr/eNTfJQtk1YY0hynEgvjuZj1kYvPCjT9YVV4";

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;
    use argon2::{Argon2, PasswordHash};

    use super::*;

    #[test]
    fn the_hash_is_that_of_the_password() {
        let hash = PasswordHash::new(HASH).unwrap();
        assert!(Argon2::default().verify_password(PASSWORD.as_bytes(), &hash).is_ok());
        assert!(Argon2::default().verify_password(b"iets anders", &hash).is_err());
    }
}
