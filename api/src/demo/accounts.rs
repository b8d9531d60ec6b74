//! The accounts that a person tries a demo with: one per role, easy to type.

use glans_entity::people::{Role, person};

use super::PASSWORD;

/// An account to try a role with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DemoAccount {
    pub role: Role,
    pub name: String,
    pub email: String,
    pub password: &'static str,
}

/// As a table shows them: who sees most comes first.
const ROLES: [Role; 6] =
    [Role::BoardAdmin, Role::ClusterDirector, Role::SchoolLeader, Role::Teacher, Role::Trainer, Role::Guardian];

/// The address of the first of a role in a demo.
pub(super) fn address(role: Role) -> &'static str {
    match role {
        Role::BoardAdmin => "admin@demo.example",
        Role::ClusterDirector => "director@demo.example",
        Role::SchoolLeader => "leader@demo.example",
        Role::Teacher => "teacher@demo.example",
        Role::Trainer => "trainer@demo.example",
        Role::Guardian => "guardian@demo.example",
    }
}

pub(super) fn addresses() -> impl Iterator<Item = &'static str> {
    ROLES.into_iter().map(address)
}

/// The accounts of those among `persons` who have such an address.
pub(super) fn among(persons: &[person::Model]) -> Vec<DemoAccount> {
    let account = |role| {
        let email = address(role);
        let person = persons.iter().find(|person| person.email.as_deref() == Some(email))?;
        let name = person.display_name.clone();
        Some(DemoAccount { role, name, email: email.to_owned(), password: PASSWORD })
    };
    ROLES.into_iter().filter_map(account).collect()
}
