//! `orgs.csv`: boards, clusters, schools.

use super::Record;
use crate::organisation::{clusters, schools};
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::row::Row;
use crate::roster::oneroster::table::Layout;
use crate::roster::oneroster::words::{ORG_KINDS, OrgKind};

#[derive(Debug)]
pub struct Org {
    pub line: u32,
    pub source_id: String,
    pub name: String,
    pub kind: OrgKind,
    pub identifier: Option<String>,
    pub parent: Option<String>,
}

const LAYOUT: Layout = Layout {
    file: "orgs.csv",
    columns: &["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
    tail: &[],
    used: &["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
};

impl Record for Org {
    const NAME: &'static str = "orgs";

    fn layout(_version: Version) -> &'static Layout {
        &LAYOUT
    }

    fn read(row: &mut Row<'_>, _version: Version) -> Option<Self> {
        let source_id = row.required("sourcedId");
        let kind = row.open_choice("type", ORG_KINDS, OrgKind::Other);
        let name = name(row, kind);
        let (identifier, parent) = (row.optional("identifier"), row.optional("parentSourcedId"));
        Some(Org { line: row.line(), source_id: source_id?, name: name?, kind: kind?, identifier, parent })
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}

/// As a mutation takes it where the organisation is kept.
fn name(row: &mut Row<'_>, kind: Option<OrgKind>) -> Option<String> {
    row.must_be_filled("name")?;
    let text = row.raw("name");
    let checked = match kind {
        Some(OrgKind::Cluster) => clusters::rules::name(text),
        Some(OrgKind::School) => schools::rules::details(text, None).map(|details| details.name),
        Some(OrgKind::District | OrgKind::Other) | None => return row.required("name"),
    };
    row.heed("name", checked)
}
