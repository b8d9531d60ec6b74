//! The gateways that are configured, made once for each process.

use glans_entity::notifications::PushPlatform;

use super::Gateway;
use super::apns::{Apns, Team};
use super::fcm::Fcm;
use super::log::Log;
use super::web_push::WebPush;
use crate::platform::config::{Config, ConfigError};

/// The way to the devices of each platform.
#[derive(Debug)]
pub struct Gateways {
    fcm: Option<Box<dyn Gateway>>,
    apns: Option<Box<dyn Gateway>>,
    web_push: Option<Box<dyn Gateway>>,
    web_push_key: Option<String>,
}

impl Gateways {
    /// A platform of which nothing is configured has none; outside production, where none has one, the log takes their place.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let gateways =
            Self::configured(config).map_err(|wrong| ConfigError::Wrong(format!("configuration: {wrong}")))?;
        let nothing = gateways.fcm.is_none() && gateways.apns.is_none() && gateways.web_push.is_none();
        if nothing && !config.production {
            let log = || Some(Box::new(Log) as Box<dyn Gateway>);
            return Ok(Self { fcm: log(), apns: log(), web_push: log(), web_push_key: None });
        }
        Ok(gateways)
    }

    /// None where the platform is not configured.
    pub fn of_platform(&self, platform: PushPlatform) -> Option<&dyn Gateway> {
        match platform {
            PushPlatform::Fcm => self.fcm.as_deref(),
            PushPlatform::Apns => self.apns.as_deref(),
            PushPlatform::WebPush => self.web_push.as_deref(),
        }
    }

    /// The key for which a browser subscribes (`applicationServerKey`), in base64url. None where there is no Web Push.
    pub fn web_push_key(&self) -> Option<&str> {
        self.web_push_key.as_deref()
    }

    fn configured(config: &Config) -> Result<Self, String> {
        let mut gateways = Self { fcm: None, apns: None, web_push: None, web_push_key: None };
        if let Some([account]) = together([("fcm_service_account", config.fcm_service_account.as_deref())])? {
            gateways.fcm = Some(Box::new(Fcm::of(account, &config.fcm_url)?));
        }
        let team = together([
            ("apns_key", config.apns_key.as_deref()),
            ("apns_key_id", config.apns_key_id.as_deref()),
            ("apns_team_id", config.apns_team_id.as_deref()),
            ("apns_topic", config.apns_topic.as_deref()),
        ])?;
        if let Some([key, key_id, team_id, topic]) = team {
            gateways.apns = Some(Box::new(Apns::of(&Team { key, key_id, team_id, topic }, &config.apns_url)?));
        }
        let vapid = together([
            ("vapid_private_key", config.vapid_private_key.as_deref()),
            ("vapid_subject", config.vapid_subject.as_deref()),
        ])?;
        if let Some([key, subject]) = vapid {
            let web_push = WebPush::of(key, subject, config.web_push_allow_http)?;
            gateways.web_push_key = Some(web_push.application_server_key().to_owned());
            gateways.web_push = Some(Box::new(web_push));
        }
        Ok(gateways)
    }
}

