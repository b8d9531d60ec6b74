//! Pure decisions of the sync.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::ids::{AccountId, BoardId};
use glans_entity::platform::change;
use uuid::Uuid;

use super::cursor::{Cursor, Position, Stage};
use super::kinds::{ChangeType, Kinds};
use super::sight::Sight;
use super::store::Ends;
use super::types::{ChangeOperation, ChangeReason};
use crate::platform::error::{Code, Result, coded};

/// How long a cursor lives.
pub(super) const CURSOR_LIVES: TimeDelta = TimeDelta::days(90);
/// Changes in a page where the client does not say.
pub(super) const DEFAULT_SIZE: usize = 100;
/// Changes in a page at most.
pub(super) const LARGEST_SIZE: usize = 500;
/// Sights that a phone may hold things of. More changes of rights than this within one sync, and it begins anew.
const MOST_HELD: usize = 4;

/// What a page tells of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub kind: ChangeType,
    pub id: Uuid,
    pub operation: ChangeOperation,
    pub reason: Option<ChangeReason>,
}

impl Told {
    pub(super) fn upsert(kind: ChangeType, id: Uuid) -> Self {
        Self { kind, id, operation: ChangeOperation::Upsert, reason: None }
    }

    pub(super) fn delete(kind: ChangeType, id: Uuid, reason: ChangeReason) -> Self {
        Self { kind, id, operation: ChangeOperation::Delete, reason: Some(reason) }
    }
}

/// The size of a page.
pub(super) fn size(first: Option<i32>) -> Result<usize> {
    let Some(first) = first else { return Ok(DEFAULT_SIZE) };
    match usize::try_from(first) {
        Ok(first) if (1..=LARGEST_SIZE).contains(&first) => Ok(first),
        _ => Err(coded(Code::BadUserInput, format!("Ask for 1 to {LARGEST_SIZE} changes."))),
    }
}

/// Whether a phone can go on from `cursor`; else it begins anew.
pub(super) fn goes_on(
    cursor: &Cursor,
    (account, board): (AccountId, Option<BoardId>),
    ends: Ends,
    now: DateTime<Utc>,
) -> bool {
    // A position beyond the log is one of another database, as after a restore.
    cursor.account == account
        && cursor.board == board
        && now - cursor.made <= CURSOR_LIVES
        && cursor.position <= ends.begun
        && cursor.held.len() <= MOST_HELD
}

/// A cursor is used with the types that it was made with: of others it does not know what the phone holds.
pub(super) fn same_types(cursor: &Cursor, kinds: Kinds) -> Result<()> {
    if cursor.kinds == kinds {
        return Ok(());
    }
    let message = "This cursor is one of a sync of other types. Use the same `types` with it, or sync without `since`.";
    Err(coded(Code::BadUserInput, message))
}

/// Turns to `sight` where it differs from what the cursor aims at. From a difference that was not told whole, all is told.
pub(super) fn turn_to(cursor: &mut Cursor, sight: Sight) {
    if cursor.target == sight {
        return;
    }
    let afresh = cursor.stage != Stage::Following || cursor.target.rights != sight.rights;
    cursor.held.push(std::mem::replace(&mut cursor.target, sight));
    cursor.stage = Stage::reconciling(afresh);
}

/// The nodes of a stretch of the log, each with its first line, whether it may have been in sight, and how often.
pub(super) struct Touched {
    pub nodes: HashMap<(ChangeType, Uuid), bool>,
}

impl Touched {
    pub(super) fn of(lines: &[change::Model], sights: &[&Sight]) -> Self {
        let mut nodes: HashMap<(ChangeType, Uuid), bool> = HashMap::new();
        for line in lines {
            if let Some(kind) = ChangeType::of_prefix(&line.kind) {
                let reached = nodes.entry((kind, line.node_id)).or_default();
                *reached = *reached || sights.iter().any(|sight| sight.reaches(kind, line));
            }
        }
        Self { nodes }
    }

    pub(super) fn of_kind(&self, kind: ChangeType) -> Vec<Uuid> {
        self.nodes.keys().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect()
    }
}

/// What is told of `lines`, at most `most`, and up to where: none when all of it was told.
pub(super) fn tell(
    lines: &[change::Model],
    most: usize,
    mut told_of: impl FnMut(ChangeType, Uuid) -> Option<Told>,
) -> (Vec<Told>, Option<Position>) {
    let mut told: Vec<Told> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut position = None;
    for line in lines {
        let kind = ChangeType::of_prefix(&line.kind);
        if let Some(kind) = kind.filter(|kind| seen.insert((*kind, line.node_id)))
            && let Some(entry) = told_of(kind, line.node_id)
        {
            if told.len() == most {
                return (told, Some(position.unwrap_or_default()));
            }
            told.push(entry);
        }
        position = Some(Position { xid: line.xid, seq: line.seq });
    }
    (told, None)
}
