//! `users.csv`: pupils, staff and guardians alike.

use super::Record;
use crate::people::persons::rules::NAME_LENGTH;
use crate::platform::text::Checks;
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::row::Row;
use crate::roster::oneroster::table::Layout;
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
        let (given, family) = (row.name("givenName", NAME_LENGTH), row.name("familyName", NAME_LENGTH));
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
        if let Some(given) = row.optional_name("preferredGivenName", NAME_LENGTH) {
            self.given_name = given;
        }
        if let Some(family) = row.optional_name("preferredFamilyName", NAME_LENGTH) {
            self.family_name = family;
        }
        self.primary_org = row.optional("primaryOrgSourcedId");
        self.master_identifier = row.optional("userMasterIdentifier");
    }
}

/// An address as the mutations take it; the inner `None` is a blank cell. The value is never repeated in a message.
#[expect(clippy::option_option, reason = "refused, blank and given are three answers")]
fn email(row: &mut Row<'_>) -> Option<Option<String>> {
    let mut checks = Checks::default();
    let address = checks.optional_email("email", Some(row.raw("email")));
    let checked = checks.done(address);
    if checked.is_err() {
        row.error("email", "is no e-mail address; leave it blank where there is none");
    }
    checked.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::oneroster::table::read_table;
    use crate::roster::problem::{Problem, Problems};

    /// Users of that name and address, and `line column: message` of what is wrong with them.
    fn read(rows: &[(&str, &str, &str)]) -> (Vec<User>, Vec<String>) {
        let row = |&(given, family, email): &(&str, &str, &str)| {
            format!("u,,,true,u,,{given},{family},,,{email},,,,,,,,,,,,\n")
        };
        let body: Vec<String> = rows.iter().map(row).collect();
        let header = [LAYOUT.columns, LAYOUT.tail].concat().join(",");
        let text = format!("{header}\n{}", body.concat());
        let mut problems = Problems::default();
        let table = read_table(&LAYOUT, text.as_bytes(), &mut problems, |row| User::read(row, Version::V1p2));
        let told = |problem: Problem| {
            let (line, column) = (problem.place.line.unwrap_or_default(), problem.place.column.unwrap_or_default());
            format!("{line} {column}: {}", problem.message)
        };
        (table.rows, problems.into_sorted().into_iter().map(told).collect())
    }

    #[test]
    fn a_name_is_one_that_a_mutation_takes() {
        let (long, longest) = ("n".repeat(81), "n".repeat(80));
        let rows = [
            ("\u{200b}", "Vos", ""),
            ("Noor", "\u{202e}", ""),
            (long.as_str(), "Vos", ""),
            (longest.as_str(), "Vos", ""),
        ];
        let (users, told) = read(&rows);
        assert_eq!(users.len(), 1);
        assert_eq!(
            told,
            [
                "2 givenName: Leave out invisible characters.",
                "3 familyName: Leave out invisible characters.",
                "4 givenName: Use at most 80 characters.",
            ]
        );
    }

    #[test]
    fn one_name_is_written_in_one_way() {
        let (users, told) = read(&[("Jose\u{301}", "Vos", "")]);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(users[0].given_name, "Jos\u{e9}");
    }

    #[test]
    fn an_address_is_one_that_a_mutation_takes() {
        let (users, _) = read(&[("Noor", "Vos", "Noor@Zwaluw.Example"), ("Noor", "Vos", "")]);
        let addresses: Vec<_> = users.iter().map(|user| user.email.as_deref()).collect();
        assert_eq!(addresses, [Some("noor@zwaluw.example"), None]);
        for wrong in ["<ouder@x.example>", "jan@x..example", "jan(thuis)@x.example", "jan"] {
            let (users, told) = read(&[("Jan", "Vos", wrong)]);
            assert!(users.is_empty(), "{wrong}");
            assert_eq!(told, ["2 email: is no e-mail address; leave it blank where there is none"], "{wrong}");
        }
    }
}
