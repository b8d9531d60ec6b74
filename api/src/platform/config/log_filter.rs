//! What may stand in `log`.

use tracing_subscriber::EnvFilter;

/// The words that are levels.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// The crates that may stand alone, to log all of them.
const CRATES: [&str; 15] = [
    "glans",
    "glans_entity",
    "glans_migration",
    "async_graphql",
    "async_nats",
    "axum",
    "h2",
    "hyper",
    "hyper_util",
    "lettre",
    "reqwest",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tower_http",
];

/// Refuses a word that is no level: it would be taken for a crate of which all is logged, and nothing of any other.
pub(super) fn check(filter: &str) -> Result<(), String> {
    match filter.split(',').map(str::trim).find(|directive| is_misspelt(directive)) {
        Some(wrong) => Err(format!(
            "`{wrong}` is no level; did you mean `{}`? To log a crate of that name, write `{wrong}=debug`",
            nearest(wrong)
        )),
        // Here, and not where the log is started, so that the complaint says where the filter stands.
        None => match EnvFilter::try_new(filter) {
            Ok(_) => Ok(()),
            Err(cause) => Err(format!("{cause}; write it as `info,glans=debug`")),
        },
    }
}

/// What has signs in it says more than a level, and is left to who reads the filter.
fn is_misspelt(directive: &str) -> bool {
    let is_word = directive.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | ':'));
    let root = directive.split(':').next().unwrap_or_default();
    is_word && !directive.is_empty() && !is_level(directive) && !CRATES.contains(&root)
}

/// In capitals too, and by its number.
fn is_level(word: &str) -> bool {
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)) || matches!(word, "0" | "1" | "2" | "3" | "4" | "5")
}

fn nearest(word: &str) -> &'static str {
    let word = word.to_lowercase();
    let nearest = LEVELS.into_iter().min_by_key(|level| strsim::damerau_levenshtein(&word, level));
    nearest.unwrap_or("info")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_refused_with_the_nearest() {
        for (wrong, level) in [("warning", "warn"), ("inf", "info"), ("eror", "error"), ("DEBUGG", "debug")] {
            let told = format!(
                "`{wrong}` is no level; did you mean `{level}`? To log a crate of that name, write `{wrong}=debug`"
            );
            assert_eq!(check(wrong), Err(told.clone()));
            assert_eq!(check(&format!("glans=debug, {wrong}")), Err(told));
        }
        assert!(check("nonsense").is_err());
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_refused_with_one_that_can() {
        let said = check("[[").unwrap_err();
        assert!(said.ends_with("; write it as `info,glans=debug`"), "{said}");
    }

    #[test]
    fn levels_crates_and_what_says_of_which_crate_are_allowed() {
        for sound in ["", "info", "WARN", "off", "3", "info,glans=debug", "glans", "sqlx::postgres", "warn,[request]"] {
            assert_eq!(check(sound), Ok(()), "{sound}");
        }
        assert_eq!(check(&super::super::Config::default().log), Ok(()));
    }
}
