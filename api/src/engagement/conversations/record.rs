//! Writing down how a conversation went.

use std::collections::HashSet;

use glans_entity::engagement::{AttendeeStatus, agreement, conversation, conversation_attendee, conversation_note};
use glans_entity::ids::{AgreementId, GoalId, PersonId};
use glans_entity::practice::OccasionStatus;

use super::inputs::{AgreementInput, ConversationPresenceInput, ConversationRecordInput};
use super::{actions, rules, store};
use crate::access::Permit;
use crate::call::Write;
use crate::engagement::goals;
use crate::engagement::partnerships;
use crate::platform::error::{Error, Result, UserErrorCode, check_version, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;
use crate::practice::occasions::times;

/// An agreement that was known, if it was, with its words and its day.
type Wanted = (Option<AgreementId>, String, Option<chrono::NaiveDate>);

/// Texts that were checked.
struct Texts {
    summary: Option<String>,
    note: Option<String>,
    agreements: Option<Vec<Wanted>>,
    goals: Vec<String>,
}

pub(super) async fn record(write: &Write<'_>, input: ConversationRecordInput) -> Result<conversation::Model> {
    let (conversation, permit) = actions::of_staff(write, &input.id).await?;
    check_version(&conversation, conversation.version, input.if_version)?;
    if conversation.status == OccasionStatus::Cancelled {
        return Err(refuse(UserErrorCode::Conflict, "id", "This conversation was cancelled. Plan a new one."));
    }
    let mut checks = Checks::default();
    checks.heed(times::must_have_begun(conversation.starts_at, write.now()))?;
    let coming = store::attendees(write.db(), &write.scope(), &[conversation.id]).await?;
    let came = checks.heed(presence(&conversation, &coming, &input.attendance))?;
    let release = rules::release(input.release_at.map(|at| at.0), conversation.release_at, write.now());
    let release_at = checks.heed(release)?;
    let texts = texts(&mut checks, &input);
    let (came, release_at) = checks.all(came.zip(release_at))?;

    store::put_attendees(write.db(), &permit, came).await?;
    let agreed_otherwise = match texts.agreements {
        Some(agreements) => set_agreements(write, &permit, &conversation, agreements).await?,
        None => false,
    };
    if !texts.goals.is_empty() {
        propose(write, &permit, &conversation, texts.goals).await?;
    }
    if input.private_note.is_some() {
        keep_note(write, &permit, &conversation, texts.note).await?;
    }
    let summary = if input.summary.is_some() { texts.summary } else { conversation.summary.clone() };
    let is_changed = agreed_otherwise || summary != conversation.summary;
    let changed = conversation::Model {
        status: OccasionStatus::Held,
        child_present: input.child_present.or(conversation.child_present),
        summary,
        release_at: Some(release_at),
        // Guardians who were told of the record are told anew when what they saw of it is another.
        released_at: conversation.released_at.filter(|_| !is_changed),
        recorded_at: conversation.recorded_at.or_else(|| Some(write.now())),
        ..conversation
    };
    let conversation = store::update(write.db(), &permit, changed, write.now()).await?;
    write.emit(&permit, Event::about("conversation.recorded", conversation.id)).await?;
    Ok(conversation)
}

fn texts(checks: &mut Checks, input: &ConversationRecordInput) -> Texts {
    let summary = checks.optional_text("summary", input.summary.as_deref(), rules::SUMMARY_LENGTH);
    let note = checks.optional_text("privateNote", input.private_note.as_deref(), rules::NOTE_LENGTH);
    let too_many = |count: usize| count > rules::MOST_AGREEMENTS;
    let goals = input.goals.as_deref().unwrap_or_default();
    for (field, count) in [("agreements", input.agreements.as_ref().map_or(0, Vec::len)), ("goals", goals.len())] {
        if too_many(count) {
            let message = format!("Give at most {} at once.", rules::MOST_AGREEMENTS);
            checks.add(UserErrorCode::LimitReached, field, message);
        }
    }
    let one = |checks: &mut Checks, (at, given): (usize, &AgreementInput)| {
        let text = checks.text(&format!("agreements.{at}.text"), &given.text, rules::AGREEMENT_LENGTH);
        let id = given.id.as_ref().map(|id| id.parse());
        if let Some(Err(_)) = id {
            checks.add(
                UserErrorCode::NotFound,
                &format!("agreements.{at}.id"),
                "This is no agreement of the conversation.",
            );
        }
        (id.and_then(std::result::Result::ok), text, given.due_on.map(|day| day.0))
    };
    let agreements =
        input.agreements.as_ref().map(|given| given.iter().enumerate().map(|item| one(checks, item)).collect());
    let goal = |(at, text): (usize, &String)| checks.text(&format!("goals.{at}"), text, goals::rules::TEXT_LENGTH);
    let goals = goals.iter().enumerate().map(goal).collect();
    Texts { summary, note, agreements, goals }
}

/// Who was there. Who was invited and is not named was absent at the first record; later only those who are named change.
fn presence(
    conversation: &conversation::Model,
    coming: &[conversation_attendee::Model],
    given: &[ConversationPresenceInput],
) -> Result<Vec<conversation_attendee::Model>> {
    let is_first = conversation.status == OccasionStatus::Planned;
    if is_first && given.is_empty() {
        return Err(refuse(UserErrorCode::Required, "attendance", "Say at least of one who was there or not."));
    }
    let mut came: Vec<conversation_attendee::Model> = Vec::new();
    for (at, given) in given.iter().enumerate() {
        let field = format!("attendance.{at}.person");
        let person: PersonId = given.person.parse().map_err(|_| not_found(&field))?;
        let known = coming.iter().find(|row| row.person_id == person).cloned().ok_or_else(|| not_found(&field))?;
        came.retain(|row| row.person_id != person);
        came.push(conversation_attendee::Model { status: given.status.into(), ..known });
    }
    if is_first {
        let named: HashSet<PersonId> = came.iter().map(|row| row.person_id).collect();
        let others = coming.iter().filter(|row| !named.contains(&row.person_id));
        // Who leads it was there, or there was no conversation.
        let leads = |row: &conversation_attendee::Model| row.person_id == conversation.staff_id;
        let status = |row| if leads(row) { AttendeeStatus::Present } else { AttendeeStatus::Absent };
        came.extend(others.map(|row| conversation_attendee::Model { status: status(row), ..row.clone() }));
    }
    Ok(came)
}

/// These agreements and no others, in this order. One whose words or day change is confirmed anew. Whether there are others
/// than before; another order is no change.
async fn set_agreements(
    write: &Write<'_>,
    permit: &Permit,
    conversation: &conversation::Model,
    wanted: Vec<Wanted>,
) -> Result<bool> {
    let known = store::agreements(write.db(), &write.scope(), &[conversation.id]).await?;
    let mut gone: HashSet<AgreementId> = known.iter().map(|row| row.id).collect();
    let mut rows = Vec::with_capacity(wanted.len());
    for (position, (id, text, due_on)) in (0..).zip(wanted) {
        let before = match id {
            Some(id) => {
                let field = format!("agreements.{position}.id");
                Some(known.iter().find(|row| row.id == id).ok_or_else(|| not_found(&field))?)
            }
            None => None,
        };
        if let Some(same) = before.filter(|row| row.text == text && row.due_on == due_on) {
            gone.remove(&same.id);
            if same.position != position {
                store::place_agreement(write.db(), permit, same.id, position).await?;
            }
            continue;
        }
        rows.push(agreement::Model {
            id: AgreementId::new(),
            board_id: conversation.board_id,
            conversation_id: conversation.id,
            student_id: conversation.student_id,
            position,
            text,
            due_on,
            kept: before.and_then(|row| row.kept),
            created_at: before.map_or(write.now(), |row| row.created_at),
            updated_at: write.now(),
            version: before.map_or(1, |row| row.version + 1),
        });
    }
    let is_changed = !gone.is_empty() || !rows.is_empty();
    store::drop_agreements(write.db(), permit, gone).await?;
    for row in rows {
        store::insert_agreement(write.db(), permit, row).await?;
    }
    Ok(is_changed)
}

/// Goals that were agreed on in the conversation: the teacher agrees with having written them down.
async fn propose(
    write: &Write<'_>,
    permit: &Permit,
    conversation: &conversation::Model,
    texts: Vec<String>,
) -> Result<()> {
    let found = partnerships::store::lock(write.db(), &write.scope(), conversation.partnership_id).await?;
    let partnership = found.ok_or_else(|| not_found("id"))?;
    let count = goals::store::count(write.db(), &write.scope(), partnership.id).await?;
    goals::rules::has_room("goals", count + texts.len() as u64 - 1)?;
    for text in texts {
        let goal = goals::actions::insert(write, permit, &partnership, GoalId::new(), text).await?;
        goals::actions::agree_to(write, permit, &goal, true).await?;
        write.emit(permit, Event::about("goal.proposed", goal.id)).await?;
    }
    Ok(())
}

async fn keep_note(
    write: &Write<'_>,
    permit: &Permit,
    conversation: &conversation::Model,
    text: Option<String>,
) -> Result<()> {
    let author = permit.person().ok_or_else(|| Error::fault("a note of nobody"))?;
    let note = text.map(|text| conversation_note::Model {
        conversation_id: conversation.id,
        author_id: author,
        board_id: conversation.board_id,
        text,
        updated_at: write.now(),
    });
    store::put_note(write.db(), permit, (conversation.id, author), note).await
}
