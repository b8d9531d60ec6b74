//! What happened in partnerships, for the rules. Whoever sees a partnership sees how far it is, also where it hangs on what
//! they do not see themselves: so these reads look past the caller's scope, and the types show only what is in sight.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{conversation, conversation_attendee, goal, goal_agreement, partnership};
use glans_entity::ids::{PartnershipId, PersonId, SchoolYearId, StudentId};
use glans_entity::organisation::{class_group, school_year};
use glans_entity::people::{enrolment, person};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};

use super::family::Family;
use super::rules::{Aim, History, Talk, Trust};
use crate::call::today;
use crate::engagement::contact::{self, ContactHistory};
use crate::engagement::surveys::pulses;
use crate::loaders::group;
use crate::platform::error::{Error, Result};

/// The histories of `partnerships` up to `now`, in a constant number of statements.
pub async fn of(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    on: NaiveDate,
    partnerships: &[partnership::Model],
) -> Result<HashMap<PartnershipId, History>> {
    let everywhere = Scope::system(on);
    let students: Vec<StudentId> = partnerships.iter().map(|row| row.student_id).collect();
    let ids: Vec<PartnershipId> = partnerships.iter().map(|row| row.id).collect();
    let families = Family::of(db, on, &students).await?;
    let contactable = contactable(db, &everywhere, &families).await?;
    let years = years(db, &everywhere, partnerships).await?;
    let enrolled = enrolled(db, &everywhere, &students).await?;
    let mut talks = talks(db, &everywhere, &ids).await?;
    let mut aims = aims(db, &everywhere, &ids).await?;
    let contact = contact::history(db, &everywhere, now, &students).await?;
    let pulses = pulses::latest(db, &everywhere, &students).await?;
    let mut told = HashMap::new();
    for row in partnerships {
        let year = years.get(&row.school_year_id).ok_or_else(|| Error::fault("a partnership without its year"))?;
        let entitled = families.get(&row.student_id).map(|family| family.entitled.clone()).unwrap_or_default();
        let history = History {
            now,
            today: on,
            starts_on: year.starts_on,
            ends_on: year.ends_on,
            enrolled_on: enrolled.get(&(row.student_id, row.school_year_id)).copied().unwrap_or(year.starts_on),
            needs_intake: row.needs_intake,
            is_contactable: entitled.iter().any(|guardian| contactable.contains(guardian)),
            entitled,
            talks: talks.remove(&row.id).unwrap_or_default(),
            aims: aims.remove(&row.id).unwrap_or_default(),
            exchanges: contact.get(&row.student_id).map(|it| it.two_way_at.clone()).unwrap_or_default(),
            open_concerns: contact.get(&row.student_id).map(open_since).unwrap_or_default(),
            trust: pulses.get(&row.student_id).map(trust).unwrap_or_default(),
        };
        told.insert(row.id, history);
    }
    Ok(told)
}

fn open_since(contact: &ContactHistory) -> Vec<NaiveDate> {
    contact.open_concerns().map(|concern| today(concern.opened_at)).collect()
}

fn trust(latest: &pulses::Latest) -> Trust {
    let guardians = latest.guardians.iter().map(|(guardian, score)| (*guardian, score.value, today(score.at)));
    Trust { of_guardians: guardians.collect(), of_teacher: latest.teacher.map(|score| (score.value, today(score.at))) }
}

/// Those of the guardians who have a login: its address was proven when it was made.
async fn contactable(
    db: &impl ConnectionTrait,
    scope: &Scope,
    families: &HashMap<StudentId, Family>,
) -> Result<Vec<PersonId>> {
    let guardians = families.values().flat_map(|family| family.entitled.iter().copied());
    Ok(person::Entity::within(scope)
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Id.is_in(guardians))
        .filter(person::Column::AccountId.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
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

async fn aims(
    db: &impl ConnectionTrait,
    scope: &Scope,
    partnerships: &[PartnershipId],
) -> Result<HashMap<PartnershipId, Vec<Aim>>> {
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
        (row.partnership_id, aim)
    };
    let pairs: Vec<_> = rows.into_iter().map(of).collect();
    Ok(regroup(pairs))
}

fn regroup<K: std::hash::Hash + Eq, V>(pairs: Vec<(K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
