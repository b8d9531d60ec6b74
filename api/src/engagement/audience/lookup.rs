//! The places that ids name, loaded by kind: in as many statements for a hundred as for one.

use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::engagement::TargetKind;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::student;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::rules::{Named, Site};
use crate::access::Place;
use crate::loaders::group;
use crate::organisation::{boards, class_groups, clusters, schools};
use crate::people::{places, students};
use crate::platform::error::Result;

/// Where those of `named` are on that day that are in `scope`.
pub(super) async fn found(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    scope: &Scope,
    named: Vec<Named>,
) -> Result<HashMap<Named, Site>> {
    let mut found = HashMap::with_capacity(named.len());
    for (kind, named) in group(named, |(kind, _)| *kind) {
        let ids: Vec<Uuid> = named.into_iter().map(|(_, id)| id).collect();
        let sites = of_kind(db, on, scope, kind, &ids).await?;
        found.extend(sites.into_iter().map(|(id, site)| ((kind, id), site)));
    }
    Ok(found)
}

async fn of_kind(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    scope: &Scope,
    kind: TargetKind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Site)>> {
    Ok(match kind {
        TargetKind::Board => {
            let rows = boards::store::by_ids(db, scope, &typed(ids, BoardId)).await?;
            rows.iter().map(|row| (row.id.0, Site::new(Place::from(row), row.archived_at))).collect()
        }
        TargetKind::Cluster => {
            let rows = clusters::store::by_ids(db, scope, &typed(ids, ClusterId)).await?;
            rows.iter().map(|row| (row.id.0, Site::new(Place::from(row), row.archived_at))).collect()
        }
        TargetKind::School => {
            let rows = schools::store::by_ids(db, scope, &typed(ids, SchoolId)).await?;
            rows.iter().map(|row| (row.id.0, Site::new(Place::from(row), row.archived_at))).collect()
        }
        TargetKind::ClassGroup => {
            let rows = class_groups::store::by_ids(db, scope, &typed(ids, ClassGroupId)).await?;
            of_class_groups(db, on, &rows).await?
        }
        TargetKind::Student => {
            let rows = students::store::by_ids(db, scope, &typed(ids, StudentId)).await?;
            of_students(db, on, &rows).await?
        }
    })
}

fn typed<I>(ids: &[Uuid], of: fn(Uuid) -> I) -> Vec<I> {
    ids.iter().copied().map(of).collect()
}

async fn of_class_groups(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    groups: &[class_group::Model],
) -> Result<Vec<(Uuid, Site)>> {
    let schools = schools_by_id(db, on, groups.iter().map(|group| group.school_id)).await?;
    let site = |group: &class_group::Model| {
        let school = schools.get(&group.school_id)?;
        let archived_at = group.archived_at.or(school.archived_at);
        Some((group.id.0, Site::new(Place::class_group(group, school), archived_at)))
    };
    Ok(groups.iter().filter_map(site).collect())
}

/// A child of a closed school is there with it.
async fn of_students(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    students: &[student::Model],
) -> Result<Vec<(Uuid, Site)>> {
    let schools = schools_by_id(db, on, students.iter().map(|student| student.school_id)).await?;
    let places = places::of_students(db, on, students).await?;
    let site = |(student, place): (StudentId, Place)| {
        let school = place.school.and_then(|school| schools.get(&school));
        (student.0, Site::new(place, school.and_then(|school| school.archived_at)))
    };
    Ok(places.into_iter().map(site).collect())
}

/// Who sees a class group or a child need not see the school.
async fn schools_by_id(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    ids: impl Iterator<Item = SchoolId>,
) -> Result<HashMap<SchoolId, school::Model>> {
    let everywhere = Scope::system(on);
    let mut ids: Vec<SchoolId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = schools::store::by_ids(db, &everywhere, &ids).await?;
    Ok(rows.into_iter().map(|school| (school.id, school)).collect())
}
