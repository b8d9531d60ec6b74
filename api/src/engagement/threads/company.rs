//! Who is round a child today, and who of a thread may still read it. A rule of the house, which looks past the caller's
//! scope: who is not told of another guardian is not told by it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use glans_entity::engagement::{thread, thread_participant};
use glans_entity::ids::{PersonId, SchoolId, StudentId, ThreadId};
use glans_entity::people::{Role, ScopeKind};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::store;
use crate::engagement::partnerships::Family;
use crate::people::guardianships::{self, Of};
use crate::people::{memberships, places, students};
use crate::platform::error::Result;

/// Who is round a child on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// None for a child who has left.
    pub school: Option<SchoolId>,
    /// Who teaches the class groups of the child, and is no family of it.
    pub teachers: Vec<PersonId>,
    /// Who leads the school of the child, and is no family of it.
    pub leaders: Vec<PersonId>,
    pub family: Family,
}

impl Around {
    /// Those round each of `students`, in a constant number of statements.
    pub async fn of(
        db: &impl ConnectionTrait,
        on: NaiveDate,
        students: &[StudentId],
    ) -> Result<HashMap<StudentId, Self>> {
        let everywhere = Scope::system(on);
        let rows = students::store::by_ids(db, &everywhere, students).await?;
        let places = places::of_students(db, on, &rows).await?;
        let mut families = Family::of(db, on, students).await?;
        let kin = guardianships::store::all(db, &everywhere, Of::Students(students)).await?;
        let kin: HashSet<_> = kin.into_iter().map(|link| (link.student_id, link.guardian_id)).collect();
        let groups = places.values().flat_map(|place| place.class_groups.iter().map(|group| group.0));
        let scopes: Vec<_> = groups.chain(rows.iter().map(|row| row.school_id.0)).collect();
        let roles = [Role::Teacher, Role::SchoolLeader];
        let mut held = memberships::store::in_scopes(db, &everywhere, &scopes, &roles).await?;
        held.sort_by_key(|row| row.id);
        let mut around = HashMap::new();
        for row in rows {
            let place = places.get(&row.id).cloned().unwrap_or_default();
            let no_kin = |person: PersonId| (!kin.contains(&(row.id, person))).then_some(person);
            let teachers = held.iter().filter(|held| {
                held.role == Role::Teacher
                    && held.scope_kind == ScopeKind::ClassGroup
                    && place.class_groups.iter().any(|group| group.0 == held.scope_id)
            });
            let leaders =
                held.iter().filter(|held| held.role == Role::SchoolLeader && held.scope_id == row.school_id.0);
            let here = row.left_on.is_none_or(|last| on <= last);
            let it = Self {
                school: here.then_some(row.school_id),
                teachers: each_once(teachers.filter_map(|held| no_kin(held.person_id))),
                leaders: each_once(leaders.filter_map(|held| no_kin(held.person_id))),
                family: families.remove(&row.id).unwrap_or_default(),
            };
            around.insert(row.id, it);
        }
        Ok(around)
    }

    /// Whether the person leads the school or teaches the child.
    pub fn is_staff(&self, person: PersonId) -> bool {
        self.teachers.contains(&person) || self.leaders.contains(&person)
    }

    /// Who answers a guardian: who teaches the child, or who leads the school where nobody does.
    pub fn who_answers(&self) -> &[PersonId] {
        if self.teachers.is_empty() { &self.leaders } else { &self.teachers }
    }

    /// Who goes on in the place of staff that has gone: what was for who led the school is for who leads it now.
    pub fn successors(&self, of_leaders: bool) -> &[PersonId] {
        if of_leaders { &self.leaders } else { self.who_answers() }
    }
}

fn each_once(persons: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let mut seen = HashSet::new();
    persons.filter(|person| seen.insert(*person)).collect()
}

/// Those of a thread who may read it today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Company {
    pub guardians: Vec<PersonId>,
    pub staff: Vec<PersonId>,
    /// Whether the guardians of the child talk apart.
    pub apart: bool,
    /// Whether the child goes to the school of the thread.
    pub here: bool,
}

impl Company {
    /// The company of each of `threads`, in a constant number of statements.
    pub async fn of(
        db: &impl ConnectionTrait,
        on: NaiveDate,
        threads: &[(ThreadId, StudentId, SchoolId)],
    ) -> Result<HashMap<ThreadId, Self>> {
        let ids: Vec<ThreadId> = threads.iter().map(|(thread, ..)| *thread).collect();
        let mut students: Vec<StudentId> = threads.iter().map(|(_, student, _)| *student).collect();
        students.sort_unstable();
        students.dedup();
        let rows = store::participants_of(db, &Scope::system(on), &ids).await?;
        let around = Around::of(db, on, &students).await?;
        let nobody = Around::default();
        let company = |(thread, student, school): &(ThreadId, StudentId, SchoolId)| {
            let rows = rows.iter().filter(|row| row.thread_id == *thread);
            (*thread, Self::among(rows, around.get(student).unwrap_or(&nobody), *school))
        };
        Ok(threads.iter().map(company).collect())
    }

