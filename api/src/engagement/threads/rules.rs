//! What threads and messages look like, and whom somebody may write to.

use std::collections::HashSet;

use async_graphql::ID;
use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::ThreadStarter;
use glans_entity::ids::PersonId;

use super::company::Around;
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::text::Checks;

const SUBJECT_LENGTH: usize = 120;
const BODY_LENGTH: usize = 4_000;
/// Persons that somebody names in one thread.
const MOST_NAMED: usize = 20;
/// The smallest step of time that both databases keep.
const TICK: TimeDelta = TimeDelta::microseconds(1);

/// The checked subject and first message of a thread.
pub(super) fn opening(subject: &str, body: &str) -> Result<(String, String)> {
    let mut checks = Checks::default();
    let subject = checks.line("subject", subject, SUBJECT_LENGTH);
    let body = checks.text("body", body, BODY_LENGTH);
    checks.done((subject, body))
}

/// The checked text of a message.
pub(super) fn body(body: &str) -> Result<String> {
    let mut checks = Checks::default();
    let body = checks.text("body", body, BODY_LENGTH);
    checks.done(body)
}

/// Whom a thread is with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Invited {
    pub guardians: Vec<PersonId>,
    pub staff: Vec<PersonId>,
}

/// The persons that the input names, each once.
pub(super) fn named(ids: Option<&[ID]>) -> Result<Vec<PersonId>> {
    let ids = ids.unwrap_or_default();
    if ids.len() > MOST_NAMED {
        return Err(refuse(UserErrorCode::LimitReached, "participants", format!("Name at most {MOST_NAMED} persons.")));
    }
    let mut seen = HashSet::new();
    let mut named = Vec::with_capacity(ids.len());
    for id in ids {
        let id = id.parse().map_err(|_| not_found("participants"))?;
        if seen.insert(id) {
            named.push(id);
        }
    }
    Ok(named)
}

/// Whom staff write to: the guardians they name, or all of them, and colleagues.
pub(super) fn invited_by_staff(around: &Around, author: PersonId, named: &[PersonId]) -> Result<Invited> {
    let entitled = &around.family.entitled;
    let (mut guardians, others): (Vec<_>, Vec<_>) = named.iter().partition(|person| entitled.contains(person));
    if !others.iter().all(|person| around.is_staff(*person)) {
        return Err(not_found("participants"));
    }
    if guardians.is_empty() {
        guardians.clone_from(entitled);
    }
    if guardians.is_empty() {
        return Err(refuse(UserErrorCode::Conflict, "student", "No guardian of this child can be written to."));
    }
    Ok(Invited { guardians, staff: with(author, others) })
}

/// Whom a guardian writes to: the staff they name, or who answers for the child. Never another guardian.
pub(super) fn invited_by_guardian(
    around: &Around,
    starter: ThreadStarter,
    author: PersonId,
    named: &[PersonId],
) -> Result<Invited> {
    if starter == ThreadStarter::StaffOnly {
        let message = "At this school staff begin a thread. Call the school, or answer in a thread that is there.";
        return Err(refuse(UserErrorCode::Forbidden, "", message));
    }
    if !named.iter().all(|person| around.is_staff(*person)) {
        return Err(not_found("participants"));
    }
    let staff = if named.is_empty() { around.who_answers().to_vec() } else { named.to_vec() };
    if staff.is_empty() {
        return Err(refuse(
            UserErrorCode::Conflict,
            "student",
            "Nobody at the school can be written to. Call the school.",
        ));
    }
    Ok(Invited { guardians: vec![author], staff })
}

fn with(author: PersonId, others: Vec<PersonId>) -> Vec<PersonId> {
    std::iter::once(author).chain(others.into_iter().filter(|person| *person != author)).collect()
}

/// One thread each where guardians talk apart, else one for all of them.
pub(super) fn threads_for(invited: &Invited, apart: bool) -> Vec<Invited> {
    if !apart {
        return vec![invited.clone()];
    }
    let alone = |guardian: &PersonId| Invited { guardians: vec![*guardian], staff: invited.staff.clone() };
    invited.guardians.iter().map(alone).collect()
}

