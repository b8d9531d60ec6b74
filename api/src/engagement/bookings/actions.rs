//! What can be done with a round.

use async_graphql::ID;
use glans_entity::engagement::{BookingRoundStatus, RecipientKind, TargetKind, booking_round, slot};
use glans_entity::ids::{BookingRoundId, ClassGroupId, PersonId, SlotId};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{GuardianAccess, Role};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;

use super::inputs::{BookingRoundCancelInput, BookingRoundOpenInput, BookingRoundRemindInput, BookingRoundUpdateInput};
use super::offers::{self, Offer};
use super::rules::{self, Terms};
use super::{store, unbooked};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::audience::actions::{Target, Targets, keep};
use crate::engagement::audience::store::{Item, address};
use crate::organisation::{class_groups, in_use, schools};
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn open(write: &Write<'_>, input: BookingRoundOpenInput) -> Result<booking_round::Model> {
    let groups = groups_named(write, &input.class_groups).await?;
    let (permit, school) = permitted(write, &groups, "classGroups").await?;
    let terms = Terms {
        kind: input.kind.into(),
        opens_at: input.opens_at.map_or(write.now(), |at| at.0),
        siblings_early_hours: input.siblings_early_hours.unwrap_or_default(),
        closes_at: input.closes_at.0,
        slot_minutes: input.slot_minutes,
        location: input.location,
    };
    let mut checks = Checks::default();
    let closed = groups.iter().find_map(|group| rules::closed_at(group, &school));
    checks.heed(in_use(closed, "classGroups"))?;
    let id = checks.own_id(input.id.as_ref(), BookingRoundId::new);
    let terms = terms.checked(&mut checks, write.now());
    let ids: Vec<ClassGroupId> = groups.iter().map(|group| group.id).collect();
    let offers = offers::of(write, &mut checks, &ids, input.slots, terms.slot_minutes).await?;
    let offers = checks.done(offers)?;
    let id = id.free(write.db(), &permit).await?;
    let row = booking_round::Model {
        id,
        board_id: school.board_id,
        school_id: school.id,
        kind: terms.kind,
        opens_at: terms.opens_at,
        siblings_early_hours: terms.siblings_early_hours,
        closes_at: terms.closes_at,
        slot_minutes: terms.slot_minutes,
        mode: input.mode.map_or(glans_entity::engagement::ConversationMode::AtSchool, Into::into),
        location: terms.location,
        status: BookingRoundStatus::Open,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let round = store::insert_round(write.db(), &permit, row, &ids).await?;
    give(write, &permit, &round, offers, 0).await?;
    tell_guardians(write, &permit, &round, &groups, &school).await?;
    write.emit(&permit, Event::about("booking_round.opened", round.id).by(permit.person())).await?;
    Ok(round)
}

pub(super) async fn update(write: &Write<'_>, input: BookingRoundUpdateInput) -> Result<booking_round::Model> {
    let Known { round, groups, permit, school } = locked(write, &input.id).await?;
    let left = rules::left(&groups, &school)?;
    check_version(&round, round.version, input.if_version)?;
    rules::must_be_open(&round)?;
    let mut checks = Checks::default();
    let closes_at = input.closes_at.map_or(round.closes_at, |at| at.0);
    if closes_at != round.closes_at {
        rules::closing(&mut checks, round.opens_at, closes_at, write.now());
    }
    let offers = offers::of(write, &mut checks, &left, input.slots.unwrap_or_default(), round.slot_minutes).await?;
    let offers = checks.done(offers)?;
    let has_more_slots = offers.iter().any(|offer| !offer.starts.is_empty());
    if has_more_slots {
        let given = store::slots_of(write.db(), &everywhere(write), &[round.id]).await?.len();
        give(write, &permit, &round, offers, given).await?;
    }
    // Who came to the groups since the round opened hears of it now.
    let newcomers = tell_guardians(write, &permit, &round, &groups, &school).await?;
    let mut row = round.clone().into_active_model();
    row.closes_at.set_ne(closes_at);
    if !row.is_changed() && !has_more_slots && newcomers == 0 {
        return Ok(round);
    }
    let round = store::update_round(write.db(), &permit, row, round.version, write.now()).await?;
    write.emit(&permit, Event::about("booking_round.updated", round.id).by(permit.person())).await?;
    Ok(round)
}

pub(super) async fn cancel(write: &Write<'_>, input: BookingRoundCancelInput) -> Result<booking_round::Model> {
    let Known { round, permit, .. } = locked(write, &input.id).await?;
    if round.status == BookingRoundStatus::Cancelled {
        return Ok(round);
    }
    check_version(&round, round.version, input.if_version)?;
    let mut checks = Checks::default();
    let reason = checks.optional_line("reason", input.reason.as_deref(), 200);
    let reason = checks.done(reason)?;
    // What has begun took place, recorded or not, and keeps its slot.
    let conversations = store::lock_to_come(write.db(), &everywhere(write), round.id, write.now()).await?;
    store::cancel_conversations(write.db(), &permit, &conversations, reason, write.now()).await?;
    // The teachers can give the same times anew.
    store::delete_slots_to_come(write.db(), &permit, round.id, write.now()).await?;
    let (version, id) = (round.version, round.id);
    let mut row = round.into_active_model();
    row.status = Set(BookingRoundStatus::Cancelled);
    let round = store::update_round(write.db(), &permit, row, version, write.now()).await?;
    let payload = json!({ "id": id, "conversations": conversations });
    write.emit(&permit, Event { kind: "booking_round.cancelled", payload }.by(permit.person())).await?;
    Ok(round)
}

/// The round, and how many guardians are reminded.
pub(super) async fn remind(write: &Write<'_>, input: BookingRoundRemindInput) -> Result<(booking_round::Model, i32)> {
    let Known { round, groups, permit, school } = locked(write, &input.id).await?;
    // Where none is left nobody would be reminded, which is not to look as if all had booked.
    rules::left(&groups, &school)?;
    rules::must_be_open(&round)?;
    if write.now() >= round.closes_at {
        return Err(refuse(UserErrorCode::Expired, "id", "Booking has closed. Let it close later, and remind then."));
    }
    let open = unbooked::to_remind(write.db(), &everywhere(write), std::slice::from_ref(&round)).await?;
    let mut guardians: Vec<PersonId> = open.into_values().flatten().flat_map(|open| open.guardians).collect();
    guardians.sort_unstable();
    guardians.dedup();
    let count = i32::try_from(guardians.len()).unwrap_or(i32::MAX);
    if count > 0 {
        let payload = json!({ "id": round.id, "guardians": guardians });
        write.emit(&permit, Event { kind: "booking_round.reminded", payload }).await?;
    }
    Ok((round, count))
}

pub(super) fn everywhere(write: &Write<'_>) -> Scope {
    Scope::system(write.call().today())
}

/// A round under lock, and the right to change it.
struct Known {
    round: booking_round::Model,
    groups: Vec<class_group::Model>,
    permit: Permit,
    school: school::Model,
}

async fn locked(write: &Write<'_>, id: &ID) -> Result<Known> {
    let id: BookingRoundId = id.parse().map_err(|_| not_found("id"))?;
    let round = store::lock(write.db(), &write.scope(), id, true).await?.ok_or_else(|| not_found("id"))?;
    let everywhere = everywhere(write);
    let groups = store::groups_of(write.db(), &everywhere, &[id]).await?;
    let groups: Vec<ClassGroupId> = groups.into_iter().map(|group| group.class_group_id).collect();
    let groups = class_groups::store::by_ids(write.db(), &everywhere, &groups).await?;
    let (permit, school) = permitted(write, &groups, "id").await?;
    Ok(Known { round, groups, permit, school })
}

/// The groups with these ids, each in sight.
async fn groups_named(write: &Write<'_>, ids: &[ID]) -> Result<Vec<class_group::Model>> {
    if ids.is_empty() || ids.len() > rules::MOST_GROUPS {
        let message = format!("Choose 1 to {} class groups.", rules::MOST_GROUPS);
        return Err(refuse(UserErrorCode::Invalid, "classGroups", message));
    }
    let wanted: Result<Vec<ClassGroupId>, _> = ids.iter().map(|id| id.parse()).collect();
    let mut wanted = wanted.map_err(|_| not_found("classGroups"))?;
    wanted.sort_unstable();
    wanted.dedup();
    let groups = class_groups::store::by_ids(write.db(), &write.scope(), &wanted).await?;
    if groups.len() != wanted.len() {
        return Err(not_found("classGroups"));
    }
    Ok(groups)
}

/// The right to write rounds at each of the groups, and their one school.
async fn permitted(write: &Write<'_>, groups: &[class_group::Model], field: &str) -> Result<(Permit, school::Model)> {
    let first = groups.first().ok_or_else(|| not_found(field))?;
    let school = schools::store::by_id(write.db(), &everywhere(write), first.school_id).await?;
    let school = school.ok_or_else(|| Error::fault("a class group without a school"))?;
    let mut permit = write.authorize(Action::BookingRoundWrite, Place::class_group(first, &school))?;
    for group in groups {
        if group.school_id != first.school_id || group.school_year_id != first.school_year_id {
            return Err(refuse(UserErrorCode::Invalid, field, "Choose class groups of one school and school year."));
        }
        permit = write.authorize(Action::BookingRoundWrite, Place::class_group(group, &school))?;
    }
    Ok((permit, school))
}

/// Stores the slots of `offers`, as far as their teachers are not there already. `given` slots are in the round.
async fn give(
    write: &Write<'_>,
    permit: &Permit,
    round: &booking_round::Model,
    offers: Vec<Offer>,
    given: usize,
) -> Result<()> {
    let starts = offers.iter().map(|offer| offer.starts.len()).sum::<usize>();
    if given + starts > rules::MOST_SLOTS {
        let message = format!("A round has at most {} slots.", rules::MOST_SLOTS);
        return Err(refuse(UserErrorCode::LimitReached, "slots", message));
    }
    offers::must_not_overlap(write, &offers, round.slot_minutes).await?;
    let length = chrono::TimeDelta::minutes(i64::from(round.slot_minutes));
    let rows = offers.into_iter().flat_map(|offer| {
        offer.starts.into_iter().map(move |starts_at| slot::Model {
            id: SlotId::new(),
            board_id: round.board_id,
            round_id: round.id,
            teacher_id: offer.teacher,
            starts_at,
            ends_at: starts_at + length,
        })
    });
    store::insert_slots(write.db(), permit, rows.collect()).await
}

/// The round stands in the lists of the guardians of the groups. Who has it already keeps it.
///
/// How many have it newly.
async fn tell_guardians(
    write: &Write<'_>,
    permit: &Permit,
    round: &booking_round::Model,
    groups: &[class_group::Model],
    school: &school::Model,
) -> Result<u64> {
    let item = Item {
        id: round.id.0,
        kind: RecipientKind::BookingRound,
        board: round.board_id,
        at: round.created_at,
        least: GuardianAccess::Full,
    };
    let all = groups.iter().map(|group| Target {
        kind: TargetKind::ClassGroup,
        id: group.id.0,
        place: Place::class_group(group, school),
        excluded: false,
        archived_at: rules::closed_at(group, school),
    });
    let (again, _) = permitted(write, groups, "id").await?;
    let targets = Targets { permit: again, board: item.board, all: all.collect() };
    keep(write, item.id, &targets).await?;
    address(write.db(), permit, &everywhere(write), &item, &targets.rows_in_use(item.id)?, &[Role::Guardian]).await
}
