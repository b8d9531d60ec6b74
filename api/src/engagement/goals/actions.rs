//! What can be done with a goal.

use glans_entity::engagement::{goal, goal_agreement, partnership};
use glans_entity::ids::{GoalId, PartnershipId};

use super::types::{GoalAgreeInput, GoalMarkInput, GoalProposeInput};
use super::{rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::partnerships::{self, actions as partners};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::own_id::own_id;

pub(super) async fn propose(write: &Write<'_>, input: GoalProposeInput) -> Result<goal::Model> {
    let id = own_id(input.id.as_ref(), GoalId::new)?;
    let partnership: PartnershipId = input.partnership.parse().map_err(|_| not_found("partnership"))?;
    let found = partnerships::store::lock(write.db(), &write.scope(), partnership).await?;
    let partnership = found.ok_or_else(|| not_found("partnership"))?;
    let (permit, is_staff) = side(write, "partnership", &partnership).await?;
    let text = rules::text(&input.text)?;
    rules::has_room("partnership", store::count(write.db(), &write.scope(), partnership.id).await?)?;
    let goal = insert(write, &permit, &partnership, id, text).await?;
    agree_to(write, &permit, &goal, is_staff).await?;
    write.emit(&permit, Event::about("goal.proposed", goal.id)).await?;
    Ok(goal)
}

/// Inserts a goal of a partnership by the permitted person.
pub async fn insert(
    write: &Write<'_>,
    permit: &Permit,
    partnership: &partnership::Model,
    id: GoalId,
    text: String,
) -> Result<goal::Model> {
    let row = goal::Model {
        id,
        board_id: partnership.board_id,
        partnership_id: partnership.id,
        student_id: partnership.student_id,
        author_id: permit.person().ok_or_else(|| Error::fault("a person of no board proposes a goal"))?,
        text,
        achieved: None,
        marked_at: None,
        created_at: write.now(),
        updated_at: write.now(),
        version: 1,
    };
    store::insert(write.db(), permit, row).await
}

/// Writes down that the permitted person agrees. Whether that is new.
pub async fn agree_to(write: &Write<'_>, permit: &Permit, goal: &goal::Model, is_staff: bool) -> Result<bool> {
    let row = goal_agreement::Model {
        goal_id: goal.id,
        person_id: permit.person().ok_or_else(|| Error::fault("a person of no board agrees to a goal"))?,
        board_id: goal.board_id,
        student_id: goal.student_id,
        is_staff,
        agreed_at: write.now(),
    };
    store::agree(write.db(), permit, row).await
}

/// The right to speak as guardian or as staff, and which of the two. Who is a guardian of the child speaks as one.
async fn side(write: &Write<'_>, field: &str, partnership: &partnership::Model) -> Result<(Permit, bool)> {
    if write.scope().full_children.contains(&partnership.student_id) {
        let (_, permit) = partners::child_of_guardian(write, field, partnership.student_id).await?;
        return Ok((permit, false));
    }
    let (_, permit) = partners::student_of_staff(write, field, partnership.student_id).await?;
    Ok((permit, true))
}

pub(super) async fn agree(write: &Write<'_>, input: GoalAgreeInput) -> Result<goal::Model> {
    let goal = locked(write, &input.id).await?;
    let partnership = partnership_of(write, &goal).await?;
    let (permit, is_staff) = side(write, "id", &partnership).await?;
    if !agree_to(write, &permit, &goal, is_staff).await? {
        return Ok(goal);
    }
    let goal = store::update(write.db(), &permit, goal, write.now()).await?;
    write.emit(&permit, Event::about("goal.agreed", goal.id)).await?;
    Ok(goal)
}

pub(super) async fn mark(write: &Write<'_>, input: GoalMarkInput) -> Result<goal::Model> {
    let goal = locked(write, &input.id).await?;
    let (_, permit) = partners::student_of_staff(write, "id", goal.student_id).await?;
    check_version(&goal, goal.version, input.if_version)?;
    let changed = goal::Model { achieved: input.achieved, marked_at: input.achieved.map(|_| write.now()), ..goal };
    let goal = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("goal.marked", goal.id)).await?;
    Ok(goal)
}

async fn locked(write: &Write<'_>, id: &str) -> Result<goal::Model> {
    let id: GoalId = id.parse().map_err(|_| not_found("id"))?;
    store::lock(write.db(), &write.scope(), id).await?.ok_or_else(|| not_found("id"))
}

async fn partnership_of(write: &Write<'_>, goal: &goal::Model) -> Result<partnership::Model> {
    let found = partnerships::store::by_ids(write.db(), &write.scope(), &[goal.partnership_id]).await?.pop();
    found.ok_or_else(|| not_found("id"))
}
