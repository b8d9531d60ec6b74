//! What staff can do with a survey.

use glans_entity::engagement::{RecipientKind, SurveyKind, SurveyStatus, survey};
use glans_entity::ids::SurveyId;
use glans_entity::localized::Strings;
use glans_entity::people::{GuardianAccess, Role};
use glans_entity::scope::Scope;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveEnum, ActiveModelTrait, IntoActiveModel};

use super::inputs::{SurveyCloseInput, SurveyCreateInput, SurveyOpenInput, SurveyUpdateInput};
use super::rules::{self, Question};
use super::store;
use crate::access::Action;
use crate::call::Write;
use crate::engagement::audience::actions as audience;
use crate::engagement::audience::store as addressing;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn create(write: &Write<'_>, input: SurveyCreateInput) -> Result<survey::Model> {
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), SurveyId::new);
    let mut named = input.audience.clone();
    let head = input.head();
    if head.kind == SurveyKind::Pulse && named.roles.is_none() {
        named.roles = Some(vec![crate::people::values::Role::Guardian, crate::people::values::Role::Teacher]);
    }
    let (include, exclude, roles) = named.checked(&mut checks);
    let head = rules::head(&mut checks, &head, write.now());
    let questions = input.questions.into_iter().map(Into::into).collect();
    let questions = rules::questions(&mut checks, head.kind, questions);
    checks.done(())?;
    let targets = audience::targets(write, Action::FamiliesAddress, &include, &exclude).await?;
    let id = id.free(write.db(), &targets.permit).await?;
    let row = survey::Model {
        id,
        board_id: targets.board,
        school_id: targets.school(),
        author_id: targets.permit.person().ok_or_else(|| Error::fault("a person of no board asks something"))?,
        kind: head.kind,
        title: head.title,
        intro: head.intro,
        anonymous: head.anonymous,
        roles: stored(&roles),
        status: SurveyStatus::Draft,
        opens_at: write.now(),
        closes_at: head.closes_at,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    let row = store::insert(write.db(), &targets.permit, row).await?;
    store::replace_questions(write.db(), &targets.permit, &row, questions).await?;
    audience::keep(write, row.id.0, &targets).await?;
    write.emit(&targets.permit, Event::about("survey.created", row.id)).await?;
    Ok(row)
}

pub(super) async fn update(write: &Write<'_>, input: SurveyUpdateInput) -> Result<survey::Model> {
    let row = lock(write, &input.id).await?;
    let mut targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    rules::must_be_draft(row.status)?;
    check_version(&row, row.version, input.if_version)?;
    let mut checks = Checks::default();
    let named = input.audience.clone().map(|audience| audience.checked(&mut checks));
    let head = rules::head(&mut checks, &input.head(&row), write.now());
    let questions = input.questions.map(|all| all.into_iter().map(Into::into).collect::<Vec<Question>>());
    let questions = questions.map(|all| rules::questions(&mut checks, row.kind, all));
    checks.done(())?;
    let (mut roles, mut is_for_others) = (row.roles.clone(), false);
    if let Some((include, exclude, named)) = named {
        targets = audience::targets(write, Action::FamiliesAddress, &include, &exclude).await?;
        if targets.board != row.board_id {
            return Err(refuse(UserErrorCode::Invalid, "audience.include", "Choose places of the same board."));
        }
        roles = stored(&named);
        is_for_others = audience::change(write, row.id.0, &targets).await?;
    }
    let present = if questions.is_some() { asked(write, row.id).await? } else { Vec::new() };
    let questions = questions.filter(|questions| *questions != present);
    let mut changed = row.clone().into_active_model();
    changed.title.set_ne(head.title);
    changed.intro.set_ne(head.intro);
    changed.anonymous.set_ne(head.anonymous);
    changed.closes_at.set_ne(head.closes_at);
    changed.roles.set_ne(roles);
    changed.school_id.set_ne(targets.school());
    if !changed.is_changed() && !is_for_others && questions.is_none() {
        return Ok(row);
    }
    let row = store::update(write.db(), &targets.permit, changed, row.version, write.now()).await?;
    if let Some(questions) = questions {
        store::replace_questions(write.db(), &targets.permit, &row, questions).await?;
    }
    write.emit(&targets.permit, Event::about("survey.updated", row.id)).await?;
    Ok(row)
}

pub(super) async fn open(write: &Write<'_>, input: SurveyOpenInput) -> Result<survey::Model> {
    let row = lock(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    let now = write.now();
    if rules::status(&row, now) == SurveyStatus::Open {
        return Ok(row);
    }
    rules::must_be_draft(row.status)?;
    check_version(&row, row.version, input.if_version)?;
    if row.closes_at <= now {
        return Err(refuse(UserErrorCode::Conflict, "id", "It would be closed already. Choose a later time to close."));
    }
    let places = targets.rows_in_use(row.id.0)?;
    let everywhere = Scope::system(write.call().today());
    let item = addressing::Item {
        id: row.id.0,
        kind: RecipientKind::Survey,
        board: row.board_id,
        at: now,
        least: GuardianAccess::Full,
    };
    addressing::address(write.db(), &targets.permit, &everywhere, &item, &places, &roles_of(&row)).await?;
    let version = row.version;
    let mut row = row.into_active_model();
    (row.status, row.opens_at) = (Set(SurveyStatus::Open), Set(now));
    let row = store::update(write.db(), &targets.permit, row, version, now).await?;
    write.emit(&targets.permit, Event::about("survey.opened", row.id).by(targets.permit.person())).await?;
    Ok(row)
}

pub(super) async fn close(write: &Write<'_>, input: SurveyCloseInput) -> Result<survey::Model> {
    let row = lock(write, &input.id).await?;
    let targets = audience::stored(write, Action::FamiliesAddress, row.id.0, row.board_id).await?;
    let now = write.now();
    match rules::status(&row, now) {
        SurveyStatus::Closed => return Ok(row),
        SurveyStatus::Draft => return Err(refuse(UserErrorCode::Conflict, "id", "It has not been opened yet.")),
        SurveyStatus::Open => {}
    }
    check_version(&row, row.version, input.if_version)?;
    let version = row.version;
    let mut row = row.into_active_model();
    (row.status, row.closes_at) = (Set(SurveyStatus::Closed), Set(now));
    let row = store::update(write.db(), &targets.permit, row, version, now).await?;
    write.emit(&targets.permit, Event::about("survey.closed", row.id)).await?;
    Ok(row)
}

/// The questions of a survey as their author asked them.
async fn asked(write: &Write<'_>, id: SurveyId) -> Result<Vec<Question>> {
    let everywhere = Scope::system(write.call().today());
    let rows = store::questions(write.db(), &everywhere, &[id]).await?;
    let asked = rows.into_iter().map(|row| Question {
        kind: row.kind,
        text: row.text,
        required: row.required,
        options: row.options.0,
    });
    Ok(asked.collect())
}

async fn lock(write: &Write<'_>, id: &str) -> Result<survey::Model> {
    let id = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}

fn stored(roles: &[Role]) -> Strings {
    Strings(roles.iter().map(ActiveEnum::to_value).collect())
}

fn roles_of(row: &survey::Model) -> Vec<Role> {
    row.roles.0.iter().filter_map(|role| Role::try_from_value(role).ok()).collect()
}
