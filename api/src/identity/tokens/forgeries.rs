//! The table of forged tokens. Each differs from a good one in what its name says, and each is refused.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use super::jwt::{self, SigningKey};
use super::{Claims, Issuer, TokenRefusal};

const NOW: i64 = 1_800_000_000;

struct Forger {
    pair: Ed25519KeyPair,
    stranger: Ed25519KeyPair,
}

impl Forger {
    fn new() -> Self {
        Self { pair: Ed25519KeyPair::generate().unwrap(), stranger: Ed25519KeyPair::generate().unwrap() }
    }

    fn public(&self) -> DecodingKey {
        DecodingKey::from_ed_components(&BASE64.encode(self.pair.public_key())).unwrap()
    }

    fn verify(&self, token: &str) -> Result<Claims, TokenRefusal> {
        let issuer = Issuer { name: "https://glans.example".into(), audience: "glans".into() };
        jwt::verify(token, &self.public(), &issuer, NOW)
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        self.signed_text(&header.to_string(), &claims.to_string())
    }

    fn signed_text(&self, header: &str, claims: &str) -> String {
        let content = content(header, claims);
        format!("{content}.{}", BASE64.encode(self.pair.sign(content.as_bytes())))
    }

    fn with_header(&self, member: &str, value: Value) -> String {
        let mut changed = header();
        changed[member] = value;
        self.signed(&changed, &claims())
    }

    fn without_header(&self, member: &str) -> String {
        let mut changed = header();
        changed.as_object_mut().unwrap().remove(member);
        self.signed(&changed, &claims())
    }

    fn with_claim(&self, member: &str, value: Value) -> String {
        let mut changed = claims();
        changed[member] = value;
        self.signed(&header(), &changed)
    }

    fn without_claim(&self, member: &str) -> String {
        let mut changed = claims();
        changed.as_object_mut().unwrap().remove(member);
        self.signed(&header(), &changed)
    }

    /// Signed with HMAC, the public key as its secret: the classic confusion of algorithms.
    fn hmac_with(secret: &[u8]) -> String {
        let mut changed = header();
        changed["alg"] = json!("HS256");
        let content = content(&changed.to_string(), &claims().to_string());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), content.as_bytes());
        format!("{content}.{}", BASE64.encode(tag))
    }

    fn table(&self) -> Vec<(&'static str, String)> {
        let good = self.signed(&header(), &claims());
        let (body, signature) = good.rsplit_once('.').unwrap();
        let (head, _) = body.split_once('.').unwrap();
        let stranger = format!("{body}.{}", BASE64.encode(self.stranger.sign(body.as_bytes())));
        let admin = {
            let mut changed = claims();
            changed["sub"] = json!("account_admin");
            format!("{head}.{}.{signature}", BASE64.encode(changed.to_string()))
        };
        let doubled = claims().to_string().replacen('{', r#"{"sub":"account_admin","#, 1);
        let own_key = json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(self.stranger.public_key())});
        let mut with_own_key = header();
        with_own_key["jwk"] = own_key.clone();
        let embedded = content(&with_own_key.to_string(), &claims().to_string());
        let embedded = format!("{embedded}.{}", BASE64.encode(self.stranger.sign(embedded.as_bytes())));
        vec![
            ("empty", String::new()),
            ("two dots", "..".into()),
            ("one part", head.into()),
            ("two parts", body.into()),
            ("four parts", format!("{good}.{signature}")),
            ("no signature", format!("{body}.")),
            ("half a signature", format!("{body}.{}", &signature[..43])),
            ("signature of a stranger", stranger),
            ("claims changed after signing", admin),
            ("padded base64", format!("{body}.{signature}==")),
            ("blank before it", format!(" {good}")),
            ("not base64", format!("{head}.%%%.{signature}")),
            ("claims are a list", self.signed(&header(), &json!([claims()]))),
            ("claims are no JSON", self.signed_text(&header().to_string(), "not json")),
            ("header is no JSON", self.signed_text("not json", &claims().to_string())),
            ("a claim twice", self.signed_text(&header().to_string(), &doubled)),
            ("very long", self.with_claim("pad", json!("x".repeat(4_000)))),
            ("alg none", {
                let mut changed = header();
                changed["alg"] = json!("none");
                format!("{}.", content(&changed.to_string(), &claims().to_string()))
            }),
            ("alg None, signed", self.with_header("alg", json!("None"))),
            ("alg HS256 with the public key", Self::hmac_with(self.pair.public_key().as_ref())),
            (
                "alg HS256 with the public key as text",
                Self::hmac_with(BASE64.encode(self.pair.public_key()).as_bytes()),
            ),
            ("alg HS256 with nothing", Self::hmac_with(b"")),
            ("alg RS256", self.with_header("alg", json!("RS256"))),
            ("alg ES256", self.with_header("alg", json!("ES256"))),
            ("alg eddsa", self.with_header("alg", json!("eddsa"))),
            ("alg missing", self.without_header("alg")),
            ("alg a list", self.with_header("alg", json!(["EdDSA"]))),
            ("typ missing", self.without_header("typ")),
            ("typ JWT, an id token", self.with_header("typ", json!("JWT"))),
            ("typ rt+jwt", self.with_header("typ", json!("rt+jwt"))),
            ("kid missing", self.without_header("kid")),
            ("kid a number", self.with_header("kid", json!(1))),
            ("kid null", self.with_header("kid", Value::Null)),
            ("jku", self.with_header("jku", json!("https://evil.example/jwks.json"))),
            ("jwk", self.with_header("jwk", own_key)),
            ("jwk, signed by it", embedded),
            ("x5u", self.with_header("x5u", json!("https://evil.example/chain.pem"))),
            ("x5c", self.with_header("x5c", json!(["AAAA"]))),
            ("x5t", self.with_header("x5t", json!("AAAA"))),
            ("crit", self.with_header("crit", json!(["exp"]))),
            ("b64", self.with_header("b64", json!(false))),
            ("zip", self.with_header("zip", json!("DEF"))),
            ("cty", self.with_header("cty", json!("JWT"))),
            ("an unknown member", self.with_header("role", json!("admin"))),
            ("iss of another", self.with_claim("iss", json!("https://evil.example"))),
            ("iss with a slash", self.with_claim("iss", json!("https://glans.example/"))),
            ("iss a list", self.with_claim("iss", json!(["https://glans.example"]))),
            ("iss missing", self.without_claim("iss")),
            ("aud of another", self.with_claim("aud", json!("other"))),
            ("aud a list", self.with_claim("aud", json!(["glans", "other"]))),
            ("aud missing", self.without_claim("aud")),
            ("sub missing", self.without_claim("sub")),
            ("sub null", self.with_claim("sub", Value::Null)),
            ("sub a number", self.with_claim("sub", json!(1))),
            ("sub empty", self.with_claim("sub", json!(""))),
            ("client_id missing", self.without_claim("client_id")),
            ("jti missing", self.without_claim("jti")),
            ("iat missing", self.without_claim("iat")),
            ("iat a text", self.with_claim("iat", json!(NOW.to_string()))),
            ("iat in the future", self.with_claim("iat", json!(NOW + 31))),
            ("exp missing", self.without_claim("exp")),
            ("exp a text", self.with_claim("exp", json!((NOW + 600).to_string()))),
            ("exp a fraction", self.with_claim("exp", json!(1.8e9 + 0.5))),
            ("exp null", self.with_claim("exp", Value::Null)),
            ("exp beyond ten minutes", self.with_claim("exp", json!(NOW + 601))),
            ("exp enormous", self.with_claim("exp", json!(u64::MAX))),
            ("exp negative", self.with_claim("exp", json!(-1))),
            ("nbf missing", self.without_claim("nbf")),
            ("nbf in the future", self.with_claim("nbf", json!(NOW + 31))),
            ("nbf a text", self.with_claim("nbf", json!("0"))),
            ("sid a number", self.with_claim("sid", json!(7))),
            ("scope a list", self.with_claim("scope", json!(["roster:write"]))),
            ("a refresh token", "glans_rt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into()),
        ]
    }
}

