//! What happened in partnerships, for the rules. Whoever sees a partnership sees how far it is, also where it hangs on what
//! they do not see themselves: so these reads look past the caller's scope, and the types show only what is in sight.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::engagement::{conversation, conversation_attendee, goal, goal_agreement, partnership};
use glans_entity::ids::{PartnershipId, PersonId, SchoolYearId, StudentId};
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::{enrolment, person};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};

use super::contactable;
use super::criteria::terms;
use super::family::entitled;
use super::rules::{Aim, History, Talk, Trust};
use crate::call::{begin, today};
use crate::engagement::contact::{self, ContactHistory};
use crate::engagement::surveys::pulses;
use crate::loaders::group;
use crate::platform::error::{Error, Result};

/// When a partnership is judged: now, or at the end of its year once that is over, as history does not move.
#[derive(Clone, Copy)]
struct Moment {
    now: DateTime<Utc>,
    /// After the year its next day, on which nothing is still to come.
    today: NaiveDate,
    /// The last day of which something counts.
    last: NaiveDate,
}

impl Moment {
    fn of(year: &school_year::Model, now: DateTime<Utc>) -> Self {
        let now = now.min(begin(year.ends_on + Days::new(1)));
        let today = today(now);
        Self { now, today, last: today.min(year.ends_on) }
    }
}

/// The histories of `partnerships` up to `now`, in a constant number of statements.
pub async fn of(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    partnerships: &[partnership::Model],
) -> Result<HashMap<PartnershipId, History>> {
    let everywhere = Scope::system(today(now));
    let years = years(db, &everywhere, partnerships).await?;
    let mut judged = Vec::new();
    for row in partnerships {
        let year = years.get(&row.school_year_id).ok_or_else(|| Error::fault("a partnership without its year"))?;
        judged.push((row, year, Moment::of(year, now)));
    }
    let students: Vec<StudentId> = partnerships.iter().map(|row| row.student_id).collect();
    let days: Vec<(StudentId, NaiveDate)> = judged.iter().map(|(row, _, at)| (row.student_id, at.last)).collect();
    let ids: Vec<PartnershipId> = partnerships.iter().map(|row| row.id).collect();
    let families = entitled(db, everywhere.on, &days).await?;
    let guardians = families.values().flatten().copied();
    let people = person::Entity::within(&everywhere).filter(person::Column::Id.is_in(guardians)).all(db).await?;
    let present = contactable::among(db, &everywhere, &people, now).await?;
    let past = had_login(&people);
    let enrolled = enrolled(db, &everywhere, &students).await?;
    let mut talks = talks(db, &everywhere, &ids).await?;
    let mut aims = aims(db, &everywhere, &ids).await?;
    let contact = contact::history(db, &everywhere, now, &students, &cuts(years.values())).await?;
    let pulses = pulses::latest(db, &everywhere, &days).await?;
    let mut told = HashMap::new();
    for (row, year, at) in judged {
        let day = (row.student_id, at.last);
        let entitled = families.get(&day).cloned().unwrap_or_default();
        let contact = contact.get(&row.student_id);
        let contactable = if at.now < now { &past } else { &present };
        let history = History {
            now: at.now,
            today: at.today,
            starts_on: year.starts_on,
            ends_on: year.ends_on,
            enrolled_on: enrolled.get(&(row.student_id, row.school_year_id)).copied().unwrap_or(year.starts_on),
            needs_intake: row.needs_intake,
            is_contactable: entitled.iter().any(|guardian| contactable.contains(guardian)),
            entitled,
            talks: talks.remove(&row.id).unwrap_or_default(),
            aims: by_then(aims.remove(&row.id).unwrap_or_default(), at.now),
            exchanges: contact.map(|it| it.exchanges.clone()).unwrap_or_default(),
            open_concerns: contact.map(|it| open_since(it, at.last)).unwrap_or_default(),
            trust: pulses.get(&day).map(trust).unwrap_or_default(),
        };
        told.insert(row.id, history);
    }
    Ok(told)
}

