//! `users.csv`: pupils, staff and guardians alike.

use super::Record;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::table::{Layout, Row};
use crate::roster::oneroster::words::{ROLES_1P1, RoleWord};

#[derive(Debug)]
pub struct User {
    pub line: u32,
    pub source_id: String,
    pub enabled: bool,
    pub given_name: String,
    pub family_name: String,
    pub identifier: Option<String>,
    pub email: Option<String>,
    pub agents: Vec<String>,
    pub primary_org: Option<String>,
    /// 1.1 only: organisations and the one role that the user has at all of them.
    pub orgs: Vec<String>,
    pub role: Option<RoleWord>,
    /// Unique over the bundle where it is given; compared, never kept beyond that.
    pub master_identifier: Option<String>,
}

const LAYOUT: Layout = Layout {
    file: "users.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
    ],
    tail: &[
        "userMasterIdentifier",
        "resourceSourcedIds",
        "preferredGivenName",
        "preferredMiddleName",
        "preferredFamilyName",
        "primaryOrgSourcedId",
        "pronouns",
    ],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "username",
        "givenName",
        "familyName",
        "identifier",
        "email",
        "agentSourcedIds",
        "userMasterIdentifier",
        "preferredGivenName",
        "preferredFamilyName",
        "primaryOrgSourcedId",
    ],
};

const LAYOUT_1P1: Layout = Layout {
    file: "users.csv",
    columns: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "orgSourcedIds",
        "role",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
    ],
    tail: &[],
    used: &[
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "orgSourcedIds",
        "role",
        "username",
        "givenName",
        "familyName",
        "identifier",
        "email",
        "agentSourcedIds",
    ],
};

impl Record for User {
    const NAME: &'static str = "users";

    fn layout(version: Version) -> &'static Layout {
        match version {
            Version::V1p1 => &LAYOUT_1P1,
            Version::V1p2 => &LAYOUT,
        }
    }

    fn read(row: &mut Row<'_>, version: Version) -> Option<Self> {
        let source_id = row.required("sourcedId");
        row.must_be_filled("enabledUser");
        let (enabled, username) = (row.boolean("enabledUser"), row.must_be_filled("username"));
        let (given, family) = (row.required("givenName"), row.required("familyName"));
        let (identifier, email) = (row.optional("identifier"), email(row));
        let mut user = User {
            line: row.line(),
            source_id: source_id.unwrap_or_default(),
            enabled: enabled?.unwrap_or(true),
            given_name: given.unwrap_or_default(),
            family_name: family.unwrap_or_default(),
            identifier,
            email: email?,
            agents: row.list("agentSourcedIds"),
            primary_org: None,
            orgs: Vec::new(),
            role: None,
            master_identifier: None,
        };
        if version == Version::V1p1 {
            user.orgs = row.list("orgSourcedIds");
            if user.orgs.is_empty() {
                row.error("orgSourcedIds", "is blank; a user belongs to at least one organisation");
            }
            user.role = Some(row.open_choice("role", ROLES_1P1, RoleWord::Other)?);
        } else {
            user.preferred(row);
        }
        username?;
        let whole = !user.source_id.is_empty() && !user.given_name.is_empty() && !user.family_name.is_empty();
        whole.then_some(user)
    }

    fn source_id(&self) -> &str {
        &self.source_id
    }

    fn line(&self) -> u32 {
        self.line
    }
}

impl User {
    /// The columns of 1.2 and 1.2.1. The name that a person goes by takes the place of the one in the passport.
    fn preferred(&mut self, row: &mut Row<'_>) {
        if let Some(given) = row.optional("preferredGivenName") {
            self.given_name = given;
        }
        if let Some(family) = row.optional("preferredFamilyName") {
            self.family_name = family;
        }
        self.primary_org = row.optional("primaryOrgSourcedId");
        self.master_identifier = row.optional("userMasterIdentifier");
    }
}

/// An address, in lower case; the inner `None` is a blank cell. The value is never repeated in a message.
#[expect(clippy::option_option, reason = "refused, blank and given are three answers")]
fn email(row: &mut Row<'_>) -> Option<Option<String>> {
    let text = row.raw("email");
    if text.is_empty() {
        return Some(None);
    }
    let address = text.to_lowercase();
    let sound = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    if !sound || address.len() > 254 || address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        row.error("email", "is no e-mail address; leave it blank where there is none");
        return None;
    }
    Some(Some(address))
}
