//! Pure decisions about programmes.

use aws_lc_rs::digest::{SHA256, digest};
use glans_entity::programme::{Audience, TeamScript};
use serde::Serialize;

use super::document::Problems;
use super::limits;
use super::store::EditionRow;
use crate::platform::error::{Error, Refusal, Result, UserErrorCode, refusal, refuse};

/// Problems of a document in one answer at most; the author mends those and imports again.
const MOST_PROBLEMS: usize = 100;

/// A key names a lesson or material in all editions of a course, in addresses and in files.
pub(super) fn is_key(text: &str) -> bool {
    let hyphens_within = !text.starts_with('-') && !text.ends_with('-');
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=limits::KEY).contains(&text.len()) && hyphens_within && text.bytes().all(plain)
}

/// The code of a language (RFC 5646, section 2.2.1): two or three small letters.
pub(super) fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Whether a material for `audience` serves who asks for those of `wanted`: what is for everyone serves each of them.
pub(super) fn serves(audience: Audience, wanted: Audience) -> bool {
    audience == wanted || audience == Audience::Everyone
}

/// The steps of a script must fill the lesson: a leader plans by the one and teaches by the other. No script fits any.
pub(super) fn script_fits(script: &TeamScript, duration_minutes: i32) -> bool {
    script.0.is_empty() || script.minutes() == duration_minutes
}

/// Proof of what a document or a draft says: SHA-256 over its JSON, whose fields have one order.
pub(super) fn content_hash(content: &impl Serialize) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(content).map_err(Error::fault)?;
    Ok(digest(&SHA256, &json).as_ref().to_vec())
}

/// The problems of a document that came in `field`, as many as an answer should hold.
pub(super) fn unsound(field: &str, problems: &Problems) -> Error {
    let told = problems.0.iter().take(MOST_PROBLEMS);
    let mut refusals: Vec<Refusal> =
        told.map(|problem| refusal(UserErrorCode::Invalid, field, problem.to_string())).collect();
    if let Some(more) = problems.0.len().checked_sub(MOST_PROBLEMS).filter(|more| *more > 0) {
        let message = format!("There are {more} problems more. Mend these first and import again.");
        refusals.push(refusal(UserErrorCode::Invalid, field, message));
    }
    Error::Refused(refusals)
}

/// Refuses to change what is published: apps and running cohorts rely on it.
pub(super) fn must_be_draft(edition: &EditionRow) -> Result<()> {
    let message = "This edition is published and does not change any more. Import the corrected course: that makes a \
                   draft, in which you can edit until you publish it.";
    match edition.published_at {
        Some(_) => Err(refuse(UserErrorCode::Conflict, "id", message)),
        None => Ok(()),
    }
}

/// Refuses progress in a draft, whose materials come and go.
pub(super) fn must_be_published(edition: &EditionRow) -> Result<()> {
    let message = "This material is in a draft. Publish the programme first.";
    match edition.published_at {
        Some(_) => Ok(()),
        None => Err(refuse(UserErrorCode::Conflict, "material", message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_of_small_letters_digits_and_hyphens() {
        for right in ["a", "first-conversation", "2-homes"] {
            assert!(is_key(right), "{right}");
        }
        for wrong in ["", "-a", "a-", "A", "a b", "a_b", "é", &"a".repeat(64)] {
            assert!(!is_key(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn everyone_is_served_by_what_is_for_everyone() {
        assert!(serves(Audience::Teacher, Audience::Teacher));
        assert!(serves(Audience::Everyone, Audience::Teacher));
        assert!(!serves(Audience::Teacher, Audience::Everyone));
        assert!(!serves(Audience::Guardian, Audience::Teacher));
    }
}
