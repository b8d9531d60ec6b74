//! Processes that are killed in the middle of an export and of webhooks: the file is whole, and every event arrives.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate, TimeDelta};
use glans::call::today;
use glans::metrics::{exports, rollups};
use glans_entity::ids::ExportId;
use glans_entity::metrics::{
    ExportState, Level, Metric, WebhookState, export, export_chunk, figure, webhook_delivery, webhook_event,
};
use glans_entity::scope::Scope;
use glans_tests::{Actor, Who, World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Iterable, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::stage::{Stage, fates};
use super::turns::SOWN;
use crate::cli;

const LESSONS: usize = 40;
const SCHOOLS: usize = 8;
const WEEKS: u64 = 52;
/// What takes longer than this will never be done.
const PATIENCE: Duration = Duration::from_mins(3);

/// `glans worker` over the database of a world. It ends with the test.
struct Working(Child);

impl Working {
    fn start(folder: &Path, world: &World) -> Self {
        let config = &world.app.config;
        let child = cli::glans(folder, &["worker"])
            .env("GLANS_DATABASE_URL", &config.database_url)
            .env("GLANS_SECRET_KEY", config.secret_key.as_deref().expect("a key"))
            .env("GLANS_WEBHOOKS_ALLOW_HTTP", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("a process"))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            eprintln!("a process stays: {error}");
        }
    }
}

/// How far the export and the deliveries are.
#[derive(Debug)]
struct Standing {
    export: ExportState,
    blocks: u64,
    sending: u64,
    delivered: u64,
}

impl Standing {
    async fn of(world: &World, id: ExportId) -> Self {
        let db = world.app.db.read(&Scope::system(today(world.app.clock.now()))).await.unwrap();
        let in_state = async |state: WebhookState| {
            let rows = webhook_delivery::Entity::find().filter(webhook_delivery::Column::State.eq(state));
            rows.count(&db).await.unwrap()
        };
        let (sending, delivered) = (in_state(WebhookState::Sending).await, in_state(WebhookState::Delivered).await);
        let export = export::Entity::find_by_id(id).one(&db).await.unwrap().expect("the export").state;
        let blocks = export_chunk::Entity::find().filter(export_chunk::Column::ExportId.eq(id));
        let blocks = blocks.count(&db).await.unwrap();
        Self { export, blocks, sending, delivered }
    }

    fn is_done(&self) -> bool {
        self.export == ExportState::Ready && self.delivered == LESSONS as u64
    }

    /// Waits until it stands as wanted, or all is done.
    async fn wait(world: &World, id: ExportId, wanted: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        loop {
            let standing = Self::of(world, id).await;
            if wanted(&standing) || standing.is_done() {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{standing:?}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The leases of who was killed run out.
async fn run_out(world: &World) {
    let (db, past) = (world.writing().await, world.app.clock.now() - TimeDelta::seconds(1));
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::LeasedUntil, Expr::value(past))
        .filter(webhook_delivery::Column::State.eq(WebhookState::Sending))
        .exec(&db)
        .await
        .unwrap();
    export::Entity::update_many()
        .col_expr(export::Column::LeasedUntil, Expr::value(past))
        .filter(export::Column::State.eq(ExportState::Running))
        .exec(&db)
        .await
        .unwrap();
    world.written(db).await;
}

/// Figures for a file of many blocks.
async fn sow(world: &World) {
    let ours = &world.ours;
    let schools: Vec<Uuid> = (0..SCHOOLS).map(|_| Uuid::now_v7()).collect();
    let first: NaiveDate = "2026-08-03".parse().unwrap();
    world
        .sow(ours, async |sower| {
            let mut figures = Vec::new();
            for metric in Metric::iter() {
                for week in 0..WEEKS {
                    let of_school = |school: &Uuid| figure::Model {
                        parent_id: ours.clusters[0].0,
                        ..sower.figure(metric, Level::School, *school, first + Days::new(7 * week))
                    };
                    figures.extend(schools.iter().map(of_school));
                }
            }
            sower.figures(figures).await;
        })
        .await;
}

async fn started(admin: &Actor, world: &World) -> ExportId {
    let input = json!({
        "scope": world.ours.id, "from": "2026-08-03", "to": "2027-08-01", "breakdown": "SCHOOL", "format": "CSV",
    });
    let reply = admin.does("exportStart", "metricExport { id }", input).await;
    reply.text_at("exportStart.metricExport.id").parse().unwrap()
}

async fn what_a_process_had_in_hand_when_it_was_killed_is_done_by_the_next(world: &World) {
    let (stage, folder) = (Stage::set(world).await, tempfile::tempdir().unwrap());
    stage.gateway.set_latency(Duration::from_millis(200));
    let made = stage.endpoint("ok-1").await;
    // What a process publishes of itself is there before what is sown.
    rollups::round(&world.app).await.unwrap();
    sow(world).await;
    let admin = world.actor(Who::Admin).await;
    let id = started(&admin, world).await;
    for _ in 0..LESSONS {
        stage.taught().await;
    }

    for kill in 0..3 {
        let working = Working::start(folder.path(), world);
        match kill {
            // Twice: the third time it is begun is the last.
            0 | 1 => Standing::wait(world, id, |now| now.export == ExportState::Running && now.blocks > 0).await,
            _ => Standing::wait(world, id, |now| now.export == ExportState::Ready && now.sending > 0).await,
        }
        drop(working);
        run_out(world).await;
    }
    let working = Working::start(folder.path(), world);
    Standing::wait(world, id, Standing::is_done).await;
    drop(working);

    assert_eq!(fates(world, made.id).await.len(), LESSONS);
    let db = world.writing().await;
    assert_eq!(webhook_event::Entity::find().count(&db).await.unwrap(), LESSONS as u64 + SOWN);
    world.written(db).await;
    let told = stage.gateway.hooked("ok-1");
    let ids: BTreeSet<&str> = told.iter().map(|hooked| hooked.id.as_str()).collect();
    let whole: BTreeSet<(&str, &str)> = told.iter().map(|hooked| (hooked.id.as_str(), hooked.body.as_str())).collect();
    assert_eq!((ids.len(), whole.len()), (LESSONS, LESSONS), "each arrived, under one id and with one body");

    let text = async |id: ExportId| admin.gets(&format!("/exports/{id}")).await.text;
    let undisturbed = started(&admin, world).await;
    assert_eq!(exports::round(&world.app).await.unwrap(), 1);
    let file = text(id).await;
    assert!(file == text(undisturbed).await, "the same file, to the byte");
    let rows = "query($id: ID!) { metricExport(id: $id) { rowCount } }";
    let rows = admin.asks_with(rows, json!({ "id": id })).await.at("metricExport.rowCount").clone();
    assert_eq!(rows, Value::from(file.lines().count() - 1));
    // The world has some of its own.
    assert!(rows.as_u64() > Some((Metric::iter().count() * SCHOOLS) as u64 * WEEKS));
}

on_each_database!(what_a_process_had_in_hand_when_it_was_killed_is_done_by_the_next);
