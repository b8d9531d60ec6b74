//! One page of a sync, in one column: open the cursor, see what is in sight, tell the difference, read the log.

use std::collections::{HashMap, HashSet};

use async_graphql::{Context, ID};
use chrono::{DateTime, Utc};
use glans_entity::ids::format_any;
use glans_entity::platform::change;
use glans_entity::scope::Scope;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::courses::{self, Courses};
use super::cursor::{Cursor, Position, Stage};
use super::kinds::{ChangeType, Kinds};
use super::rules::{self, Told, Touched};
use super::sight::Sight;
use super::store::{self, Ends};
use super::types::{Change, ChangeOperation, ChangeReason, ChangeSet};
use crate::call::Call;
use crate::loaders;
use crate::node;
use crate::platform::error::Result;

/// Lines of the log that one page looks at. A busy board writes many that are not for this viewer.
const STRETCH: usize = 4_000;

/// One page.
pub(super) async fn page(ctx: &Context<'_>, since: Option<&str>, most: usize, kinds: Kinds) -> Result<ChangeSet> {
    let call = Call::of(ctx);
    let master = &call.app().identity.master;
    let opened = since.map(|since| Cursor::open(master, since)).transpose()?;
    let sight = Sight::of(ctx, &*call.read().await?, kinds).await?;
    let wall = wall(opened.as_ref(), &sight);
    call.look_again().await;
    let db = call.app().db.read_soon(&wall).await?;
    let ends = store::ends(&db).await?;
    let whose = (call.person()?.account, call.board);
    let start = |sight: Sight| Cursor {
        made: call.now(),
        account: whose.0,
        board: whose.1,
        kinds,
        position: ends.over,
        stage: Stage::reconciling(true),
        held: Vec::new(),
        held_until: ends.over,
        target: sight,
    };
    let cursor = match opened {
        None => start(sight),
        Some(cursor) if !rules::goes_on(&cursor, whose, ends, call.now()) => {
            let cursor = start(sight).seal(master)?;
            return Ok(ChangeSet { changes: Vec::new(), cursor, has_more: true, reset_required: true, applied: None });
        }
        Some(mut cursor) => {
            rules::same_types(&cursor, kinds)?;
            rules::turn_to(&mut cursor, sight);
            cursor
        }
    };
    let mut pull = Pull::of(ctx, db, wall, cursor, ends).await?;
    pull.reconcile(most).await?;
    let read_all = pull.follow(most).await?;
    if read_all {
        pull.rest(call.now());
    }
    let Pull { db, cursor, told, .. } = pull;
    db.commit().await?;
    let has_more = !read_all || cursor.stage != Stage::Following;
    Ok(ChangeSet {
        changes: nodes(ctx, &cursor.target, told).await?,
        cursor: cursor.seal(master)?,
        has_more,
        reset_required: false,
        applied: (cursor.stage == Stage::Following).then_some(cursor.position),
    })
}

/// The boards of now and of before: what is lost with a board is told by what is in it. Only ids are read behind it.
fn wall(cursor: Option<&Cursor>, sight: &Sight) -> Scope {
    let before = cursor.into_iter().flat_map(|cursor| cursor.held.iter().chain([&cursor.target]));
    let mut boards: Vec<_> = before.chain([sight]).flat_map(|sight| sight.scope.boards.iter().copied()).collect();
    boards.sort_unstable();
    boards.dedup();
    Scope { boards, account: sight.scope.account, ..Scope::nothing(sight.scope.on) }
}

/// A page that is being made.
struct Pull {
    db: DatabaseTransaction,
    wall: Scope,
    cursor: Cursor,
    ends: Ends,
    told: Vec<Told>,
    /// The courses that are in sight; those that were known whole; those that may be held.
    courses: Courses,
    held_courses: Vec<Courses>,
}

impl Pull {
    async fn of(ctx: &Context<'_>, db: DatabaseTransaction, wall: Scope, cursor: Cursor, ends: Ends) -> Result<Self> {
        let courses = Courses::of(ctx, &db, &wall, &cursor.target).await?;
        let mut held_courses = Vec::with_capacity(cursor.held.len());
        for sight in &cursor.held {
            held_courses.push(Courses::of(ctx, &db, &wall, sight).await?);
        }
        Ok(Self { db, wall, cursor, ends, told: Vec::new(), courses, held_courses })
    }

