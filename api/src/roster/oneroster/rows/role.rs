//! `roles.csv`: what a user is, where, and how long (1.2 only).

use chrono::NaiveDate;

use super::{Record, period};
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::row::Row;
use crate::roster::oneroster::table::Layout;
use crate::roster::oneroster::words::{ROLE_TYPES, ROLES, RoleWord};

#[derive(Debug)]
pub struct Role {
    pub line: u32,
    pub source_id: String,
    pub user: String,
    pub primary: bool,
    pub role: RoleWord,
    pub org: String,
    pub begins_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

impl Role {
    pub fn has_ended(&self, today: NaiveDate) -> bool {
        self.ends_on.is_some_and(|ends| ends < today)
    }
}

const LAYOUT: Layout = Layout {
    file: "roles.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
        "userProfileSourcedId",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
    ],
};

impl Record for Role {
    const NAME: &'static str = "roles";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let (source_id, user) = (row.required("sourcedId"), row.required("userSourcedId"));
        let (primary, role) = (row.choice("roleType", ROLE_TYPES), row.open_choice("role", ROLES, RoleWord::Other));
        let (org, period) = (row.required("orgSourcedId"), period(row));
        let (begins_on, ends_on) = period?;
        Some(Role {
            line: row.line(),
            source_id: source_id?,
            user: user?,
            primary: primary?,
            role: role?,
            org: org?,
            begins_on,
            ends_on,
        })
    }

    fn read_leaving(row: &Row<'_>) -> Option<Self> {
        let text = |column| Some(row.raw(column)).filter(|text| !text.is_empty()).map(str::to_owned);
        let &(_, role) = ROLES.iter().find(|(word, _)| word.eq_ignore_ascii_case(row.raw("role")))?;
        Some(Role {
            line: row.line(),
            source_id: text("sourcedId")?,
            user: text("userSourcedId")?,
            primary: !row.raw("roleType").eq_ignore_ascii_case("secondary"),
            role,
            org: text("orgSourcedId")?,
            begins_on: None,
            ends_on: None,
        })
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}
