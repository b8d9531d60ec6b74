//! For whom somebody is still to book in a round, and who of them is reminded: whatever the caller may see of it.

use std::collections::HashMap;

use glans_entity::engagement::{StepKind, booking_round, partnership};
use glans_entity::ids::{BookingRoundId, ClassGroupId, SchoolId, SchoolYearId, StudentId};
use glans_entity::organisation::class_group;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::rules::{self, Unbooked};
use super::store;
use crate::engagement::partnerships::Family;
use crate::loaders::group as group_by;
use crate::organisation::{class_groups, schools};
use crate::platform::error::Result;

/// The children in each of `rounds` for whom somebody is still to book.
pub async fn in_rounds(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    rounds: &[booking_round::Model],
) -> Result<HashMap<BookingRoundId, Vec<Unbooked>>> {
    let groups = groups_of(db, everywhere, rounds).await?;
    among(db, everywhere, rounds, &groups).await
}

/// As [`in_rounds`], of those whose guardians are reminded: a round reminds nobody of a group that was closed.
pub async fn to_remind(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    rounds: &[booking_round::Model],
) -> Result<HashMap<BookingRoundId, Vec<Unbooked>>> {
    let mut groups = groups_of(db, everywhere, rounds).await?;
    let mut ids: Vec<SchoolId> = groups.iter().map(|(_, group)| group.school_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let schools = schools::store::by_ids(db, everywhere, &ids).await?;
    groups.retain(|(_, group)| {
        let school = schools.iter().find(|school| school.id == group.school_id);
        school.is_some_and(|school| rules::closed_at(group, school).is_none())
    });
    among(db, everywhere, rounds, &groups).await
}

/// The class groups of `rounds`, each with its round.
async fn groups_of(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    rounds: &[booking_round::Model],
) -> Result<Vec<(BookingRoundId, class_group::Model)>> {
    let rounds: Vec<BookingRoundId> = rounds.iter().map(|round| round.id).collect();
    let links = store::groups_of(db, everywhere, &rounds).await?;
    let ids: Vec<ClassGroupId> = links.iter().map(|link| link.class_group_id).collect();
    let groups = class_groups::store::by_ids(db, everywhere, &ids).await?;
    let groups: HashMap<ClassGroupId, class_group::Model> = groups.into_iter().map(|group| (group.id, group)).collect();
    let of_round = links.iter().filter_map(|link| Some((link.round_id, groups.get(&link.class_group_id)?.clone())));
    Ok(of_round.collect())
}

/// The children in those `groups` of each of `rounds` for whom somebody is still to book.
async fn among(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    rounds: &[booking_round::Model],
    groups: &[(BookingRoundId, class_group::Model)],
) -> Result<HashMap<BookingRoundId, Vec<Unbooked>>> {
    let years: HashMap<ClassGroupId, SchoolYearId> =
        groups.iter().map(|(_, group)| (group.id, group.school_year_id)).collect();
    let ids: Vec<ClassGroupId> = groups.iter().map(|(_, group)| group.id).collect();
    let children = store::children_in(db, everywhere, &ids, None).await?;
    let mut students: Vec<StudentId> = children.iter().map(|(student, _)| *student).collect();
    students.dedup();
    let known: Vec<SchoolYearId> = years.values().copied().collect();
    let partnerships = store::partnerships(db, everywhere.on, &students, &known).await?;
    let is_new = |student: StudentId, group: ClassGroupId| {
        let of = |row: &partnership::Model| row.student_id == student && years.get(&group) == Some(&row.school_year_id);
        partnerships.iter().any(|row| of(row) && row.needs_intake)
    };
    let families = Family::of(db, everywhere.on, &students).await?;
    let ids: Vec<BookingRoundId> = rounds.iter().map(|round| round.id).collect();
    let bookings = group_by(store::bookings_in(db, everywhere, &ids).await?, |booking| booking.round_id);
    let of_round = |round: &booking_round::Model| {
        let in_round = |id: &ClassGroupId| groups.iter().any(|(of, group)| *of == round.id && group.id == *id);
        let wanted = |(student, group): &&(StudentId, ClassGroupId)| {
            in_round(group) && (round.kind != StepKind::Intake || is_new(*student, *group))
        };
        let mut students: Vec<_> = children.iter().filter(wanted).map(|(student, _)| *student).collect();
        students.dedup();
        let booked = bookings.get(&round.id).map(Vec::as_slice).unwrap_or_default();
        (round.id, rules::unbooked(&students, &families, booked))
    };
    Ok(rounds.iter().map(of_round).collect())
}
