//! Which document a request means: written out, by its hash (Apollo's automatic persisted queries) or by the id under
//! which a release of an app registered it (trusted documents; GraphQL over HTTP, appendix A).

pub mod manifest;

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use moka::future::Cache;
use serde_json::{Map, Value};

use super::envelope::Envelope;
use super::guard::{Document, Limits};
use super::house::{House, Visitor, within};
use super::refusal::Refusal;
use super::settings::Settings;

/// What happens to documents that no release of an app has registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Policy {
    /// They run.
    #[default]
    Off,
    /// They run, and their hash is logged: to see what enforcing would break.
    Log,
    /// They are refused before they are parsed.
    Enforce,
}

/// The documents that this process has read, by the SHA-256 of their text. Reading one again is for nothing.
#[derive(Debug, Clone)]
pub(super) struct Documents {
    read: Cache<String, Arc<Document>>,
    /// What the house said about an id lately: an import counts after this time.
    trusted: Cache<String, Option<Arc<str>>>,
}

/// The document that a request means.
#[derive(Debug)]
pub(super) struct Meant {
    pub document: Arc<Document>,
    /// The client named it by hash or id: its answers may be kept under the URL.
    pub persisted: bool,
}

/// Bytes of source whose documents are kept.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of the id of a document at most.
const LONGEST_ID: usize = 128;
/// Ids that are remembered, known and unknown ones.
const TRUSTED_IDS: u64 = 10_000;
const TRUSTED_FOR: Duration = Duration::from_secs(5);

impl Documents {
    pub(super) fn new() -> Self {
        let weigh = |_: &String, document: &Arc<Document>| u32::try_from(document.tally.bytes).unwrap_or(u32::MAX);
        Self {
            read: Cache::builder().max_capacity(CACHE_BYTES).weigher(weigh).build(),
            trusted: Cache::builder().max_capacity(TRUSTED_IDS).time_to_live(TRUSTED_FOR).build(),
        }
    }

    /// Finds and reads the document, and holds it against the limits of `visitor`.
    pub(super) async fn meant<H: House>(
        &self,
        envelope: &Envelope,
        house: &H,
        settings: &Settings,
        visitor: &Visitor,
    ) -> Result<Meant, Refusal> {
        let limits = &visitor.kind.limits();
        let asked = Asked::of(envelope)?;
        let (document, persisted) = match asked {
            Asked::ById(id) => (self.trusted(&id, house, settings, visitor).await?, true),
            Asked::ByHash(hash) => (self.by_hash(&hash, house, settings, visitor).await?, true),
            Asked::Written { text, hash, persist } => {
                let document = self.written(text, &hash, house, settings, visitor).await?;
                (document, persist)
            }
        };
        document.within(limits)?;
        Ok(Meant { document, persisted })
    }

    async fn written<H: House>(
        &self,
        text: &str,
        hash: &str,
        house: &H,
        settings: &Settings,
        visitor: &Visitor,
    ) -> Result<Arc<Document>, Refusal> {
        let policy = settings.policy(visitor);
        let trusted =
            policy == Policy::Off || self.trusted_text(&format!("sha256:{hash}"), house, visitor).await?.is_some();
        match policy {
            Policy::Enforce if !trusted => return Err(Refusal::document_required()),
            Policy::Log if !trusted => tracing::warn!(sha256 = hash, "a document that no app has registered"),
            _ => {}
        }
        self.read(text, hash, &visitor.kind.limits(), settings).await
    }

    /// Apollo's protocol: a hash alone is enough once the document was sent with it.
    async fn by_hash<H: House>(
        &self,
        hash: &str,
        house: &H,
        settings: &Settings,
        visitor: &Visitor,
    ) -> Result<Arc<Document>, Refusal> {
        if settings.policy(visitor) != Policy::Enforce
            && let Some(document) = self.read.get(hash).await
        {
            return Ok(document);
        }
        self.trusted(&format!("sha256:{hash}"), house, settings, visitor).await
    }

    async fn trusted<H: House>(
        &self,
        id: &str,
        house: &H,
        settings: &Settings,
        visitor: &Visitor,
    ) -> Result<Arc<Document>, Refusal> {
        let Some(text) = self.trusted_text(id, house, visitor).await? else {
            // Where it would be refused, nobody is asked to send the text.
            let is_enforced = settings.policy(visitor) == Policy::Enforce;
            return Err(if is_enforced { Refusal::document_required() } else { Refusal::document_not_found() });
        };
        self.read(&text, &sha256(&text), &visitor.kind.limits(), settings).await
    }

    async fn trusted_text<H: House>(
        &self,
        id: &str,
        house: &H,
        visitor: &Visitor,
    ) -> Result<Option<Arc<str>>, Refusal> {
        if let Some(known) = self.trusted.get(id).await {
            return Ok(known);
        }
        let text = within(visitor.patience, house.trusted_document(id)).await?.map(Arc::from);
        self.trusted.insert(id.to_owned(), text.clone()).await;
        Ok(text)
    }

