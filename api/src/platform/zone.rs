//! Names of time zones that somebody gives.

use chrono_tz::{TZ_VARIANTS, Tz};

use super::error::UserErrorCode;
use super::text::Checks;

/// No name of a time zone is longer.
const LENGTH: usize = 40;
/// Letters in which a mistyped name may differ from the one that was meant.
const MISTYPED: usize = 3;

/// Refuses a name that is not in the IANA time zone database, with the one that may be meant.
pub fn check(checks: &mut Checks, field: &str, name: &str) {
    if name.parse::<Tz>().is_err() {
        checks.add(UserErrorCode::Invalid, field, unknown(name));
    }
}

fn unknown(name: &str) -> String {
    let expected = "Give a name of the IANA time zone database, as Europe/Amsterdam.";
    let typed = name.trim().to_lowercase();
    if typed.chars().count() > LENGTH {
        return expected.to_owned();
    }
    // Many give the city alone.
    let distance = |known: &str| {
        let known = known.to_lowercase();
        let city = known.rsplit('/').next().unwrap_or_default();
        strsim::damerau_levenshtein(&typed, &known).min(strsim::damerau_levenshtein(&typed, city))
    };
    let nearest = TZ_VARIANTS.iter().map(|zone| (distance(zone.name()), zone.name())).min();
    match nearest {
        Some((letters, nearest)) if letters <= MISTYPED && letters < typed.len() / 2 => {
            format!("{expected} Did you mean {nearest}?")
        }
        _ => expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn an_unknown_zone_is_refused_with_the_nearest_one() {
        let said = |name: &str| {
            let mut checks = Checks::default();
            check(&mut checks, "timeZone", name);
            let Err(Error::Refused(mut refusals)) = checks.done(()) else { return None };
            refusals.pop().map(|refusal| refusal.message)
        };
        for known in ["Europe/Amsterdam", "Atlantic/Azores", "America/Paramaribo", "UTC"] {
            assert_eq!(said(known), None, "{known}");
        }
        for typed in ["Amsterdam", "europe/amsterdam", "Europe/Amsterdm", "amsterdan"] {
            assert!(said(typed).unwrap().ends_with("Did you mean Europe/Amsterdam?"), "{typed}");
        }
        for strange in ["", "Nowhere/At-all-that-I-know", &"Europe/".repeat(1_000)] {
            assert!(said(strange).unwrap().ends_with("as Europe/Amsterdam."), "{strange}");
        }
    }
}
