//! `enrollments.csv`: who learns and who teaches in a class.

use chrono::NaiveDate;

use super::{Record, period};
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::table::{Layout, Row};
use crate::roster::oneroster::words::{ENROLMENT_ROLES, EnrolmentWord};

#[derive(Debug)]
pub struct Enrolment {
    pub line: u32,
    pub source_id: String,
    pub class: String,
    pub school: String,
    pub user: String,
    pub role: EnrolmentWord,
    pub primary: bool,
    pub begins_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

const LAYOUT: Layout = Layout {
    file: "enrollments.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ],
};

impl Record for Enrolment {
    const NAME: &'static str = "enrollments";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let (source_id, class) = (row.required("sourcedId"), row.required("classSourcedId"));
        let (school, user) = (row.required("schoolSourcedId"), row.required("userSourcedId"));
        let role = row.open_choice("role", ENROLMENT_ROLES, EnrolmentWord::Other);
        let (primary, period) = (row.boolean("primary"), period(row));
        let (begins_on, ends_on) = period?;
        let enrolment = Enrolment {
            line: row.line(),
            source_id: source_id?,
            class: class?,
            school: school?,
            user: user?,
            role: role?,
            primary: primary?.unwrap_or(false),
            begins_on,
            ends_on,
        };
        if enrolment.primary && enrolment.role != EnrolmentWord::Teacher {
            row.error("primary", "is true; only a teacher can be the primary one of a class");
            return None;
        }
        Some(enrolment)
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}