    /// Tells the difference of the sights: first what is to be wiped, children first, then what is new, parents first.
    async fn reconcile(&mut self, most: usize) -> Result<()> {
        let kinds = self.cursor.kinds;
        let steps: Vec<(ChangeOperation, ChangeType)> = kinds
            .each()
            .rev()
            .map(|kind| (ChangeOperation::Delete, kind))
            .chain(kinds.each().map(|kind| (ChangeOperation::Upsert, kind)))
            .collect();
        while let Stage::Reconciling { step, after, afresh } = self.cursor.stage {
            let Some((operation, kind)) = steps.get(usize::from(step)).copied() else {
                self.cursor.stage = Stage::Following;
                // What was seen until now may have been lost by what the log shows later.
                self.cursor.held_until = store::ends(&self.db).await?.begun;
                return Ok(());
            };
            let room = most - self.told.len();
            if room == 0 {
                return Ok(());
            }
            let ids = match operation {
                ChangeOperation::Delete => self.lost(kind, after, room).await?,
                ChangeOperation::Upsert => self.appeared(kind, after, room, afresh).await?,
            };
            let next = ids.last().copied().filter(|_| ids.len() == room);
            self.told.extend(ids.into_iter().map(|id| match operation {
                ChangeOperation::Delete => Told::delete(kind, id, ChangeReason::Access),
                ChangeOperation::Upsert => Told::upsert(kind, id),
            }));
            self.cursor.stage = match next {
                Some(after) => Stage::Reconciling { step, after, afresh },
                None => Stage::Reconciling { step: step + 1, after: Uuid::nil(), afresh },
            };
        }
        Ok(())
    }

    async fn lost(&self, kind: ChangeType, after: Uuid, most: usize) -> Result<Vec<Uuid>> {
        if self.cursor.held.is_empty() {
            return Ok(Vec::new());
        }
        if kind.is_course() {
            let mut lost: std::collections::BTreeSet<Uuid> =
                self.held_courses.iter().flat_map(|courses| courses.ids(kind)).collect();
            lost.retain(|id| *id > after);
            return Ok(lost.difference(&self.courses.ids(kind)).take(most).copied().collect());
        }
        let held: Vec<&Scope> = self.cursor.held.iter().map(|sight| &sight.scope).collect();
        store::lost_ids(&self.db, kind, (&self.cursor.target.scope, &held), after, most as u64).await
    }

    async fn appeared(&self, kind: ChangeType, after: Uuid, most: usize, afresh: bool) -> Result<Vec<Uuid>> {
        if kind.is_course() {
            let known = self.held_courses.last().filter(|_| !afresh).map(|courses| courses.ids(kind));
            let known = known.unwrap_or_default();
            let mut new = self.courses.ids(kind);
            new.retain(|id| *id > after && !known.contains(id));
            return Ok(new.into_iter().take(most).collect());
        }
        let known = self.cursor.held.last().filter(|_| !afresh).map(|sight| &sight.scope);
        store::new_ids(&self.db, kind, (&self.cursor.target.scope, known), after, most as u64).await
    }

    /// Reads on in the log, as far as there is room. Whether it came to its end.
    async fn follow(&mut self, most: usize) -> Result<bool> {
        let room = most - self.told.len();
        if self.cursor.stage != Stage::Following || room == 0 {
            return Ok(false);
        }
        let lines = store::lines(&self.db, &self.wall, self.cursor.kinds, self.cursor.position, STRETCH as u64).await?;
        let sights: Vec<&Sight> = self.cursor.held.iter().chain([&self.cursor.target]).collect();
        let touched = Touched::of(&lines, &sights);
        let standing = self.look_up(&touched).await?;
        let already: HashSet<_> = self.told.iter().map(|told| (told.kind, told.id, told.operation)).collect();
        let (told, cut) = rules::tell(&lines, room, |kind, id| {
            let told = match standing.get(&(kind, id)) {
                Some(Found::InSight) => Told::upsert(kind, id),
                Some(Found::OutOfSight) if kind.leaves_sight() && touched.nodes[&(kind, id)] => {
                    Told::delete(kind, id, ChangeReason::Access)
                }
                None if touched.nodes[&(kind, id)] => Told::delete(kind, id, ChangeReason::Deleted),
                _ => return None,
            };
            (!already.contains(&(kind, id, told.operation))).then_some(told)
        });
        self.told.extend(told);
        Ok(self.move_on(&lines, cut))
    }

