//! Where people are, for the table of rights: a student in a school and its class groups of today, a person wherever
//! they have a role or a child.
//!
//! A right is decided by all of that, also by what the caller does not see: who leads one school of two may not change
//! the record of somebody who leads the other. So these reads look past the caller's scope, and tell the caller nothing
//! but yes or no. The wall between boards stands: who asks has the person or student in sight already.

use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, ClusterId, CohortId, PersonId, SchoolId, StudentId};
use glans_entity::organisation::school;
use glans_entity::people::{GuardianshipStatus, Role, ScopeKind, guardianship, membership, student};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use crate::access::Place;
use crate::loaders::group;
use crate::organisation::schools;
use crate::people::{enrolments, guardianships, memberships, students};
use crate::platform::error::{Error, Result};

/// As what somebody is in the board, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Capacity {
    Staff(Role, Place),
    Guardian(Place),
    /// A guardian who has not answered the invitation.
    Invited(Place),
}

/// The places of `students`: school, cluster, and the class groups of the day `on`.
pub async fn of_students(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    students: &[student::Model],
) -> Result<HashMap<StudentId, Place>> {
    let scope = Scope::system(on);
    let ids: Vec<StudentId> = students.iter().map(|student| student.id).collect();
    let schools = schools_by_id(db, &scope, students.iter().map(|student| student.school_id)).await?;
    let mut groups = group(enrolments::store::of_students(db, &scope, &ids).await?, |row| row.student_id);
    students
        .iter()
        .map(|student| {
            let rows = groups.remove(&student.id).unwrap_or_default();
            let class_groups = rows.into_iter().map(|row| row.class_group_id).collect();
            let school = schools.get(&student.school_id).ok_or_else(|| Error::fault("a student without a school"))?;
            Ok((student.id, Place { class_groups, ..Place::school(school) }))
        })
        .collect()
}

/// The place of one student.
pub async fn of_student(db: &impl ConnectionTrait, on: NaiveDate, student: &student::Model) -> Result<Place> {
    let mut places = of_students(db, on, std::slice::from_ref(student)).await?;
    places.remove(&student.id).ok_or_else(|| Error::fault("a student without a place"))
}

/// What each of `persons` is in the board, staff first.
pub async fn capacities(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    persons: &[PersonId],
) -> Result<HashMap<PersonId, Vec<Capacity>>> {
    let scope = Scope::system(on);
    let held = memberships::store::not_ended(db, &scope, persons).await?;
    let schools = schools_by_id(db, &scope, held.iter().filter_map(|row| row.school_id)).await?;
    let links = guardianships::store::not_ended(db, &scope, persons).await?;
    let ids: Vec<StudentId> = links.iter().map(|link| link.student_id).collect();
    let children = students::store::by_ids(db, &scope, &ids).await?;
    let places = of_students(db, on, &children).await?;

    let mut capacities: HashMap<PersonId, Vec<Capacity>> = HashMap::new();
    for row in &held {
        let place = of_membership(row, &schools)?;
        capacities.entry(row.person_id).or_default().push(Capacity::Staff(row.role, place));
    }
    for link in links {
        if let Some(place) = places.get(&link.student_id) {
            capacities.entry(link.guardian_id).or_default().push(as_guardian(&link, place.clone()));
        }
    }
    Ok(capacities)
}

fn as_guardian(link: &guardianship::Model, place: Place) -> Capacity {
    match link.status {
        GuardianshipStatus::Invited => Capacity::Invited(place),
        _ => Capacity::Guardian(place),
    }
}

fn of_membership(row: &membership::Model, schools: &HashMap<SchoolId, school::Model>) -> Result<Place> {
    let board = Place::board(row.board_id);
    let school = row.school_id.and_then(|id| schools.get(&id)).map(Place::school);
    let school = || school.ok_or_else(|| Error::fault("a role in a school without the school"));
    Ok(match row.scope_kind {
        ScopeKind::Board => board,
        ScopeKind::Cluster => Place { cluster: Some(ClusterId(row.scope_id)), ..board },
        ScopeKind::School => school()?,
        ScopeKind::Cohort => Place { cohort: Some(CohortId(row.scope_id)), ..board },
        ScopeKind::ClassGroup => Place { class_groups: vec![ClassGroupId(row.scope_id)], ..school()? },
    })
}

async fn schools_by_id(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: impl Iterator<Item = SchoolId>,
) -> Result<HashMap<SchoolId, school::Model>> {
    let mut ids: Vec<SchoolId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = schools::store::by_ids(db, scope, &ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