/// Where a term of one of `years` begins or ends, in order: of what was written it matters in which term it was.
fn cuts<'y>(years: impl Iterator<Item = &'y school_year::Model>) -> Vec<DateTime<Utc>> {
    let terms = years.flat_map(|year| terms(year.starts_on, year.ends_on));
    let mut cuts: Vec<_> = terms.flat_map(|term| [*term.start(), *term.end() + Days::new(1)]).map(begin).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn open_since(contact: &ContactHistory, on: NaiveDate) -> Vec<NaiveDate> {
    contact.open_concerns(on).map(|concern| today(concern.opened_at)).collect()
}

fn trust(latest: &pulses::Latest) -> Trust {
    let guardians = latest.guardians.iter().map(|(guardian, score)| (*guardian, score.value, today(score.at)));
    Trust { of_guardians: guardians.collect(), of_teacher: latest.teacher.map(|score| (score.value, today(score.at))) }
}

/// Who could be reached in a year that is over: who has a login, as whether e-mail arrived then is not kept. Of who was
/// erased it is not known any more, and what is past does not get worse by it.
fn had_login(people: &[person::Model]) -> HashSet<PersonId> {
    let known = people.iter().filter(|person| person.account_id.is_some() || person.erased_at.is_some());
    known.map(|person| person.id).collect()
}

async fn years(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[partnership::Model],
) -> Result<HashMap<SchoolYearId, school_year::Model>> {
    let ids = partnerships.iter().map(|row| row.school_year_id);
    let rows = school_year::Entity::within(scope).filter(school_year::Column::Id.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|year| (year.id, year)).collect())
}

/// The first day of each student in a group of each year.
async fn enrolled(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<HashMap<(StudentId, SchoolYearId), NaiveDate>> {
    let groups = RelationDef::from(
        enrolment::Entity::belongs_to(class_group::Entity)
            .from(enrolment::Column::ClassGroupId)
            .to(class_group::Column::Id),
    );
    let rows: Vec<(StudentId, SchoolYearId, NaiveDate)> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .column(class_group::Column::SchoolYearId)
        .column_as(enrolment::Column::StartsOn.min(), "first")
        .join(JoinType::InnerJoin, groups)
        .filter(enrolment::Column::StudentId.is_in(students.iter().copied()))
        .group_by(enrolment::Column::StudentId)
        .group_by(class_group::Column::SchoolYearId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(student, year, first)| ((student, year), first)).collect())
}

async fn talks(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[PartnershipId],
) -> Result<HashMap<PartnershipId, Vec<Talk>>> {
    use conversation_attendee::Column as Attendee;
    let rows = conversation::Entity::within(scope)
        .filter(conversation::Column::PartnershipId.is_in(partnerships.iter().copied()))
        .order_by_asc(conversation::Column::StartsAt)
        .all(db)
        .await?;
    let guardians = conversation_attendee::Entity::within(scope)
        .filter(Attendee::IsStaff.eq(false))
        .filter(Attendee::ConversationId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?;
    let mut guardians = group(guardians, |row| row.conversation_id);
    let of = |row: conversation::Model| {
        let guardians = guardians.remove(&row.id).unwrap_or_default();
        let guardians = guardians.into_iter().map(|row| (row.person_id, row.status)).collect();
        let talk = Talk { id: row.id, kind: row.kind, status: row.status, starts_at: row.starts_at, guardians };
        (row.partnership_id, talk)
    };
    let pairs: Vec<_> = rows.into_iter().map(of).collect();
    Ok(regroup(pairs))
}

/// Goals, each with when it was proposed.
async fn aims(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[PartnershipId],
) -> Result<HashMap<PartnershipId, Vec<(DateTime<Utc>, Aim)>>> {
    let rows = goal::Entity::within(scope)
        .filter(goal::Column::PartnershipId.is_in(partnerships.iter().copied()))
        .order_by_asc(goal::Column::Id)
        .all(db)
        .await?;
    let agreed = goal_agreement::Entity::within(scope)
        .filter(goal_agreement::Column::GoalId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?;
    let mut agreed = group(agreed, |row| row.goal_id);
    let of = |row: goal::Model| {
        let (staff, guardians): (Vec<_>, Vec<_>) =
            agreed.remove(&row.id).unwrap_or_default().into_iter().partition(|row| row.is_staff);
        let aim = Aim {
            agreed_by_staff_at: staff.iter().map(|row| row.agreed_at).min(),
            agreed_by: guardians.into_iter().map(|row| (row.person_id, row.agreed_at)).collect(),
            marked_at: row.marked_at,
        };
        (row.partnership_id, (row.created_at, aim))
    };
    let pairs: Vec<_> = rows.into_iter().map(of).collect();
    Ok(regroup(pairs))
}

/// The goals that were there by then, as they stood.
fn by_then(aims: Vec<(DateTime<Utc>, Aim)>, then: DateTime<Utc>) -> Vec<Aim> {
    let there = aims.into_iter().filter(|(made, _)| *made <= then);
    there.map(|(_, aim)| aim.by(then)).collect()
}

fn regroup<K: std::hash::Hash + Eq, V>(pairs: Vec<(K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
