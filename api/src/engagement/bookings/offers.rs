//! From what somebody types to the times that teachers give.

use chrono::{DateTime, Utc};
use glans_entity::ids::{ClassGroupId, PersonId};

use super::actions::everywhere;
use super::inputs::TeacherSlotsInput;
use super::{rules, store};
use crate::call::Write;
use crate::platform::error::{Result, UserErrorCode, refuse};
use crate::platform::text::Checks;

/// The times of one teacher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) teacher: PersonId,
    pub(super) starts: Vec<DateTime<Utc>>,
}

/// The offers of `inputs`, each of a teacher of one of `groups`. What is wrong with them is added to `checks`.
pub(super) async fn of(
    write: &Write<'_>,
    checks: &mut Checks,
    groups: &[ClassGroupId],
    inputs: Vec<TeacherSlotsInput>,
    minutes: i32,
) -> Result<Vec<Offer>> {
    let teachers = store::teachers(write.db(), write.call().today(), groups).await?;
    let mut offers: Vec<Offer> = Vec::new();
    for (at, input) in inputs.into_iter().enumerate() {
        let teacher = input.teacher.parse().ok();
        let teacher = teacher.filter(|teacher| teachers.iter().any(|(known, _)| known == teacher));
        let starts = starts(checks, at, &input, minutes, write.now());
        let Some(teacher) = teacher else {
            let message = "Choose somebody who teaches one of the class groups.";
            checks.add(UserErrorCode::NotFound, &format!("slots.{at}.teacher"), message);
            continue;
        };
        match offers.iter_mut().find(|offer| offer.teacher == teacher) {
            Some(offer) => offer.starts.extend(starts),
            None => offers.push(Offer { teacher, starts }),
        }
    }
    Ok(offers)
}

fn starts(
    checks: &mut Checks,
    at: usize,
    input: &TeacherSlotsInput,
    minutes: i32,
    now: DateTime<Utc>,
) -> Vec<DateTime<Utc>> {
    let mut starts = Vec::new();
    for (place, time) in input.times.iter().flatten().enumerate() {
        let field = format!("slots.{at}.times.{place}");
        if rules::is_ahead(time.0, now) {
            starts.push(time.0);
        } else {
            checks.add(UserErrorCode::Invalid, &field, "Give a time that is to come.");
        }
    }
    for (place, window) in input.windows.iter().flatten().enumerate() {
        let field = format!("slots.{at}.windows.{place}");
        let slots = rules::cut(window.starts_at.0, window.ends_at.0, minutes);
        if slots.is_empty() {
            checks.add(UserErrorCode::Invalid, &field, "No slot fits between these times. Let it end later.");
        } else if slots.iter().all(|start| rules::is_ahead(*start, now)) {
            starts.extend(slots);
        } else {
            checks.add(UserErrorCode::Invalid, &field, "Give times that are to come.");
        }
    }
    starts
}

/// Refuses with `CONFLICT` when a teacher would be at two slots at once; nobody else gives slots of theirs until the
/// transaction ends.
pub(super) async fn must_not_overlap(write: &Write<'_>, offers: &[Offer], minutes: i32) -> Result<()> {
    let everywhere = everywhere(write);
    let teachers: Vec<PersonId> = offers.iter().map(|offer| offer.teacher).collect();
    store::lock_teachers(write.db(), everywhere.on, &teachers).await?;
    let given = store::slots_of_teachers(write.db(), &everywhere, &teachers, write.now()).await?;
    for offer in offers {
        let own = given.iter().filter(|slot| slot.teacher_id == offer.teacher);
        let taken: Vec<_> = own.map(|slot| (slot.starts_at, slot.ends_at)).collect();
        if let Some(start) = rules::overlap(&offer.starts, minutes, &taken) {
            let start = start.with_timezone(&chrono_tz::Europe::Amsterdam).format("%d-%m-%Y %H:%M");
            let message = format!("Two slots of one teacher overlap at {start}. Leave one of them out.");
            return Err(refuse(UserErrorCode::Conflict, "slots", message));
        }
    }
    Ok(())
}
