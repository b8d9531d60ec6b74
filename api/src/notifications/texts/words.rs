//! What a text can know of what it is about.

use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::Speech;

/// How the course went in the schools of a cluster in a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Lessons that a team had, by when that was recorded.
    pub taught: u32,
    /// Experiences that were shared.
    pub shared: u32,
    /// Lessons that should have been taught by then.
    pub overdue: u32,
}

impl Figures {
    /// Those that a notification keeps as JSON; nothing but zeros of one that keeps none.
    ///
    /// # Errors
    /// The text is no such JSON.
    pub fn kept(json: Option<&str>) -> serde_json::Result<Self> {
        json.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }
}

/// What a body can name. Names of children and what people wrote are for the inbox in the app only: leave them out of what
/// goes elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What it is called, as the title of an announcement.
    pub subject: Option<String>,
    pub school: Option<String>,
    /// Their given names, in the order in which they are to be told.
    pub children: Vec<String>,
    /// As [`super::when`] says it.
    pub when: Option<String>,
    pub figures: Figures,
}

impl Words {
    /// The text of `key` about this.
    pub fn said_in(&self, speech: &Speech, key: &str) -> String {
        speech.say_with(key, &self.arguments(speech))
    }

    fn arguments(&self, speech: &Speech) -> FluentArgs<'_> {
        let mut arguments = FluentArgs::new();
        let given = [
            ("subject", "hasSubject", &self.subject),
            ("school", "hasSchool", &self.school),
            ("when", "hasWhen", &self.when),
        ];
        for (name, has, text) in given {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            arguments.set(has, if text.is_some() { "yes" } else { "no" });
            arguments.set(name, text.unwrap_or_default());
        }
        let Figures { taught, shared, overdue } = self.figures;
        for (name, figure) in [("taught", taught), ("shared", shared), ("overdue", overdue)] {
            arguments.set(name, figure);
        }
        arguments.set("childCount", self.children.len());
        arguments.set("children", row(&self.children, speech));
        arguments
    }
}

/// `Noor, Sem en Daan`.
pub fn row(names: &[String], speech: &Speech) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => {
            let mut arguments = FluentArgs::new();
            arguments.set("first", first.join(", "));
            arguments.set("last", last.as_str());
            speech.say_with("list-and", &arguments)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::texts::speech;

    #[test]
    fn names_stand_in_a_row_as_the_language_has_it() {
        let names = ["Noor", "Sem", "Daan"].map(str::to_owned);
        let of = |count: usize, language| row(&names[..count], speech::of(language));
        assert_eq!(
            [of(0, "nl"), of(1, "nl"), of(2, "nl"), of(3, "nl")],
            ["", "Noor", "Noor en Sem", "Noor, Sem en Daan"]
        );
        assert_eq!(of(3, "en"), "Noor, Sem and Daan");
    }
}
