//! What is to be done for the students of a class group.

use std::collections::HashMap;

use chrono::NaiveDate;
use glans_entity::engagement::{agreement, thread};
use glans_entity::ids::{AgreementId, ClassGroupId, PartnershipId, StudentId, ThreadId};
use glans_entity::organisation::class_group;
use glans_entity::people::{enrolment, student};
use glans_entity::scope::Scoped;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::call::{Call, today};
use crate::engagement::partnerships::criteria::{self, Criterion, CriterionKind, CriterionStatus};
use crate::engagement::partnerships::{self, history};
use crate::people::rights::covers;
use crate::platform::error::{Code, Result, coded};

const UNSEEN: &str = "There is no such class group, or it is not your own.";

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    NotYet,
    Unreachable,
    Unanswered,
    OverdueAgreement,
}

/// What to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Partnership(PartnershipId),
    Thread(ThreadId),
    Agreement(AgreementId),
}

/// A student of whom something is missing.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub student: student::Model,
    /// The criteria that are due and not met, or not known.
    pub criteria: Vec<CriterionKind>,
    pub about: Option<About>,
    /// Since when it waits, or by when it was due.
    pub since: Option<NaiveDate>,
}

/// What is missing in the class group, in the order of names. Who is family of a child is no staff to it.
pub(super) async fn of_group(call: &Call, missing: Missing, group: &str) -> Result<Vec<Item>> {
    call.signed_in()?;
    let id: ClassGroupId = group.parse().map_err(|_| coded(Code::NotFound, UNSEEN))?;
    let (db, scope) = (call.read().await?, call.scope());
    let group = class_group::Entity::within(&scope).filter(class_group::Column::Id.eq(id)).one(&*db).await?;
    let is_own = |group: &class_group::Model| {
        scope.taught_groups.contains(&group.id) || scope.headed_schools.contains(&group.school_id)
    };
    let group = group.filter(is_own).ok_or_else(|| coded(Code::NotFound, UNSEEN))?;
    let places = enrolment::Entity::within(&scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassGroupId.eq(group.id))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on));
    let students = student::Entity::within(&scope)
        .filter(student::Column::Id.in_subquery(places.into_query()))
        .filter(student::Column::Id.is_not_in(scope.kin.iter().copied()))
        .order_by_asc(student::Column::DisplayName)
        .order_by_asc(student::Column::Id)
        .all(&*db)
        .await?;
    let ids: Vec<StudentId> = students.iter().map(|student| student.id).collect();
    let mut found = match missing {
        Missing::NotYet => short_of(call, &ids, |_| true).await?,
        Missing::Unreachable => short_of(call, &ids, |kind| kind == CriterionKind::Contactable).await?,
        Missing::Unanswered => unanswered(call, &ids).await?,
        Missing::OverdueAgreement => overdue(call, &ids).await?,
    };
    let of = |student: student::Model| {
        let lines = found.remove(&student.id).unwrap_or_default();
        lines.into_iter().map(move |(criteria, about, since)| Item { student: student.clone(), criteria, about, since })
    };
    Ok(students.into_iter().flat_map(of).collect())
}

type Line = (Vec<CriterionKind>, Option<About>, Option<NaiveDate>);
type Lines = HashMap<StudentId, Vec<Line>>;

/// Students who are short of some of the criteria.
async fn short_of(call: &Call, students: &[StudentId], asked: impl Fn(CriterionKind) -> bool) -> Result<Lines> {
    let (db, scope) = (call.read().await?, call.scope());
    let rows = partnerships::store::of_students(&*db, &scope, students, None).await?;
    let histories = history::of(&*db, call.now(), &rows).await?;
    let mut lines = Lines::new();
    for row in rows {
        let Some(history) = histories.get(&row.id) else { continue };
        let is_short = |criterion: &Criterion| {
            matches!(criterion.status, CriterionStatus::NotYet | CriterionStatus::Unknown) && asked(criterion.kind)
        };
        let short: Vec<Criterion> = criteria::criteria(history).into_iter().filter(is_short).collect();
        if !short.is_empty() {
            let since = short.iter().filter_map(|criterion| criterion.due_on).min();
            let kinds = short.iter().map(|criterion| criterion.kind).collect();
            lines.entry(row.student_id).or_default().push((kinds, Some(About::Partnership(row.id)), since));
        }
    }
    Ok(lines)
}

/// Threads in which guardians wait for an answer.
async fn unanswered(call: &Call, students: &[StudentId]) -> Result<Lines> {
    let rows = thread::Entity::within(&call.scope())
        .filter(thread::Column::StudentId.is_in(students.iter().copied()))
        .filter(thread::Column::AwaitsSince.is_not_null())
        .order_by_asc(thread::Column::AwaitsSince)
        .all(&*call.read().await?)
        .await?;
    let line =
        |row: thread::Model| (row.student_id, (Vec::new(), Some(About::Thread(row.id)), row.awaits_since.map(today)));
    Ok(by_student(rows.into_iter().map(line)))
}

/// Agreements of which the day is over, and nobody said whether they were kept.
async fn overdue(call: &Call, students: &[StudentId]) -> Result<Lines> {
    let rows = agreement::Entity::within(&call.scope())
        .filter(agreement::Column::StudentId.is_in(students.iter().copied()))
        .filter(agreement::Column::DueOn.lt(call.today()))
        .filter(agreement::Column::Kept.is_null())
        .order_by_asc(agreement::Column::DueOn)
        .all(&*call.read().await?)
        .await?;
    let line = |row: agreement::Model| (row.student_id, (Vec::new(), Some(About::Agreement(row.id)), row.due_on));
    Ok(by_student(rows.into_iter().map(line)))
}

fn by_student(lines: impl Iterator<Item = (StudentId, Line)>) -> Lines {
    let mut found = Lines::new();
    for (student, line) in lines {
        found.entry(student).or_default().push(line);
    }
    found
}
