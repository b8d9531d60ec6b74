//! Answering a survey.

use chrono::{DateTime, NaiveTime, Utc};
use glans_entity::engagement::{SurveyKind, recipient, survey, survey_response};
use glans_entity::ids::{PersonId, StudentId, SurveyId, SurveyResponseId};
use glans_entity::scope::Scope;

use super::inputs::SurveyRespondInput;
use super::rules::{self, Value};
use super::{shuffle, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::audience::store as addressing;
use crate::people::guardianships::refuse_own_child;
use crate::platform::error::{Error, Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;
use crate::platform::text::Checks;

/// As what somebody answers, and about which child.
struct Voice {
    person: PersonId,
    student: Option<StudentId>,
    as_staff: bool,
}

pub(super) async fn respond(write: &Write<'_>, input: SurveyRespondInput) -> Result<survey::Model> {
    let id: SurveyId = input.survey.parse().map_err(|_| not_found("survey"))?;
    let (db, scope) = (write.db(), write.scope());
    let row = store::by_ids(db, &scope, &[id]).await?.pop().ok_or_else(|| not_found("survey"))?;
    let permit = write.authorize(Action::Answer, Place::board(row.board_id))?;
    let row = store::lock_to_answer(db, &scope, &row).await?.ok_or_else(|| not_found("survey"))?;
    let own = addressing::own(db, &scope, &[id.0]).await?;
    if row.kind == SurveyKind::Survey && own.is_empty() {
        return Err(not_addressed("survey"));
    }
    rules::must_be_open(rules::status(&row, write.now()))?;
    let asked = store::questions(db, &scope, &[id]).await?;
    let mut checks = Checks::default();
    let student = input.student.as_ref().map(|id| id.as_str());
    let voice = checks.heed(voice(write, &permit, &row, &own, student).await)?;
    let values = rules::values(&mut checks, &asked, input.answers.into_iter().map(Into::into).collect());
    let voice = checks.all(voice)?;
    if row.anonymous {
        keep_unnamed(write, &permit, &row, &voice, values).await?;
    } else {
        keep_named(write, &permit, &row, &voice, values).await?;
    }
    write.emit(&permit, Event::about("survey.responded", id)).await?;
    Ok(row)
}

async fn keep_unnamed(
    write: &Write<'_>,
    permit: &Permit,
    row: &survey::Model,
    voice: &Voice,
    values: Vec<Value>,
) -> Result<()> {
    let (db, everywhere) = (write.db(), Scope::system(write.call().today()));
    let invitations = store::lock_invitations(db, &everywhere, row.id, voice.person).await?;
    if invitations.iter().any(|row| row.acknowledged_at.is_some()) {
        let message = "You have answered already, and nobody can tell which answer is yours to change it.";
        return Err(refuse(UserErrorCode::Conflict, "survey", message));
    }
    store::took_part(db, permit, row.id, voice.person, None, midnight(write.now())).await?;
    shuffle::put(db, permit, &everywhere, row, values).await
}

async fn keep_named(
    write: &Write<'_>,
    permit: &Permit,
    row: &survey::Model,
    voice: &Voice,
    values: Vec<Value>,
) -> Result<()> {
    let (db, now, everywhere) = (write.db(), write.now(), Scope::system(write.call().today()));
    store::lock_invitations(db, &everywhere, row.id, voice.person).await?;
    let before = store::response_of(db, &everywhere, row.id, voice.person, voice.student).await?;
    let response = survey_response::Model {
        id: before.as_ref().map_or_else(SurveyResponseId::new, |before| before.id),
        board_id: row.board_id,
        survey_id: row.id,
        person_id: Some(voice.person),
        student_id: voice.student,
        as_staff: voice.as_staff,
        submitted_at: Some(now),
    };
    store::took_part(db, permit, row.id, voice.person, voice.student, now).await?;
    store::put_response(db, permit, response, before.is_some(), values).await
}

/// Who answers: somebody whom the survey reached, by the rows `own`, a guardian about the child of a pulse, or its teacher.
async fn voice(
    write: &Write<'_>,
    permit: &Permit,
    row: &survey::Model,
    own: &[recipient::Model],
    student: Option<&str>,
) -> Result<Voice> {
    let person = permit.person().ok_or_else(|| Error::fault("a person of no board answers"))?;
    let (db, scope) = (write.db(), write.scope());
    if row.kind == SurveyKind::Survey {
        if student.is_some() {
            return Err(refuse(UserErrorCode::Invalid, "student", "Leave out the child: only a pulse is about one."));
        }
        let as_staff = own.iter().all(|row| row.student_id == recipient::AS_STAFF);
        return Ok(Voice { person, student: None, as_staff });
    }
    let Some(student) = student else {
        return Err(refuse(UserErrorCode::Required, "student", "Say about which child this is."));
    };
    let student: StudentId = student.parse().map_err(|_| not_found("student"))?;
    if own.iter().any(|row| row.student_id == student) {
        return Ok(Voice { person, student: Some(student), as_staff: false });
    }
    if !store::taught(db, &scope, student).await? {
        return Err(not_found("student"));
    }
    refuse_own_child(write, permit, &[student]).await?;
    // A teacher answers about each child that the pulse asks about, and about all of them where it reached the teacher.
    let everywhere = Scope::system(write.call().today());
    let invited = own.iter().any(|row| row.student_id == recipient::AS_STAFF);
    if !invited && !store::asks_about(db, &everywhere, row.id, student).await? {
        return Err(not_addressed("student"));
    }
    Ok(Voice { person, student: Some(student), as_staff: true })
}

fn not_addressed(field: &str) -> Error {
    refuse(UserErrorCode::Forbidden, field, "This is not asked of you.")
}

/// The day alone.
fn midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    now.date_naive().and_time(NaiveTime::MIN).and_utc()
}