/// When a message is sent: now, and later than the one before it, so that messages keep their order.
pub(super) fn sent_at(now: DateTime<Utc>, before: Option<DateTime<Utc>>) -> DateTime<Utc> {
    before.map_or(now, |before| now.max(before + TICK))
}

/// When a message arrives: not before `wanted`, not before what the author sent earlier, and at a moment of its own.
/// `taken` are the arrivals in the thread from `wanted` on, in order.
pub(super) fn arrives_at(
    wanted: DateTime<Utc>,
    last_of_author: Option<DateTime<Utc>>,
    taken: &[DateTime<Utc>],
) -> DateTime<Utc> {
    let mut moment = sent_at(wanted, last_of_author);
    for taken in taken {
        if *taken == moment {
            moment += TICK;
        }
    }
    moment
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::partnerships::Family;

    fn around(teachers: &[PersonId], leaders: &[PersonId], entitled: &[PersonId]) -> Around {
        let family = Family { entitled: entitled.to_vec(), apart: false };
        Around { school: None, teachers: teachers.to_vec(), leaders: leaders.to_vec(), family }
    }

    #[test]
    fn staff_write_to_guardians_and_colleagues_of_the_child_alone() {
        let [tarik, marieke, ilse, mark, stranger] = [(); 5].map(|()| PersonId::new());
        let around = around(&[tarik], &[marieke], &[ilse, mark]);
        let to = |named: &[PersonId]| invited_by_staff(&around, tarik, named).map_err(|error| error.to_string());
        assert_eq!(to(&[]).unwrap(), Invited { guardians: vec![ilse, mark], staff: vec![tarik] });
        assert_eq!(to(&[mark]).unwrap(), Invited { guardians: vec![mark], staff: vec![tarik] });
        let both = Invited { guardians: vec![ilse, mark], staff: vec![tarik, marieke] };
        assert_eq!(to(&[marieke, tarik]).unwrap(), both);
        assert!(to(&[ilse, stranger]).is_err());
        assert!(invited_by_staff(&Around::default(), tarik, &[]).is_err(), "no guardian");
        assert_eq!(threads_for(&both, false), std::slice::from_ref(&both));
        let apart = threads_for(&both, true);
        assert_eq!(apart.iter().map(|one| one.guardians.clone()).collect::<Vec<_>>(), [vec![ilse], vec![mark]]);
        assert!(apart.iter().all(|one| one.staff == both.staff));
    }

    #[test]
    fn a_guardian_writes_to_staff_alone_where_the_school_lets_them() {
        let [tarik, marieke, ilse, mark] = [(); 4].map(|()| PersonId::new());
        let around = around(&[tarik], &[marieke], &[ilse, mark]);
        let to = |named: &[PersonId]| invited_by_guardian(&around, ThreadStarter::Everyone, ilse, named);
        assert_eq!(to(&[]).unwrap(), Invited { guardians: vec![ilse], staff: vec![tarik] });
        assert_eq!(to(&[marieke]).unwrap(), Invited { guardians: vec![ilse], staff: vec![marieke] });
        assert!(to(&[mark]).is_err(), "the other guardian");
        assert!(to(&[ilse]).is_err(), "oneself");
        assert!(invited_by_guardian(&around, ThreadStarter::StaffOnly, ilse, &[]).is_err());
        let empty = Around { teachers: Vec::new(), leaders: Vec::new(), ..around };
        assert!(invited_by_guardian(&empty, ThreadStarter::Everyone, ilse, &[]).is_err());
    }

    #[test]
    fn messages_keep_their_order_and_a_moment_of_their_own() {
        let at = |micros: i64| DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros);
        assert_eq!(sent_at(at(5), None), at(5));
        assert_eq!(sent_at(at(5), Some(at(3))), at(5));
        assert_eq!(sent_at(at(5), Some(at(5))), at(6));
        assert_eq!(sent_at(at(5), Some(at(8))), at(9), "a clock that is behind");
        assert_eq!(arrives_at(at(5), None, &[]), at(5));
        assert_eq!(arrives_at(at(5), None, &[at(5), at(6), at(9)]), at(7));
        assert_eq!(
            arrives_at(at(5), Some(at(8)), &[at(5), at(8), at(9)]),
            at(10),
            "never before the own one before it"
        );
    }
}
