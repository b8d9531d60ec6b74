//! `courses.csv`: read for its references only; a primary school's class group needs no course.

use super::Record;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::table::{Layout, Row};

#[derive(Debug)]
pub struct Course {
    pub line: u32,
    pub source_id: String,
    pub school_year: Option<String>,
    pub org: String,
}

const LAYOUT: Layout = Layout {
    file: "courses.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "schoolYearSourcedId",
        "title",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ],
};

impl Record for Course {
    const NAME: &'static str = "courses";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let (source_id, title) = (row.required("sourcedId"), row.must_be_filled("title"));
        let (school_year, org) = (row.optional("schoolYearSourcedId"), row.required("orgSourcedId"));
        row.pairs("subjects", "subjectCodes");
        title?;
        Some(Self { line: row.line(), source_id: source_id?, school_year, org: org? })
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}
