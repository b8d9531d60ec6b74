//! The password of every account of a demo. It is printed and published: a demo is no place for a secret.

pub const PASSWORD: &str = "samen-voor-elk-kind";

/// Argon2id of [`PASSWORD`] with a salt of its own. Kept ready, so that eighty thousand accounts cost no hashing and one
/// seed makes the same rows every time.
pub(super) const HASH: &str = "@@";

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};
    use argon2::{Argon2, Params, PasswordHash};

    use super::*;

    #[test]
    fn gen() {
        let argon = Argon2::from(Params::new(19_456, 2, 1, None).unwrap());
        println!("{}", argon.hash_password_with_salt(PASSWORD.as_bytes(), b"glans demo salt.").unwrap());
    }
    #[test]
    fn the_hash_is_that_of_the_password() {
        let hash = PasswordHash::new(HASH).unwrap();
        assert!(Argon2::default().verify_password(PASSWORD.as_bytes(), &hash).is_ok());
        assert!(Argon2::default().verify_password(b"iets anders", &hash).is_err());
    }
}
