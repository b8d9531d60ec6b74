//! Sixteen writers and one reader: nothing is skipped, and nothing goes backwards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use glans::app::App;
use glans_entity::ids::{BoardId, SchoolId, StudentId};
use glans_entity::people::student;
use glans_entity::scope::{Scope, Scoped};
use glans_tests::{Who, World, on_each_database};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::phone::{Phone, settled};

const WRITERS: u64 = 16;
const CHANGES: u64 = 10_000;
/// Rows that one statement changes.
const AT_ONCE: usize = 5;

/// Small steps of a linear congruential generator; the same seed writes the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

struct Writer {
    app: Arc<App>,
    board: BoardId,
    school: SchoolId,
    dice: Dice,
    own: Vec<StudentId>,
    number: u64,
}

impl Writer {
    fn scope(&self) -> Scope {
        Scope::system(glans::call::today(self.app.clock.now()))
    }

    /// One transaction of one to eight statements, which one time in ten is rolled back.
    async fn transaction(&mut self, written: &AtomicU64) {
        let mut own = self.own.clone();
        let db = self.app.db.write(&self.scope()).await.unwrap();
        let mut changes = 0;
        for _ in 0..=self.dice.roll(8) {
            let from = usize::try_from(self.dice.roll(own.len() as u64)).unwrap();
            let some: Vec<StudentId> = own.iter().copied().skip(from).take(AT_ONCE).collect();
            match self.dice.roll(10) {
                0 if own.len() > 2 * AT_ONCE => {
                    student::Entity::delete_many()
                        .filter(student::Column::Id.is_in(some.clone()))
                        .exec(&db)
                        .await
                        .unwrap();
                    own.retain(|id| !some.contains(id));
                    changes += some.len() as u64;
                }
                1 | 2 => {
                    let rows: Vec<_> = (0..AT_ONCE).map(|_| self.row()).collect();
                    own.extend(rows.iter().map(|row| row.id));
                    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
                    student::Entity::insert_many(rows).exec_without_returning(&db).await.unwrap();
                    changes += AT_ONCE as u64;
                }
                _ => {
                    changes += some.len() as u64;
                    let next = student::Entity::update_many()
                        .col_expr(student::Column::Version, Expr::col(student::Column::Version).add(1))
                        .filter(student::Column::Id.is_in(some));
                    next.exec(&db).await.unwrap();
                }
            }
            if self.dice.roll(4) == 0 {
                tokio::time::sleep(Duration::from_millis(self.dice.roll(8))).await;
            }
        }
        if self.dice.roll(10) == 0 {
            db.rollback().await.unwrap();
        } else {
            db.commit().await.unwrap();
            self.own = own;
            written.fetch_add(changes, Ordering::Relaxed);
        }
    }

    fn row(&self) -> student::Model {
        let now = self.app.clock.now();
        student::Model {
            id: StudentId::new(),
            board_id: self.board,
            school_id: self.school,
            display_name: format!("Kind van {}", self.number),
            number: None,
            source_id: None,
            left_on: None,
            erased_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

async fn nothing_is_skipped_while_sixteen_write(world: &World) {
    let began = std::time::Instant::now();
    let written = Arc::new(AtomicU64::new(0));
    let mut phone = Phone::of(Who::Leader, 200);
    phone.types = json!(["STUDENT"]);
    phone.pull(world).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let (app, board, school) = (Arc::clone(&world.app), world.ours.id, world.ours.schools[0]);
            let mut writer = Writer { app, board, school, dice: Dice(number + 1), own: Vec::new(), number };
            let written = Arc::clone(&written);
            tokio::spawn(async move {
                let first: Vec<_> = (0..4 * AT_ONCE).map(|_| writer.row()).collect();
                writer.own = first.iter().map(|row| row.id).collect();
                let db = writer.app.db.write(&writer.scope()).await.unwrap();
                let first = first.into_iter().map(|row| row.into_active_model().reset_all());
                student::Entity::insert_many(first).exec_without_returning(&db).await.unwrap();
                db.commit().await.unwrap();
                while written.load(Ordering::Relaxed) < CHANGES {
                    writer.transaction(&written).await;
                }
            })
        })
        .collect();
    let mut pages = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        phone.page(world).await;
        pages += 1;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    settled(world).await;
    while phone.page(world).await["hasMore"] == true {
        pages += 1;
    }
    let scope = world.standing(Who::Leader).await.scope.clone();
    let db = world.app.db.read(&scope).await.unwrap();
    let rows = student::Entity::within(&scope).all(&db).await.unwrap();
    let truth: BTreeMap<String, i64> =
        rows.into_iter().map(|row| (row.id.to_string(), i64::from(row.version))).collect();
    assert_eq!(phone.holds, truth);
    let written = written.load(Ordering::Relaxed);
    println!(
        "{written} changes by {WRITERS} writers, read in {pages} pages, {} students at the end, {:?}",
        truth.len(),
        began.elapsed()
    );
    assert!(written >= CHANGES && pages > 10);
}

on_each_database!(nothing_is_skipped_while_sixteen_write);
