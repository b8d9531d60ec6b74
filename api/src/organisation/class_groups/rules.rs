//! What a class group may look like.

use crate::platform::error::{Result, UserErrorCode};
use crate::platform::text::Checks;

const NAME_LENGTH: usize = 40;

/// The grades of primary education (*groep 1* to *groep 8*).
const GRADES: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// The checked details of a class group.
#[derive(Debug, PartialEq, Eq)]
pub struct Details {
    pub name: String,
    /// Each once, lowest first.
    pub grades: Vec<String>,
}

/// Checks name and grades.
pub fn details(name: &str, grades: &[String]) -> Result<Details> {
    let mut checks = Checks::default();
    let name = checks.line("name", name, NAME_LENGTH);
    if grades.iter().any(|grade| !is_grade(grade)) {
        checks.add(
            UserErrorCode::Invalid,
            "grades",
            "Grades are 1 to 8; leave the list empty for a group without one.",
        );
    }
    let mut grades = grades.to_vec();
    grades.sort_unstable();
    grades.dedup();
    checks.done(Details { name, grades })
}

/// Whether a text is the name of a grade.
pub fn is_grade(text: &str) -> bool {
    GRADES.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_one_to_eight_each_once() {
        let grades = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(details("5/6", &grades(&["6", "5", "6"])).unwrap().grades, ["5", "6"]);
        assert!(details("Instroom", &[]).unwrap().grades.is_empty());
        for wrong in ["0", "9", "", "vijf", "05"] {
            assert!(details("5", &grades(&[wrong])).is_err(), "{wrong}");
        }
    }
}
