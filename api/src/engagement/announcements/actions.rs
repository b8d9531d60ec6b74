//! What staff can do with an announcement.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{
    AnnouncementStatus, Priority, RecipientKind, announcement, announcement_revision, audience_target,
};
use glans_entity::ids::AnnouncementId;
use glans_entity::localized::Strings;
use glans_entity::people::Role;
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveEnum, ActiveModelTrait, IntoActiveModel};

use super::inputs::{
    AnnouncementCorrectInput, AnnouncementCreateInput, AnnouncementPublishInput, AnnouncementUpdateInput,
    AnnouncementWithdrawInput,
};
use super::rules::{self, Wording, Words};
use super::store;
use crate::access::{Action, Permit};
use crate::call::Write;
use crate::engagement::audience::actions::{self as audience, Targets};
use crate::engagement::audience::{receipts, store as addressing};
use crate::organisation::boards;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: AnnouncementCreateInput) -> Result<announcement::Model> {
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), AnnouncementId::new);
    let named = audience::named(write, &mut checks, Action::FamiliesAddress, input.audience.clone()).await?;
    let wording = rules::wording(&mut checks, input.wording(write.call()));
    let terms = rules::terms(&mut checks, &input.terms(), write.now());
    if let Some((targets, _)) = &named {
        checks.heed(must_be_allowed(write, targets, terms.priority))?;
    }
    let (targets, roles) = checks.all(named)?;
    let id = id.free(write.db(), &targets.permit).await?;
    let row = announcement::Model {
        id,
        board_id: targets.board,
        school_id: targets.school(),
        author_id: targets.permit.person().ok_or_else(|| Error::fault("a person of no board announces something"))?,
        language: wording.own.language,
        title: wording.own.title,
        body: wording.own.body,
        roles: stored(&roles),
        priority: terms.priority,
        urgent_reason: terms.urgent_reason,
        important_facts: input.has_important_facts.unwrap_or_default(),
        requires_acknowledgement: terms.requires_acknowledgement,
        acknowledge_by: terms.acknowledge_by,
        status: AnnouncementStatus::Draft,
        publish_at: write.now(),
        published_at: None,
        expires_at: terms.expires_at,
        corrected_at: None,
        correction_note: None,
        withdrawn_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &targets.permit, row).await?;
    store::replace_translations(write.db(), &targets.permit, &row, &wording.translations).await?;
    audience::keep(write, row.id.0, &targets).await?;
    write.emit(&targets.permit, Event::about("announcement.created", row.id)).await?;
    Ok(row)
}

pub(super) async fn update(write: &Write<'_>, input: AnnouncementUpdateInput) -> Result<announcement::Model> {
    let row = lock(write, &input.id).await?;
    let present = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    rules::must_be_to_come(row.status)?;
    check_version(&row, row.version, input.if_version)?;
    let mut checks = Checks::default();
    let named = match input.audience.clone() {
        Some(audience) => audience::named(write, &mut checks, Action::FamiliesAddress, audience).await?,
        None => Some((present, roles_of(&row))),
    };
    let before = translations(write, row.id).await?;
    let wording = rules::wording(&mut checks, input.wording(&row, before.clone()));
    let appears = if row.status == AnnouncementStatus::Scheduled { row.publish_at } else { write.now() };
    let terms = rules::terms(&mut checks, &input.terms(&row), appears);
    if let Some((targets, _)) = &named {
        if targets.board != row.board_id {
            checks.add(UserErrorCode::Invalid, "audience.include", "Choose places of the same board.");
        }
        checks.heed(must_be_allowed(write, targets, terms.priority))?;
    }
    let (targets, roles) = checks.all(named)?;
    let is_for_others = input.audience.is_some() && audience::change(write, row.id.0, &targets).await?;
    let changed = announcement::Model {
        school_id: targets.school(),
        language: wording.own.language,
        title: wording.own.title,
        body: wording.own.body,
        roles: stored(&roles),
        priority: terms.priority,
        urgent_reason: terms.urgent_reason,
        important_facts: input.has_important_facts.unwrap_or(row.important_facts),
        requires_acknowledgement: terms.requires_acknowledgement,
        acknowledge_by: terms.acknowledge_by,
        expires_at: terms.expires_at,
        ..row.clone()
    };
    if row.status == AnnouncementStatus::Scheduled {
        must_be_within_limit(write, &changed, row.publish_at).await?;
    }
    if changed == row && !is_for_others && rules::say_the_same(&wording.translations, &before) {
        return Ok(row);
    }
    let changed = changed.into_active_model().reset_all();
    let row = store::update(write.db(), &targets.permit, changed, row.version, write.now()).await?;
    store::replace_translations(write.db(), &targets.permit, &row, &wording.translations).await?;
    write.emit(&targets.permit, Event::about("announcement.updated", row.id)).await?;
    Ok(row)
}

