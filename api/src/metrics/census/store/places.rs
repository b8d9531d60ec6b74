//! Where students are: in a class group, from a day to a day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, SchoolId, StudentId};
use glans_entity::metrics::stretch;
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{enrolment, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef,
};
use uuid::Uuid;

use crate::metrics::census::rules::{At, Place};
use crate::people::rights::covers;
use crate::platform::error::Result;

/// A last day may be told a year late: so far back stretches are looked at that no place covers any more.
const LOOKS_BACK: Days = Days::new(366);

/// Whoever has a place in a class group of the school on the day, or is counted there: with a stretch that goes on, or one
/// that goes beyond all places.
pub async fn of_school(db: &impl ConnectionTrait, scope: &Scope, school: SchoolId) -> Result<Vec<StudentId>> {
    use stretch::Column;
    let groups = class_group::Entity::within(scope).select_only().column(class_group::Column::Id);
    let groups = groups.filter(class_group::Column::SchoolId.eq(school)).into_query();
    let here: Vec<StudentId> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassGroupId.in_subquery(groups))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on))
        .into_tuple()
        .all(db)
        .await?;
    let beyond = Condition::all().add(Column::EndsOn.gte(scope.on - LOOKS_BACK)).add(Expr::not_exists(as_long(scope)));
    let counted: Vec<StudentId> = stretch::Entity::within(scope)
        .select_only()
        .column(Column::StudentId)
        .filter(Column::SchoolId.eq(school))
        .filter(Condition::any().add(Column::EndsOn.is_null()).add(beyond))
        .into_tuple()
        .all(db)
        .await?;
    let students: BTreeSet<StudentId> = here.into_iter().chain(counted).collect();
    Ok(students.into_iter().collect())
}

/// The places that end no earlier than the stretch does.
fn as_long(scope: &Scope) -> SelectStatement {
    let place = |column: enrolment::Column| Expr::col((enrolment::Entity, column));
    let stretch = |column: stretch::Column| Expr::col((stretch::Entity, column));
    let ends_on = place(enrolment::Column::EndsOn);
    enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::Id)
        .filter(place(enrolment::Column::StudentId).eq(stretch(stretch::Column::StudentId)))
        .filter(ends_on.clone().is_null().or(ends_on.gte(stretch(stretch::Column::EndsOn))))
        .into_query()
}

type PlaceRow = (StudentId, NaiveDate, ClassGroupId, BoardId, SchoolId, Option<ClusterId>, SchoolId);

/// The place of each of the students that covers the day: where the class group is. Of several it is the first that began,
/// of those at the school whose student it is, if any.
pub async fn places(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Place>> {
    use enrolment::Column;
    let group = RelationDef::from(
        enrolment::Entity::belongs_to(class_group::Entity).from(Column::ClassGroupId).to(class_group::Column::Id),
    );
    let school = RelationDef::from(
        class_group::Entity::belongs_to(school::Entity).from(class_group::Column::SchoolId).to(school::Column::Id),
    );
    let child = RelationDef::from(
        enrolment::Entity::belongs_to(student::Entity).from(Column::StudentId).to(student::Column::Id),
    );
    let mut rows: Vec<PlaceRow> = enrolment::Entity::within(scope)
        .select_only()
        .columns([Column::StudentId, Column::StartsOn, Column::ClassGroupId])
        .columns([school::Column::BoardId, school::Column::Id, school::Column::ClusterId])
        .column(student::Column::SchoolId)
        .join(JoinType::InnerJoin, group)
        .join(JoinType::InnerJoin, school)
        .join(JoinType::InnerJoin, child)
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(covers(Column::StartsOn, Column::EndsOn, scope.on))
        .order_by_asc(Column::StartsOn)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    rows.sort_by_key(|(.., at, _, own)| at != own);
    let mut places = BTreeMap::new();
    for (student, since, group, board, school, cluster, _) in rows {
        let cluster = cluster.unwrap_or(ClusterId(Uuid::nil()));
        places.entry(student).or_insert(Place { at: At { board, cluster, school, group }, since });
    }
    Ok(places)
}

/// Each of the students, with the last day of a place that ended before the day of the scope, if there is one.
pub async fn last_days(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Option<NaiveDate>>> {
    let rows: Vec<(StudentId, NaiveDate)> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .column_as(enrolment::Column::EndsOn.max(), "last")
        .filter(enrolment::Column::StudentId.is_in(students.iter().copied()))
        .filter(enrolment::Column::EndsOn.lt(scope.on))
        .group_by(enrolment::Column::StudentId)
        .into_tuple()
        .all(db)
        .await?;
    let mut last: BTreeMap<_, _> = students.iter().map(|student| (*student, None)).collect();
    last.extend(rows.into_iter().map(|(student, day)| (student, Some(day))));
    Ok(last)
}
