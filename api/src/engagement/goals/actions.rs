//! What can be done with a goal.

use glans_entity::engagement::{goal, goal_agreement, partnership};
use glans_entity::ids::{GoalId, PartnershipId, StudentId};

use super::types::{GoalAgreeInput, GoalMarkInput, GoalProposeInput};
use super::{rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::partnerships::{self, actions as partners};
use crate::platform::error::{Error, Result, check_version, not_found};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

pub(super) async fn propose(write: &Write<'_>, input: GoalProposeInput) -> Result<goal::Model> {
    let missing = || not_found("partnership");
    let partnership: PartnershipId = input.partnership.parse().map_err(|_| missing())?;
    let known = partnerships::store::by_ids(write.db(), &write.scope(), &[partnership]).await?.pop();
    let (permit, is_staff) = side(write, "partnership", known.ok_or_else(missing)?.student_id).await?;
    let mut checks = Checks::default();
    let id = checks.own_id(input.id.as_ref(), GoalId::new);
    let text = checks.with(rules::text(&input.text))?;
    let id = id.free(write.db(), &permit).await?;
    // Nobody else adds a goal while these are counted.
    let partnership = partnerships::store::lock(write.db(), &write.scope(), partnership).await?.ok_or_else(missing)?;
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

/// The right to speak as guardian or as staff, and which of the two; the child is locked, as everywhere before its goals. Who
/// is a guardian of the child speaks as one.
async fn side(write: &Write<'_>, field: &str, student: StudentId) -> Result<(Permit, bool)> {
    if write.scope().full_children.contains(&student) {
        let (_, permit) = partners::child_of_guardian(write, field, student).await?;
        return Ok((permit, false));
    }
    let (_, permit) = partners::student_of_staff(write, field, student).await?;
    Ok((permit, true))
}

/// The goal stays at its version: it would tell one guardian when another agreed.
pub(super) async fn agree(write: &Write<'_>, input: GoalAgreeInput) -> Result<goal::Model> {
    let goal = in_sight(write, &input.id).await?;
    let (permit, is_staff) = side(write, "id", goal.student_id).await?;
    if agree_to(write, &permit, &goal, is_staff).await? {
        write.emit(&permit, Event::about("goal.agreed", goal.id).by(permit.person())).await?;
    }
    Ok(goal)
}

pub(super) async fn mark(write: &Write<'_>, input: GoalMarkInput) -> Result<goal::Model> {
    let known = in_sight(write, &input.id).await?;
    let (_, permit) = partners::student_of_staff(write, "id", known.student_id).await?;
    let goal = store::lock(write.db(), &write.scope(), known.id).await?.ok_or_else(|| not_found("id"))?;
    check_version(&goal, goal.version, input.if_version)?;
    if goal.achieved == input.achieved {
        return Ok(goal);
    }
    let changed = goal::Model { achieved: input.achieved, marked_at: input.achieved.map(|_| write.now()), ..goal };
    let goal = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("goal.marked", goal.id)).await?;
    Ok(goal)
}

async fn in_sight(write: &Write<'_>, id: &str) -> Result<goal::Model> {
    let id: GoalId = id.parse().map_err(|_| not_found("id"))?;
    store::by_ids(write.db(), &write.scope(), &[id]).await?.pop().ok_or_else(|| not_found("id"))
}