    async fn read(
        &self,
        text: &str,
        hash: &str,
        limits: &Limits,
        settings: &Settings,
    ) -> Result<Arc<Document>, Refusal> {
        if let Some(document) = self.read.get(hash).await {
            return Ok(document);
        }
        let document = Arc::new(Document::read(text, limits, settings.credential_fields)?);
        self.read.insert(hash.to_owned(), Arc::clone(&document)).await;
        Ok(document)
    }
}

/// The three ways to name a document.
#[derive(Debug, PartialEq)]
enum Asked<'a> {
    ById(String),
    ByHash(String),
    Written { text: &'a str, hash: String, persist: bool },
}

impl<'a> Asked<'a> {
    fn of(envelope: &'a Envelope) -> Result<Self, Refusal> {
        let hash = persisted_query(&envelope.extensions)?;
        match (&envelope.query, &envelope.document_id, hash) {
            (None, Some(id), None) if id.len() > LONGEST_ID => {
                Err(Refusal::bad_request(format!("`documentId` has at most {LONGEST_ID} bytes.")))
            }
            (None, Some(id), None) => Ok(Self::ById(canonical_id(id))),
            (None, None, Some(hash)) => Ok(Self::ByHash(hash)),
            (Some(text), None, None) => Ok(Self::Written { text, hash: sha256(text), persist: false }),
            (Some(text), None, Some(hash)) if hash == sha256(text) => Ok(Self::Written { text, hash, persist: true }),
            (Some(_), None, Some(_)) => Err(Refusal::bad_request("`sha256Hash` is not the SHA-256 of `query`.")),
            (None, None, None) => {
                Err(Refusal::bad_request("`query` is missing: send a document, or its `documentId`."))
            }
            (_, Some(_), _) => {
                Err(Refusal::bad_request("`documentId` stands alone, without `query` or `persistedQuery`."))
            }
        }
    }
}

/// The one form of an id: a SHA-256 in lower case under its prefix, whether or not it was sent with it; anything else is
/// what the app's build tool made it.
pub fn canonical_id(id: &str) -> String {
    let hash = id.strip_prefix("sha256:").unwrap_or(id);
    if is_sha256(hash) { format!("sha256:{}", hash.to_ascii_lowercase()) } else { id.to_owned() }
}

fn persisted_query(extensions: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(persisted) = extensions.get("persistedQuery").filter(|value| !value.is_null()) else { return Ok(None) };
    let hash = persisted["sha256Hash"].as_str().map(str::to_ascii_lowercase);
    match hash {
        Some(hash) if persisted["version"] == 1 && is_sha256(&hash) => Ok(Some(hash)),
        _ => Err(Refusal::bad_request(
            "`extensions.persistedQuery` must be `{\"version\": 1, \"sha256Hash\": …}` with 64 hexadecimal digits.",
        )),
    }
}

fn is_sha256(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Lower-case hexadecimal SHA-256 of a document's text.
pub fn sha256(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope(value: &Value) -> Envelope {
        Envelope::from_json(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_hash_is_what_everybody_computes() {
        assert_eq!(sha256("{__typename}"), "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38");
    }

    #[test]
    fn each_way_to_name_a_document() {
        let hash = sha256("{ a }");
        let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        let written = |persist| Asked::Written { text: "{ a }", hash: hash.clone(), persist };
        assert_eq!(Asked::of(&envelope(&json!({ "query": "{ a }" }))).unwrap(), written(false));
        assert_eq!(Asked::of(&envelope(&json!({ "query": "{ a }", "extensions": persisted }))).unwrap(), written(true));
        assert_eq!(Asked::of(&envelope(&json!({ "extensions": persisted }))).unwrap(), Asked::ByHash(hash.clone()));
        assert_eq!(
            Asked::of(&envelope(&json!({ "documentId": format!("sha256:{}", hash.to_uppercase()) }))).unwrap(),
            Asked::ById(format!("sha256:{hash}"))
        );
        assert_eq!(Asked::of(&envelope(&json!({ "documentId": "Ab1" }))).unwrap(), Asked::ById("Ab1".to_owned()));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let message = |value: Value| Asked::of(&envelope(&value)).unwrap_err().message;
        let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": sha256("{ a }") } });
        assert_eq!(message(json!({})), "`query` is missing: send a document, or its `documentId`.");
        assert_eq!(
            message(json!({ "query": "{ b }", "extensions": persisted })),
            "`sha256Hash` is not the SHA-256 of `query`."
        );
        assert_eq!(
            message(json!({ "query": "{ a }", "documentId": "x" })),
            "`documentId` stands alone, without `query` or `persistedQuery`."
        );
        assert!(Asked::of(&envelope(&json!({ "documentId": "x".repeat(LONGEST_ID) }))).is_ok());
        assert_eq!(message(json!({ "documentId": "x".repeat(LONGEST_ID + 1) })), "`documentId` has at most 128 bytes.");
        for odd in
            [json!(1), json!({ "version": 2, "sha256Hash": sha256("") }), json!({ "version": 1, "sha256Hash": "x" })]
        {
            assert!(
                message(json!({ "extensions": { "persistedQuery": odd } }))
                    .starts_with("`extensions.persistedQuery` must")
            );
        }
    }
}