/// All of them or none; the message names those that are missing.
fn together<'a, const N: usize>(keys: [(&str, Option<&'a str>); N]) -> Result<Option<[&'a str; N]>, String> {
    let values = keys.map(|(_, value)| value.map(str::trim).unwrap_or_default());
    let named = |given: bool| {
        let named = keys.iter().zip(values).filter(|(_, value)| value.is_empty() != given);
        named.map(|((name, _), _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    match (named(true), named(false)) {
        (given, _) if given.is_empty() => Ok(None),
        (_, missing) if missing.is_empty() => Ok(Some(values)),
        (given, missing) => Err(format!("{given} without {missing}; give all of them, or none")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notifications::channels::jwt::tests::{ec_pem, rsa_pem};

    const PLATFORMS: [PushPlatform; 3] = [PushPlatform::Fcm, PushPlatform::Apns, PushPlatform::WebPush];
    const VAPID: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";

    fn said(config: &Config) -> String {
        Gateways::of(config).unwrap_err().to_string()
    }

    fn account() -> serde_json::Value {
        json!({
            "type": "service_account",
            "project_id": "school",
            "private_key_id": "k1",
            "private_key": rsa_pem(),
            "client_email": "push@school.example",
            "token_uri": "https://oauth2.googleapis.com/token",
        })
    }

    #[test]
    fn where_nothing_is_configured_the_log_takes_all_of_it_outside_production() {
        let development = Gateways::of(&Config::default()).unwrap();
        assert!(PLATFORMS.iter().all(|platform| development.of_platform(*platform).is_some()));
        let production = Gateways::of(&Config { production: true, ..Config::default() }).unwrap();
        assert!(PLATFORMS.iter().all(|platform| production.of_platform(*platform).is_none()));
    }

    #[test]
    fn what_is_configured_is_there_and_the_rest_is_not() {
        let vapid = Config {
            vapid_private_key: Some(VAPID.to_owned()),
            vapid_subject: Some("mailto:push@example.org".to_owned()),
            ..Config::default()
        };
        let gateways = Gateways::of(&vapid).unwrap();
        assert!(gateways.of_platform(PushPlatform::WebPush).is_some());
        assert!(gateways.web_push_key().is_some_and(|key| key.starts_with("BP4z9KsN")));
        assert!(
            gateways.of_platform(PushPlatform::Fcm).is_none() && gateways.of_platform(PushPlatform::Apns).is_none()
        );
        let all = Config {
            fcm_service_account: Some(account().to_string()),
            apns_key: Some(ec_pem()),
            apns_key_id: Some("K1".to_owned()),
            apns_team_id: Some("T1".to_owned()),
            apns_topic: Some("nl.example.glans".to_owned()),
            ..vapid
        };
        let gateways = Gateways::of(&all).unwrap();
        assert!(PLATFORMS.iter().all(|platform| gateways.of_platform(*platform).is_some()));
        let told = format!("{gateways:?}");
        assert!(!told.contains(VAPID) && !told.contains("PRIVATE"), "{told}");
    }

    #[test]
    fn half_of_it_is_told() {
        let config = Config {
            apns_key: Some(ec_pem()),
            apns_key_id: Some("K1".to_owned()),
            apns_team_id: Some(" ".to_owned()),
            ..Config::default()
        };
        let wrong = "configuration: `apns_key`, `apns_key_id` without `apns_team_id`, `apns_topic`; \
                     give all of them, or none";
        assert_eq!(said(&config), wrong);
        let config = Config { vapid_private_key: Some(VAPID.to_owned()), ..Config::default() };
        assert_eq!(
            said(&config),
            "configuration: `vapid_private_key` without `vapid_subject`; give all of them, or none"
        );
    }

    #[test]
    fn a_key_that_is_none_is_told() {
        let of_account = |account: String| said(&Config { fcm_service_account: Some(account), ..Config::default() });
        let wrong = of_account("{}".to_owned());
        assert!(
            wrong.starts_with("configuration: `fcm_service_account` is no key file of a service account"),
            "{wrong}"
        );
        let mut other = account();
        other["private_key"] = ec_pem().into();
        assert_eq!(
            of_account(other.to_string()),
            "configuration: the `private_key` in `fcm_service_account` is no RSA key in PKCS #8"
        );
        let apns = Config {
            apns_key: Some(rsa_pem()),
            apns_key_id: Some("K1".to_owned()),
            apns_team_id: Some("T1".to_owned()),
            apns_topic: Some("nl.example.glans".to_owned()),
            ..Config::default()
        };
        assert_eq!(said(&apns), "configuration: `apns_key` is no key of P-256: give the text of the .p8 file");
    }
}
