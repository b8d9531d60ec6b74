//! What an update keeps. Null of something that cannot be cleared is told, not passed over: whoever sends it means
//! something by it.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;

/// What null clears, or sets back to the usual, by update: what is `MaybeUndefined` in its input.
const CLEARED: [(&str, &[&str]); 15] = [
    ("announcementUpdate", &["acknowledgeBy", "expiresAt", "urgentReason"]),
    ("boardUpdate", &["leastShown", "number"]),
    ("contactMomentUpdate", &["guardian", "note"]),
    ("conversationUpdate", &["location"]),
    ("eventUpdate", &["capacity", "description", "location", "respondBy"]),
    ("guardianshipUpdate", &["contactPriority", "endsOn"]),
    ("materialUpdate", &["body", "bookReference", "durationMinutes", "url"]),
    ("meetingUpdate", &["location"]),
    ("notificationPreferencesUpdate", &["quietFrom", "quietUntil"]),
    ("personUpdate", &["displayName", "email"]),
    ("schoolUpdate", &["city"]),
    ("studentUpdate", &["number"]),
    ("surveyUpdate", &["intro"]),
    ("teamSessionUpdate", &["location"]),
    ("webhookEndpointUpdate", &["description"]),
];

/// What says how to update, and is no part of what is updated: null of it is as if it were left out.
const ASIDE: [&str; 4] = ["clientMutationId", "ifVersion", "locale", "namesNobody"];

/// The problems of an `input` that would clear what the update `mutation` cannot clear. Of another mutation there are
/// none: what makes something takes null for what is absent.
pub(super) fn checks(mutation: &str, input: &IndexMap<Name, Value>) -> Checks {
    let mut checks = Checks::default();
    let nulls = input.iter().filter(|(_, value)| **value == Value::Null).map(|(field, _)| field.as_str());
    for field in nulls.filter(|field| mutation.ends_with("Update") && !may_be_null(mutation, field)) {
        let message = "Leave this out to keep it as it is: null does not clear it.";
        checks.add(UserErrorCode::Required, field, message);
    }
    checks
}

fn may_be_null(mutation: &str, field: &str) -> bool {
    let cleared = CLEARED.iter().find(|(update, _)| *update == mutation);
    ASIDE.contains(&field) || cleared.is_some_and(|(_, fields)| fields.contains(&field))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::platform::error::Error;

    fn refused(mutation: &str, input: &[(&str, Value)]) -> Vec<String> {
        let input: IndexMap<Name, Value> =
            input.iter().map(|(field, value)| (Name::new(field), value.clone())).collect();
        let Err(Error::Refused(problems)) = checks(mutation, &input).done(()) else { return Vec::new() };
        problems.into_iter().map(|problem| problem.field.join(".")).collect()
    }

    #[test]
    fn null_is_refused_where_it_clears_nothing() {
        let name = |value| [("id", Value::from("cluster_1")), ("name", value), ("ifVersion", Value::Null)];
        assert_eq!(refused("clusterUpdate", &name(Value::Null)), ["name"]);
        assert_eq!(refused("clusterUpdate", &name(Value::from(""))), [""; 0]);
        assert_eq!(refused("clusterCreate", &name(Value::Null)), [""; 0]);
        let both = [("title", Value::Null), ("body", Value::Null), ("locale", Value::Null), ("kind", Value::Null)];
        assert_eq!(refused("materialUpdate", &both), ["title", "kind"]);
    }

    /// The fields of this source that are `MaybeUndefined` in the input of an update, as `schoolUpdate.city`.
    fn declared(source: &str) -> Vec<String> {
        let camel = |snake: &str| {
            let mut words = snake.split('_').map(str::to_owned);
            let first = words.next().unwrap_or_default();
            words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
        };
        let mut found = Vec::new();
        for part in source.split("pub struct ").skip(1) {
            let Some((name, rest)) = part.split_once("UpdateInput {") else { continue };
            if !name.chars().all(char::is_alphanumeric) {
                continue;
            }
            let body = rest.split_once("\n}").expect("the end of a struct").0;
            for line in body.lines().map(str::trim).filter(|line| line.contains(": MaybeUndefined<")) {
                let field = line.trim_start_matches("pub ").split_once(':').expect("a field").0;
                found.push(format!("{}{}Update.{}", name[..1].to_lowercase(), &name[1..], camel(field)));
            }
        }
        found
    }

    fn all_declared(folder: &Path, found: &mut BTreeSet<String>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                all_declared(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(declared(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn what_null_clears_is_what_an_input_tells_apart() {
        let mut declared = BTreeSet::new();
        all_declared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut declared);
        let cleared = CLEARED.iter().flat_map(|(update, fields)| fields.iter().map(move |it| format!("{update}.{it}")));
        assert_eq!(declared, cleared.collect::<BTreeSet<_>>());
    }
}