    /// Those of `rows` who may read a thread of `school` today.
    pub fn among<'r>(
        rows: impl Iterator<Item = &'r thread_participant::Model>,
        around: &Around,
        school: SchoolId,
    ) -> Self {
        let here = around.school == Some(school);
        let (staff, guardians): (Vec<_>, Vec<_>) = rows.partition(|row| row.is_staff);
        let entitled = |person: &PersonId| around.family.entitled.contains(person);
        Self {
            guardians: guardians.into_iter().map(|row| row.person_id).filter(entitled).collect(),
            staff: staff.into_iter().map(|row| row.person_id).filter(|it| here && around.is_staff(*it)).collect(),
            apart: around.family.apart,
            here,
        }
    }

    /// Whether the person may read the thread today.
    pub fn has(&self, person: PersonId) -> bool {
        self.guardians.contains(&person) || self.staff.contains(&person)
    }

    /// Whether what the guardian wrote is for all who are here today, and staff among them.
    pub fn hears(&self, author: PersonId) -> bool {
        let alone = !self.apart || self.guardians.len() == 1;
        alone && self.guardians.contains(&author) && !self.staff.is_empty()
    }

    /// What stands in the way of writing in `thread`, as a sentence for who would.
    pub fn obstacle(&self, thread: &thread::Model) -> Option<&'static str> {
        if thread.closed_at.is_some() {
            return Some("This thread is closed. Start a new one.");
        }
        if !self.here {
            return Some("The child no longer goes to the school of this thread. Start a new one.");
        }
        if self.guardians.is_empty() {
            return Some("No guardian reads this thread any more. Start a new one.");
        }
        // The reason is nobody's to know here.
        (self.apart && self.guardians.len() > 1).then_some("This thread is not written in any more. Start a new one.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use glans_entity::engagement::ThreadStatus;
    use glans_entity::ids::BoardId;

    fn row(person_id: PersonId, is_staff: bool) -> thread_participant::Model {
        thread_participant::Model {
            thread_id: ThreadId(uuid::Uuid::nil()),
            person_id,
            board_id: BoardId(uuid::Uuid::nil()),
            school_id: SchoolId(uuid::Uuid::nil()),
            student_id: StudentId(uuid::Uuid::nil()),
            is_staff,
            joined_at: DateTime::UNIX_EPOCH,
            read_up_to: None,
        }
    }

    fn thread(school_id: SchoolId) -> thread::Model {
        let at = DateTime::UNIX_EPOCH;
        thread::Model {
            id: ThreadId::new(),
            board_id: BoardId::new(),
            school_id,
            student_id: StudentId::new(),
            subject: "Lezen".to_owned(),
            started_by: PersonId::new(),
            status: ThreadStatus::Open,
            closed_at: None,
            closed_by: None,
            opens_at: at,
            last_sent_at: at,
            last_at: at,
            awaits_since: None,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    #[test]
    fn who_lost_the_right_is_no_company() {
        let (school, [ilse, mark, tarik, marieke]) = (SchoolId::new(), [(); 4].map(|()| PersonId::new()));
        let rows = [row(ilse, false), row(mark, false), row(tarik, true), row(marieke, true)];
        let mut around = Around {
            school: Some(school),
            teachers: vec![tarik],
            leaders: vec![marieke],
            family: Family { entitled: vec![ilse, mark], apart: false },
        };
        let company = |around: &Around| Company::among(rows.iter(), around, school);
        assert_eq!((company(&around).guardians, company(&around).staff), (vec![ilse, mark], vec![tarik, marieke]));
        assert_eq!(company(&around).obstacle(&thread(school)), None);

        assert!(company(&around).hears(ilse));
        around.family.apart = true;
        assert!(!company(&around).hears(ilse), "the other would read it");
        assert!(company(&around).obstacle(&thread(school)).is_some(), "two of them, and they talk apart");
        around.family.entitled = vec![ilse];
        assert!(company(&around).hears(ilse) && !company(&around).hears(mark));
        assert_eq!(company(&around).guardians, [ilse]);
        assert_eq!(company(&around).obstacle(&thread(school)), None, "one of them");
        let ruud = PersonId::new();
        around.teachers = vec![ruud];
        assert_eq!((around.successors(false), around.successors(true)), (&[ruud][..], &[marieke][..]));
        around.teachers.clear();
        assert_eq!((company(&around).staff, around.successors(false)), (vec![marieke], &[marieke][..]));
        around.leaders.clear();
        assert!(around.successors(true).is_empty(), "a teacher does not read what was for the leader");
        around.leaders = vec![marieke];
        around.family.entitled.clear();
        assert!(company(&around).obstacle(&thread(school)).is_some(), "nobody reads it");

        around.family.entitled = vec![ilse];
        around.school = Some(SchoolId::new());
        assert_eq!(company(&around).staff, []);
        assert!(company(&around).obstacle(&thread(school)).is_some(), "at another school");
        around.school = Some(school);
        let closed = thread::Model { closed_at: Some(DateTime::UNIX_EPOCH), ..thread(school) };
        assert!(company(&around).obstacle(&closed).is_some());
    }
}
