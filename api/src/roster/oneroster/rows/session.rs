//! `academicSessions.csv`: school years and their parts.

use chrono::NaiveDate;

use super::Record;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::table::{Layout, Row};
use crate::roster::oneroster::words::{SESSION_KINDS, SessionKind};

#[derive(Debug)]
pub struct Session {
    pub line: u32,
    pub source_id: String,
    pub title: String,
    pub kind: SessionKind,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub parent: Option<String>,
    /// Calendar year in which the school year ends.
    pub school_year: u16,
}

const LAYOUT: Layout = Layout {
    file: "academicSessions.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "type",
        "startDate",
        "endDate",
        "parentSourcedId",
        "schoolYear",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "type",
        "startDate",
        "endDate",
        "parentSourcedId",
        "schoolYear",
    ],
};

impl Record for Session {
    const NAME: &'static str = "academicSessions";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let (source_id, title) = (row.required("sourcedId"), row.required("title"));
        let kind = row.open_choice("type", SESSION_KINDS, SessionKind::Part);
        let (starts_on, ends_on) = (row.required_date("startDate"), row.required_date("endDate"));
        let (parent, school_year) = (row.optional("parentSourcedId"), year(row));
        if starts_on.zip(ends_on).is_some_and(|(starts, ends)| ends < starts) {
            row.error("endDate", "lies before startDate");
            return None;
        }
        Some(Session {
            line: row.line(),
            source_id: source_id?,
            title: title?,
            kind: kind?,
            starts_on: starts_on?,
            ends_on: ends_on?,
            parent,
            school_year: school_year?,
        })
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}

fn year(row: &mut Row<'_>) -> Option<u16> {
    row.must_be_filled("schoolYear")?;
    let year = row.raw("schoolYear").parse().ok().filter(|year| (1900..=2999).contains(year));
    if year.is_none() {
        row.error("schoolYear", "is no year; write the year in which the school year ends, as 2027");
    }
    year
}
