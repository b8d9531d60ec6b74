//! What stands before every field of an object that is of somebody's record.

use async_graphql::{Context, Guard};
use glans_entity::ids::{BoardId, PersonId, StudentId};

use super::opened::{Look, Subject};
use super::rules;
use crate::call::Call;
use crate::loaders;
use crate::platform::error::{Error, Result};

/// Whose record a field of an object opens. The id opens nothing, nor do fields that the object lists.
#[derive(Clone, Copy, Debug)]
pub struct Opens {
    board: BoardId,
    child: Option<StudentId>,
    guardian: Option<PersonId>,
    /// Fields, as the schema names them, that tell no more than a list of names does.
    listed: &'static [&'static str],
}

impl Opens {
    /// The record of a child.
    pub const fn child(board: BoardId, child: StudentId) -> Self {
        Self { board, child: Some(child), guardian: None, listed: &[] }
    }

    /// The record of a person, if they are or were a guardian.
    pub const fn guardian(board: BoardId, guardian: PersonId) -> Self {
        Self { board, child: None, guardian: Some(guardian), listed: &[] }
    }

    /// This one.
    pub const fn record(board: BoardId, of: Subject) -> Self {
        match of {
            Subject::Child(child) => Self::child(board, child),
            Subject::Guardian(guardian) => Self::guardian(board, guardian),
        }
    }

    /// That of a guardian too.
    #[must_use]
    pub const fn with_guardian(self, guardian: PersonId) -> Self {
        Self { guardian: Some(guardian), ..self }
    }

    /// That of a guardian too, where there is one.
    #[must_use]
    pub const fn with_any(self, guardian: Option<PersonId>) -> Self {
        Self { guardian, ..self }
    }

    /// Not by these fields.
    #[must_use]
    pub const fn beyond(self, listed: &'static [&'static str]) -> Self {
        Self { listed, ..self }
    }

    /// Notes that the caller opens it, if they do so as staff of the board.
    ///
    /// # Errors
    /// A fault where too many lines wait to be written: what cannot be logged is not shown.
    pub fn note(&self, call: &Call) -> Result<()> {
        let standing = call.standing();
        // A client of an integrator sees no people, and what the program does itself is no look.
        let Some(actor) = standing.actor.person() else { return Ok(()) };
        let Some(reader) = rules::as_staff(actor, self.board) else { return Ok(()) };
        let child = self.child.map(Subject::Child);
        let subjects = child.into_iter().chain(self.guardian.map(Subject::Guardian));
        for subject in subjects.filter(|subject| !rules::is_own(&standing.scope, *subject)) {
            let look = Look { board: self.board, reader, subject };
            let Some(others) = call.opened.without(&look) else { continue };
            if !call.app().access_log.takes(look, call.now(), others) {
                return Err(Error::fault("the access log is full, because the database takes no lines"));
            }
            call.opened.add(look, rules::roles(actor, self.board));
        }
        Ok(())
    }
}

/// Notes that the caller asks for what there is about one child, where the child is in sight: how much there is, and that there is
/// none, is of the record too.
///
/// # Errors
/// As [`Opens::note`].
pub async fn ask_about(ctx: &Context<'_>, child: StudentId) -> Result<()> {
    let Some(child) = loaders::one(ctx, child).await? else { return Ok(()) };
    Opens::child(child.board_id, child.id).note(Call::of(ctx))
}

#[async_trait::async_trait]
impl Guard for Opens {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        let name = ctx.field().name();
        if name != "id" && !self.listed.contains(&name) {
            self.note(Call::of(ctx))?;
        }
        Ok(())
    }
}