fn content(header: &str, claims: &str) -> String {
    format!("{}.{}", BASE64.encode(header), BASE64.encode(claims))
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "key_1"})
}

fn claims() -> Value {
    json!({
        "iss": "https://glans.example", "aud": "glans", "sub": "account_1", "client_id": "glans-app",
        "iat": NOW, "nbf": NOW, "exp": NOW + 600, "jti": "1",
    })
}

#[test]
fn the_token_that_the_forged_ones_are_made_from_is_accepted() {
    let forger = Forger::new();
    let read = forger.verify(&forger.signed(&header(), &claims())).unwrap();
    assert_eq!((read.sub.as_str(), read.client_id.as_str()), ("account_1", "glans-app"));
}

#[test]
fn every_forged_token_is_refused() {
    let forger = Forger::new();
    let table = forger.table();
    assert!(table.len() >= 60, "{}", table.len());
    for (name, token) in table {
        assert_eq!(forger.verify(&token), Err(TokenRefusal::Invalid), "{name}: {token}");
    }
}

#[test]
fn an_honest_token_that_ran_out_is_told_apart() {
    let forger = Forger::new();
    let mut old = claims();
    for member in ["iat", "nbf", "exp"] {
        old[member] = json!(old[member].as_i64().unwrap() - 3_600);
    }
    assert_eq!(forger.verify(&forger.signed(&header(), &old)), Err(TokenRefusal::Expired));
}

#[test]
fn the_key_id_is_read_from_an_orderly_header_only() {
    let forger = Forger::new();
    assert_eq!(jwt::key_id(&forger.signed(&header(), &claims())).unwrap(), "key_1");
    assert_eq!(jwt::key_id(&forger.with_header("jku", json!("https://evil.example"))), Err(TokenRefusal::Invalid));
}

#[test]
fn the_self_test_passes_with_a_pair_and_stops_with_two_strangers() {
    let forger = Forger::new();
    let private = EncodingKey::from_ed_der(forger.pair.to_pkcs8v1().unwrap().as_ref());
    let key = SigningKey { id: "key_1".into(), private };
    assert!(jwt::self_test(&key, &forger.public()).is_ok());
    let other = DecodingKey::from_ed_components(&BASE64.encode(forger.stranger.public_key())).unwrap();
    assert!(jwt::self_test(&key, &other).is_err());
}