pub(super) async fn publish(write: &Write<'_>, input: AnnouncementPublishInput) -> Result<announcement::Model> {
    let row = lock(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    if row.status == AnnouncementStatus::Published && input.publish_at.is_none() {
        return Ok(row);
    }
    rules::must_be_to_come(row.status)?;
    check_version(&row, row.version, input.if_version)?;
    must_be_allowed(write, &targets, row.priority)?;
    let places = targets.rows_in_use(row.id.0)?;
    let later = rules::later(input.publish_at.map(|at| at.0), write.now())?;
    let appears = later.unwrap_or(write.now());
    rules::must_come_first(appears, [row.acknowledge_by, row.expires_at])?;
    must_be_within_limit(write, &row, appears).await?;
    let Some(later) = later else { return appear(write, &targets.permit, row, &places).await };
    let version = row.version;
    let mut row = row.into_active_model();
    (row.status, row.publish_at) = (Set(AnnouncementStatus::Scheduled), Set(later));
    let row = store::update(write.db(), &targets.permit, row, version, write.now()).await?;
    write.emit(&targets.permit, Event::about("announcement.scheduled", row.id)).await?;
    Ok(row)
}

/// Lets an announcement appear at `places`: whom it reaches is decided now.
pub async fn appear(
    write: &Write<'_>,
    permit: &Permit,
    row: announcement::Model,
    places: &[audience_target::Model],
) -> Result<announcement::Model> {
    let (now, db) = (write.now(), write.db());
    let everywhere = Scope::system(write.call().today());
    let item = addressing::Item {
        id: row.id.0,
        kind: RecipientKind::Announcement,
        board: row.board_id,
        at: now,
        least: rules::least(row.priority, row.important_facts),
    };
    addressing::address(db, permit, &everywhere, &item, places, &roles_of(&row)).await?;
    let version = row.version;
    let mut row = row.into_active_model();
    row.status = Set(AnnouncementStatus::Published);
    (row.publish_at, row.published_at) = (Set(now), Set(Some(now)));
    let row = store::update(db, permit, row, version, now).await?;
    write.emit(permit, Event::about("announcement.published", row.id).by(permit.person())).await?;
    Ok(row)
}

/// Makes a draft again of what was to appear: its author may not address all of its places any more, or all of them
/// were closed, and somebody who may is to decide.
pub(super) async fn take_back(write: &Write<'_>, permit: &Permit, row: announcement::Model) -> Result<()> {
    let version = row.version;
    let mut row = row.into_active_model();
    row.status = Set(AnnouncementStatus::Draft);
    let row = store::update(write.db(), permit, row, version, write.now()).await?;
    write.emit(permit, Event::about("announcement.taken_back", row.id)).await
}

pub(super) async fn correct(write: &Write<'_>, input: AnnouncementCorrectInput) -> Result<announcement::Model> {
    let row = lock(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    rules::must_have_appeared(row.status)?;
    check_version(&row, row.version, input.if_version)?;
    // The correction of what is urgent wakes people as well.
    must_be_allowed(write, &targets, row.priority)?;
    let mut checks = Checks::default();
    let note = rules::correction_note(&mut checks, &input.note);
    let before = Wording { own: words_of(&row), translations: translations(write, row.id).await? };
    let wording = rules::wording(&mut checks, input.wording(before.clone()));
    if wording == before {
        checks.add(UserErrorCode::Invalid, "body", "Change the title, the text or a translation.");
    }
    checks.done(())?;
    let (permit, now) = (&targets.permit, write.now());
    if is_enough(write, &row, now).await? {
        let message = "Other announcements were urgent enough here today. Correct it another day, or withdraw it.";
        return Err(refuse(UserErrorCode::LimitReached, "id", message));
    }
    let kept = announcement_revision::Model {
        announcement_id: row.id,
        number: store::last_revision(write.db(), &Scope::system(write.call().today()), row.id).await? + 1,
        board_id: row.board_id,
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board corrects something"))?,
        title: row.title.clone(),
        body: row.body.clone(),
        replaced_at: now,
    };
    store::insert_revision(write.db(), permit, kept).await?;
    let version = row.version;
    let mut row = row.into_active_model();
    (row.title, row.body) = (Set(wording.own.title), Set(wording.own.body));
    (row.corrected_at, row.correction_note) = (Set(Some(now)), Set(Some(note)));
    let row = store::update(write.db(), permit, row, version, now).await?;
    store::replace_translations(write.db(), permit, &row, &wording.translations).await?;
    receipts::raise(write.db(), permit, row.id.0, now).await?;
    write.emit(permit, Event::about("announcement.corrected", row.id).by(permit.person())).await?;
    Ok(row)
}

pub(super) async fn withdraw(write: &Write<'_>, input: AnnouncementWithdrawInput) -> Result<announcement::Model> {
    let row = lock(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    if row.status == AnnouncementStatus::Withdrawn {
        return Ok(row);
    }
    check_version(&row, row.version, input.if_version)?;
    let version = row.version;
    let mut row = row.into_active_model();
    row.status = Set(AnnouncementStatus::Withdrawn);
    row.withdrawn_at = Set(Some(write.now()));
    let row = store::update(write.db(), &targets.permit, row, version, write.now()).await?;
    write.emit(&targets.permit, Event::about("announcement.withdrawn", row.id)).await?;
    Ok(row)
}

async fn lock(write: &Write<'_>, id: &str) -> Result<announcement::Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}

/// What is urgent takes a right of its own at every place.
fn must_be_allowed(write: &Write<'_>, targets: &Targets, priority: Priority) -> Result<()> {
    if priority == Priority::Normal {
        return Ok(());
    }
    for target in targets.all.iter().filter(|target| !target.excluded) {
        write.authorize(Action::FamiliesAddressUrgently, target.place.clone()).map_err(|error| match error {
            Error::Refused(_) => {
                let message =
                    "Only who leads the school, directs the cluster or administers the board says what is urgent.";
                refuse(UserErrorCode::Forbidden, "priority", message)
            }
            other => other,
        })?;
    }
    Ok(())
}

/// What is urgent every day is urgent no more.
async fn must_be_within_limit(write: &Write<'_>, row: &announcement::Model, appears: DateTime<Utc>) -> Result<()> {
    if is_enough(write, row, appears).await? {
        let message = format!(
            "There are {} urgent announcements here on this day already. Choose another day, or make it a normal one.",
            rules::URGENT_PER_DAY
        );
        return Err(refuse(UserErrorCode::LimitReached, "publishAt", message));
    }
    Ok(())
}

/// Whether an urgent announcement finds as many others on its day as there may be.
async fn is_enough(write: &Write<'_>, row: &announcement::Model, appears: DateTime<Utc>) -> Result<bool> {
    if row.priority == Priority::Normal {
        return Ok(false);
    }
    let everywhere = Scope::system(write.call().today());
    let board = boards::store::by_id(write.db(), &everywhere, row.board_id).await?;
    let zone = board.and_then(|board| board.time_zone.parse().ok()).unwrap_or(chrono_tz::Europe::Amsterdam);
    let others = store::count_urgent(write.db(), &everywhere, row, rules::day_of(zone, appears)).await?;
    Ok(others >= rules::URGENT_PER_DAY)
}

async fn translations(write: &Write<'_>, id: AnnouncementId) -> Result<Vec<Words>> {
    let everywhere = Scope::system(write.call().today());
    let rows = store::translations(write.db(), &everywhere, &[id]).await?;
    Ok(rows.into_iter().map(|row| Words { language: row.language, title: row.title, body: row.body }).collect())
}

fn words_of(row: &announcement::Model) -> Words {
    Words { language: row.language.clone(), title: row.title.clone(), body: row.body.clone() }
}

fn stored(roles: &[Role]) -> Strings {
    Strings(roles.iter().map(ActiveEnum::to_value).collect())
}

/// The roles that an announcement is for.
pub(super) fn roles_of(row: &announcement::Model) -> Vec<Role> {
    row.roles.0.iter().filter_map(|role| Role::try_from_value(role).ok()).collect()
}
