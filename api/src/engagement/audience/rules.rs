//! Pure decisions about audiences.

use glans_entity::people::{GuardianAccess, Role};

use crate::platform::error::UserErrorCode;
use crate::platform::text::Checks;

/// Places in one list at most.
pub const MOST_TARGETS: usize = 100;

/// Levels of access that are enough where `least` is asked for.
pub fn enough(least: GuardianAccess) -> &'static [GuardianAccess] {
    use GuardianAccess as A;
    match least {
        A::Full => &[A::Full],
        A::OnRequest => &[A::Full, A::OnRequest],
        A::EmergencyOnly => &[A::Full, A::OnRequest, A::EmergencyOnly],
        A::None => &[],
    }
}

/// The roles that an audience may name; guardians when it names none.
pub fn roles(checks: &mut Checks, roles: Option<Vec<Role>>) -> Vec<Role> {
    let mut roles = roles.unwrap_or_else(|| vec![Role::Guardian]);
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        checks.add(
            UserErrorCode::Required,
            "audience.roles",
            "Name at least one role, or leave this out for guardians.",
        );
    }
    if roles.iter().any(|role| !matches!(role, Role::Guardian | Role::Teacher | Role::SchoolLeader)) {
        checks.add(UserErrorCode::Invalid, "audience.roles", "Choose among GUARDIAN, TEACHER and SCHOOL_LEADER.");
    }
    roles
}

/// Problems of the lists themselves.
pub fn check_targets(checks: &mut Checks, include: usize, exclude: usize) {
    if include == 0 {
        checks.add(UserErrorCode::Required, "audience.include", "Choose at least one place or child.");
    }
    for (field, count) in [("audience.include", include), ("audience.exclude", exclude)] {
        if count > MOST_TARGETS {
            checks.add(UserErrorCode::TooLong, field, format!("Choose at most {MOST_TARGETS} places and children."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::error::Error;

    #[test]
    fn who_may_have_less_gets_only_what_asks_for_less() {
        use GuardianAccess as A;
        for (least, access, gets) in [
            (A::Full, A::Full, true),
            (A::Full, A::OnRequest, false),
            (A::OnRequest, A::OnRequest, true),
            (A::OnRequest, A::EmergencyOnly, false),
            (A::EmergencyOnly, A::EmergencyOnly, true),
            (A::EmergencyOnly, A::None, false),
            (A::None, A::Full, false),
        ] {
            assert_eq!(enough(least).contains(&access), gets, "{least:?} {access:?}");
        }
    }

    #[test]
    fn an_audience_names_places_and_known_roles() {
        let mut checks = Checks::default();
        assert_eq!(roles(&mut checks, None), [Role::Guardian]);
        assert_eq!(
            roles(&mut checks, Some(vec![Role::SchoolLeader, Role::Teacher, Role::Teacher])),
            [Role::SchoolLeader, Role::Teacher]
        );
        check_targets(&mut checks, 1, 0);
        checks.done(()).unwrap();
        let mut checks = Checks::default();
        roles(&mut checks, Some(Vec::new()));
        roles(&mut checks, Some(vec![Role::Trainer]));
        check_targets(&mut checks, 0, MOST_TARGETS + 1);
        let Err(Error::Refused(problems)) = checks.done(()) else { panic!("refused") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.join(".")).collect();
        assert_eq!(fields, ["audience.roles", "audience.roles", "audience.include", "audience.exclude"]);
    }
}
