//! The places that ids name, loaded by kind: in as many statements for a hundred as for one.

use std::collections::HashMap;

use glans_entity::engagement::TargetKind;
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::organisation::class_group;
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::rules::Named;
use crate::access::Place;
use crate::call::Write;
use crate::loaders::group;
use crate::organisation::{boards, class_groups, clusters, schools};
use crate::people::{places, students};
use crate::platform::error::Result;

/// Where those of `named` are that are in `scope`.
pub(super) async fn found(write: &Write<'_>, scope: &Scope, named: Vec<Named>) -> Result<HashMap<Named, Place>> {
    let mut found = HashMap::with_capacity(named.len());
    for (kind, named) in group(named, |(kind, _)| *kind) {
        let ids: Vec<Uuid> = named.into_iter().map(|(_, id)| id).collect();
        let places = of_kind(write, scope, kind, &ids).await?;
        found.extend(places.into_iter().map(|(id, place)| ((kind, id), place)));
    }
    Ok(found)
}

async fn of_kind(write: &Write<'_>, scope: &Scope, kind: TargetKind, ids: &[Uuid]) -> Result<Vec<(Uuid, Place)>> {
    let db = write.db();
    Ok(match kind {
        TargetKind::Board => {
            let rows = boards::store::by_ids(db, scope, &typed(ids, BoardId)).await?;
            rows.iter().map(|row| (row.id.0, Place::from(row))).collect()
        }
        TargetKind::Cluster => {
            let rows = clusters::store::by_ids(db, scope, &typed(ids, ClusterId)).await?;
            rows.iter().map(|row| (row.id.0, Place::from(row))).collect()
        }
        TargetKind::School => {
            let rows = schools::store::by_ids(db, scope, &typed(ids, SchoolId)).await?;
            rows.iter().map(|row| (row.id.0, Place::from(row))).collect()
        }
        TargetKind::ClassGroup => {
            let rows = class_groups::store::by_ids(db, scope, &typed(ids, ClassGroupId)).await?;
            of_class_groups(write, &rows).await?
        }
        TargetKind::Student => {
            let rows = students::store::by_ids(db, scope, &typed(ids, StudentId)).await?;
            let places = places::of_students(db, write.call().today(), &rows).await?;
            places.into_iter().map(|(student, place)| (student.0, place)).collect()
        }
    })
}

fn typed<I>(ids: &[Uuid], of: fn(Uuid) -> I) -> Vec<I> {
    ids.iter().copied().map(of).collect()
}

/// Who sees a class group need not see its school.
async fn of_class_groups(write: &Write<'_>, groups: &[class_group::Model]) -> Result<Vec<(Uuid, Place)>> {
    let everywhere = Scope::system(write.call().today());
    let mut ids: Vec<SchoolId> = groups.iter().map(|group| group.school_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = schools::store::by_ids(write.db(), &everywhere, &ids).await?;
    let schools: HashMap<_, _> = rows.iter().map(|school| (school.id, school)).collect();
    let place = |group: &class_group::Model| {
        let school = schools.get(&group.school_id)?;
        Some((group.id.0, Place::class_group(group, school)))
    };
    Ok(groups.iter().filter_map(place).collect())
}
