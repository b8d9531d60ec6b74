//! `classes.csv`: class groups, and subjects on a timetable.

use super::Record;
use crate::organisation::class_groups::rules;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::row::Row;
use crate::roster::oneroster::table::Layout;
use crate::roster::oneroster::words::{CLASS_KINDS, ClassKind};
use crate::roster::problem::quoted;

#[derive(Debug)]
pub struct Class {
    pub line: u32,
    pub source_id: String,
    pub title: String,
    /// Those of a class group, `1` to `8`.
    pub grades: Vec<String>,
    /// Checked against `courses.csv`, and not kept.
    pub course: String,
    pub kind: ClassKind,
    pub school: String,
    pub terms: Vec<String>,
}

const LAYOUT: Layout = Layout {
    file: "classes.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classType",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
    ],
};

impl Record for Class {
    const NAME: &'static str = "classes";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let source_id = row.required("sourcedId");
        let course = row.required("courseSourcedId");
        let kind = row.open_choice("classType", CLASS_KINDS, ClassKind::Scheduled);
        let named = title_and_grades(row, kind);
        let (school, terms) = (row.required("schoolSourcedId"), row.list("termSourcedIds"));
        if terms.is_empty() {
            row.error("termSourcedIds", "is blank; a class needs at least one term");
        }
        row.pairs("subjects", "subjectCodes");
        let (title, grades) = named?;
        Some(Class {
            line: row.line(),
            source_id: source_id?,
            title,
            grades,
            course: course?,
            kind: kind?,
            school: school?,
            terms,
        })
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}

/// As a mutation takes them for a class group. A class on the timetable is not kept, and is only looked through.
fn title_and_grades(row: &mut Row<'_>, kind: Option<ClassKind>) -> Option<(String, Vec<String>)> {
    if kind != Some(ClassKind::Homeroom) {
        return Some((row.required("title")?, Vec::new()));
    }
    row.must_be_filled("title")?;
    let grades = grades(row);
    let checked = rules::details(row.raw("title"), &grades);
    row.heed("title", checked).map(|details| (details.name, details.grades))
}

/// Grades of primary education. Another, as `KG`, is left out: a group can do without, and the file has more to tell.
fn grades(row: &mut Row<'_>) -> Vec<String> {
    let (known, strange): (Vec<String>, Vec<String>) =
        row.list("grades").into_iter().partition(|grade| rules::is_grade(grade_name(grade)));
    if !strange.is_empty() {
        let message = format!("{} is no grade from 1 to 8; the class group goes without", quoted(&strange.join(", ")));
        row.notice("grades", message);
    }
    known.iter().map(|grade| grade_name(grade).to_owned()).collect()
}

/// Some systems write grades with two digits.
fn grade_name(grade: &str) -> &str {
    grade.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::oneroster::table::read_table;
    use crate::roster::problem::{Problem, Problems, Severity};

    fn read(title: &str, grades: &str, kind: &str) -> (Vec<Class>, Vec<Problem>) {
        let header = LAYOUT.columns.join(",");
        let text = format!("{header}\ng,,,{title},\"{grades}\",k,,{kind},,s,t,,,\n");
        let mut problems = Problems::default();
        let table = read_table(&LAYOUT, text.as_bytes(), &mut problems, |row| Class::read(row, Version::V1p2));
        (table.rows, problems.into_sorted())
    }

    #[test]
    fn grades_are_those_of_primary_education() {
        let (classes, told) = read("Groep 3/4", "04,3,KG,09,\u{1b}[2J", "homeroom");
        assert_eq!(classes[0].grades, ["3", "4"]);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].severity, told[0].place.column.as_deref()), (Severity::Notice, Some("grades")));
        assert_eq!(told[0].message, "\"KG, 09,  [2J\" is no grade from 1 to 8; the class group goes without");
        let (classes, told) = read("Muziek", "KG", "scheduled");
        assert!(classes[0].grades.is_empty() && told.is_empty());
    }

    #[test]
    fn a_class_group_has_a_name_that_a_mutation_takes() {
        let long = "n".repeat(41);
        let (classes, told) = read(&long, "3", "homeroom");
        assert!(classes.is_empty());
        assert_eq!(told[0].message, "Use at most 40 characters.");
        assert_eq!(read(&long, "", "scheduled").0.len(), 1);
    }
}
