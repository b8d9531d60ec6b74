//! What can be done with the rules of a school.

use glans_entity::engagement::{DayHours, WeekHours, contact_rules};
use glans_entity::ids::SchoolId;

use super::types::ContactRulesUpdateInput;
use super::{rules, store};
use crate::access::{Action, Place};
use crate::call::Write;
use crate::organisation::{in_use, schools};
use crate::platform::error::{Result, check_version, not_found};
use crate::platform::outbox::Event;

pub(super) async fn update(write: &Write<'_>, input: ContactRulesUpdateInput) -> Result<contact_rules::Model> {
    let id: SchoolId = input.school.parse().map_err(|_| not_found("school"))?;
    // The school is the lock: there may be no row yet.
    let school = schools::store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("school"))?;
    let permit = write.authorize(Action::FamilyRulesWrite, Place::from(&school))?;
    in_use(school.archived_at, "school")?;
    let found = store::of_schools(write.db(), &write.scope(), &[(school.board_id, school.id)]).await?;
    let known = found.get(&school.id).cloned().unwrap_or_else(|| rules::usual(school.board_id, school.id));
    check_version(&known, known.version, input.if_version)?;
    let hours = input.hours.map(|days| {
        let day = |day: super::types::ContactHoursInput| DayHours {
            // What is no day of the week stays none.
            weekday: u8::try_from(day.weekday).unwrap_or_default(),
            from: day.from.0,
            until: day.until.0,
        };
        WeekHours(days.into_iter().map(day).collect())
    });
    let wanted = rules::checked(contact_rules::Model {
        may_start: input.may_start.map_or(known.may_start, Into::into),
        hours: hours.unwrap_or_else(|| known.hours.clone()),
        reply_days: input.reply_term_days.unwrap_or(known.reply_days),
        delivers_at_night: input.delivers_at_night.unwrap_or(known.delivers_at_night),
        ..known.clone()
    })?;
    if wanted == known {
        return Ok(known);
    }
    let row = contact_rules::Model {
        created_at: if known.version == 0 { write.now() } else { known.created_at },
        updated_at: write.now(),
        version: known.version + 1,
        ..wanted
    };
    let row = store::put(write.db(), &permit, row).await?;
    write.emit(&permit, Event::about("contact_rules.updated", school.id)).await?;
    Ok(row)
}
