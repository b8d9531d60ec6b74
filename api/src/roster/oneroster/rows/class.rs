//! `classes.csv`: class groups, and subjects on a timetable.

use super::Record;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::table::{Layout, Row};
use crate::roster::oneroster::words::{CLASS_KINDS, ClassKind};

#[derive(Debug)]
pub struct Class {
    pub line: u32,
    pub source_id: String,
    pub title: String,
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
        let (source_id, title) = (row.required("sourcedId"), row.required("title"));
        let course = row.required("courseSourcedId");
        let kind = row.open_choice("classType", CLASS_KINDS, ClassKind::Scheduled);
        let (school, terms) = (row.required("schoolSourcedId"), row.list("termSourcedIds"));
        if terms.is_empty() {
            row.error("termSourcedIds", "is blank; a class needs at least one term");
        }
        row.pairs("subjects", "subjectCodes");
        Some(Class {
            line: row.line(),
            source_id: source_id?,
            title: title?,
            grades: row.list("grades"),
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
