//! Whether a text seems to name somebody. Pure: what matches is told to the author and kept nowhere.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Parts of names that are common words.
const PARTICLES: [&str; 14] =
    ["van", "der", "den", "del", "het", "ten", "ter", "von", "ben", "bin", "ibn", "san", "dos", "las"];
const SHORTEST: usize = 3;

/// The names of the children and guardians of a school.
#[derive(Debug, Default)]
pub struct Names {
    /// However they are written.
    given: HashSet<String>,
    /// Those that are common words as well: only with a capital.
    capital: HashSet<String>,
}

impl Names {
    /// Adds the name by which somebody is called.
    pub fn add_given(&mut self, name: &str) {
        let (telling, short) = words(name).map(fold).partition::<Vec<_>, _>(|word| tells(word));
        self.given.extend(telling);
        self.capital.extend(short.into_iter().filter(|word| word.chars().count() > 1));
    }

    /// Adds a family name.
    pub fn add_family(&mut self, name: &str) {
        self.capital.extend(words(name).map(fold).filter(|word| tells(word)));
    }

    /// The words of `text` that are such a name, each once. Family names and the shortest given ones are often common
    /// words, so they count only where they are written with a capital.
    pub fn among<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut found = Vec::new();
        for word in words(text) {
            let folded = fold(word);
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            // A Dutch genitive: the mother of Ahmet is *Ahmets moeder*.
            let forms = [Some(folded.as_str()), folded.strip_suffix('s')];
            let is_in = |names: &HashSet<String>| forms.into_iter().flatten().any(|form| names.contains(form));
            let named = is_in(&self.given) || (capital && is_in(&self.capital));
            if named && !found.contains(&word) {
                found.push(word);
            }
        }
        found
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let within = |letter: char| letter.is_alphanumeric() || is_combining_mark(letter) || is_unseen(letter);
    text.split(move |letter: char| !within(letter)).filter(|word| !word.is_empty())
}

/// Whether it takes no room between two letters: soft hyphen, joiners, byte order mark.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Without accents, in small letters.
fn fold(word: &str) -> String {
    word.nfd()
        .filter(|letter| !is_combining_mark(*letter) && !is_unseen(*letter))
        .flat_map(char::to_lowercase)
        .collect()
}

fn tells(word: &str) -> bool {
    word.chars().count() >= SHORTEST && !PARTICLES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.add_given("Zoë");
        names.add_given("Jan-Willem");
        names.add_family("van der Boom");
        names.add_family("Öztürk");
        names
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for text in [
            "zoe huilde",
            "ZOË!",
            "Zoë\u{308}",
            "met Willem erbij",
            "de heer Ozturk belde",
            "dhr. Öztürk",
            "Zoës moeder",
            "Willems vader",
            "Z\u{200b}oë",
            "Öz\u{ad}türk",
        ] {
            assert_eq!(names().among(text).len(), 1, "{text}");
        }
        let mut names = names();
        names.add_given("Ben");
        names.add_given("Bo");
        assert_eq!(names.among("Ben huilde, en de moeder van Bo kwam. Ik ben er."), ["Ben", "Bo"]);
        let names = self::names();
        assert_eq!(names.among("Zoë, zoë en Zoë"), ["Zoë", "zoë"]);
    }

    #[test]
    fn common_words_are_no_names() {
        for text in ["onder de boom", "van de ouders", "der dagen", "Zo ging het", "zoetjes", ""] {
            assert_eq!(names().among(text), Vec::<&str>::new(), "{text}");
        }
        assert_eq!(names().among("mevrouw Van der Boom"), ["Boom"]);
    }
}