    /// At the end of the log. What was seen under former rights is told of as long as the log may tell of its loss.
    fn rest(&mut self, now: DateTime<Utc>) {
        self.cursor.made = now;
        if self.cursor.position >= self.cursor.held_until {
            self.cursor.held.clear();
        }
    }

    fn move_on(&mut self, lines: &[change::Model], cut: Option<Position>) -> bool {
        let last = lines.last().map(|line| Position { xid: line.xid, seq: line.seq });
        match (cut, last) {
            (Some(cut), _) => {
                self.cursor.position = self.cursor.position.max(cut);
                false
            }
            (None, Some(last)) if lines.len() == STRETCH => {
                self.cursor.position = last;
                false
            }
            (None, last) => {
                let end = last.unwrap_or_default().max(self.ends.over);
                self.cursor.position = self.cursor.position.max(end);
                true
            }
        }
    }

    /// How the touched nodes stand now; absent are those that are gone.
    async fn look_up(&self, touched: &Touched) -> Result<HashMap<(ChangeType, Uuid), Found>> {
        let mut found = HashMap::new();
        for kind in self.cursor.kinds.each() {
            let ids = touched.of_kind(kind);
            if ids.is_empty() {
                continue;
            }
            let scope = &self.cursor.target.scope;
            let seen: Vec<Uuid> = if kind.is_course() {
                let all = self.courses.ids(kind);
                ids.iter().copied().filter(|id| all.contains(id)).collect()
            } else {
                store::visible(&self.db, kind, scope, &ids).await?
            };
            found.extend(seen.into_iter().map(|id| ((kind, id), Found::InSight)));
            let unseen = |id: &Uuid| !found.contains_key(&(kind, *id)) && touched.nodes[&(kind, *id)];
            let unseen: Vec<Uuid> = ids.into_iter().filter(unseen).collect();
            if !unseen.is_empty() {
                let there = store::existing(&self.db, kind, scope, &unseen).await?;
                found.extend(there.into_iter().map(|id| ((kind, id), Found::OutOfSight)));
            }
        }
        Ok(found)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    InSight,
    OutOfSight,
}

/// The changes with their nodes, read after the log: what changed since then is told again by the next page.
async fn nodes(ctx: &Context<'_>, sight: &Sight, told: Vec<Told>) -> Result<Vec<Change>> {
    loaders::in_context(ctx).enable_all_cache(false);
    Call::of(ctx).look_again().await;
    let upserts = told.iter().filter(|told| told.operation == ChangeOperation::Upsert);
    let by_kind = loaders::group(upserts.collect(), |told| told.kind);
    let mut found = HashMap::new();
    let views =
        if by_kind.keys().any(|kind| kind.is_course()) { courses::views(ctx, sight).await? } else { Vec::new() };
    for (kind, wanted) in by_kind {
        let ids: Vec<Uuid> = wanted.iter().map(|told| told.id).collect();
        if kind.is_course() {
            for id in ids {
                found.insert((kind, id), courses::node(ctx, &views, kind, id).await?);
            }
        } else {
            let nodes = node::of_type(ctx, kind.prefix(), &ids).await?;
            found.extend(ids.into_iter().map(|id| (kind, id)).zip(nodes));
        }
    }
    let shaped = told.into_iter().filter_map(|told| {
        let id = ID(format_any(told.kind.prefix(), told.id));
        let node = found.remove(&(told.kind, told.id)).flatten();
        let whole = told.operation == ChangeOperation::Delete || node.is_some();
        whole.then_some(Change { id, operation: told.operation, reason: told.reason, node })
    });
    Ok(shaped.collect())
}
