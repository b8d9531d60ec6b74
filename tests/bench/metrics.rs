//! What a director pays for twelve weeks of all schools of a cluster, and that it is the same however many facts are
//! behind the figures.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use glans::app::App;
use glans::call::{begin, today};
use glans_entity::ids::{AccountId, BoardId, ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, fact, figure};
use glans_entity::organisation::school;
use glans_entity::people::{Role, ScopeKind, membership, person};
use glans_entity::scope::Scope;
use glans_tests::Engine;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::load::{self, Measure};
use crate::screens::Screen;
use crate::server::{self, Server};

const METRICS: [Metric; 6] = [
    Metric::Reach,
    Metric::Confirmation,
    Metric::TwoWay,
    Metric::StaffReply,
    Metric::ConversationCoverage,
    Metric::FullEngagement,
];
/// A Monday, after all that the load data has.
const FIRST_WEEK: &str = "2040-01-02";
const WEEKS: u64 = 12;
/// Of a school, week and metric.
const FACTS: usize = 25;
/// Rows of one statement: SQLite takes some thirty thousand values.
const AT_ONCE: usize = 2_000;
/// How many times the facts of the first measurement are added for the second: ten times as many in all.
const MORE: usize = 9;

/// A cluster, and who directs it.
struct Place {
    account: AccountId,
    board: BoardId,
    cluster: ClusterId,
    schools: Vec<SchoolId>,
}

pub(crate) fn head() {
    println!(
        "{:<11}{:>9}{:>9}{:>12}{:>10}{:>10}{:>8}{:>8}",
        "", "schools", "points", "facts", "p50 ms", "p99 ms", "SQL", "ratio"
    );
}

/// Measures it with so many facts and with ten times as many, and prints a line for each.
pub(crate) async fn measure(engine: Engine, url: &str, time: Duration) {
    let app = server::app(url).await;
    let place = Place::largest(&app).await;
    let db = writing(&app).await;
    place.sow_figures(&db).await;
    db.commit().await.expect("figures");
    let screen = Screen::of("engagement", place.document(), &[(place.account, place.board)], url, String::new()).await;
    let mut first = None;
    let mut facts = 0;
    for times in [1, MORE] {
        facts += place.sow_facts(&app, times).await;
        if engine == Engine::Postgres {
            // What it finds out by itself of a database that was not filled a moment ago.
            app.db.connection().execute_unprepared("ANALYZE").await.expect("a database of ours");
        }
        let statements = screen.statements(url).await;
        let (points, measured) = ask(&screen, url, time).await;
        let median = milliseconds(measured.median);
        println!(
            "{:<11}{:>9}{points:>9}{facts:>12}{median:>10.2}{:>10.2}{statements:>8}{:>8.2}",
            engine.to_string(),
            place.schools.len(),
            milliseconds(measured.p99),
            median / *first.get_or_insert(median),
        );
    }
}

/// How many points an answer has, and how long one caller waits for it.
async fn ask(screen: &Screen, url: &str, time: Duration) -> (usize, Measure) {
    let server = Server::start("glans", url);
    let call = Arc::new(screen.of_api(&server.address));
    let answer: Value = serde_json::from_str(&crate::warm(&call).await).expect("an answer is JSON");
    let series = answer["data"]["engagement"]["series"].as_array().expect("a report has series");
    let points = series.iter().filter_map(|one| one["points"].as_array()).map(Vec::len).sum();
    (points, load::measure(&call, 1, time, &[server.process()]).await)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn weeks() -> impl Iterator<Item = NaiveDate> {
    let first: NaiveDate = FIRST_WEEK.parse().expect("a day");
    (0..WEEKS).map(move |week| first + Days::new(7 * week))
}

async fn writing(app: &App) -> DatabaseTransaction {
    app.db.write(&Scope::system(today(app.clock.now()))).await.expect("a transaction")
}

impl Place {
    /// The cluster of most schools that somebody with a login directs.
    async fn largest(app: &App) -> Self {
        let db = app.db.read(&Scope::system(today(app.clock.now()))).await.expect("a snapshot");
        let directors = membership::Entity::find()
            .filter(membership::Column::Role.eq(Role::ClusterDirector))
            .filter(membership::Column::ScopeKind.eq(ScopeKind::Cluster))
            .all(&db)
            .await
            .expect("memberships");
        let mut places = Vec::new();
        for row in directors {
            let cluster = ClusterId(row.scope_id);
            let own = person::Entity::find_by_id(row.person_id).one(&db).await.expect("persons").expect("a director");
            let schools: Vec<SchoolId> = school::Entity::find()
                .select_only()
                .column(school::Column::Id)
                .filter(school::Column::ClusterId.eq(cluster))
                .into_tuple()
                .all(&db)
                .await
                .expect("schools");
            places.extend(own.account_id.map(|account| Self { account, board: row.board_id, cluster, schools }));
        }
        places.into_iter().max_by_key(|place| place.schools.len()).expect("a cluster with a director")
    }

    /// The question, with what it asks for in it.
    fn document(&self) -> String {
        let last = weeks().last().expect("a week") + Days::new(6);
        format!(
            "{{ engagement(scope: \"{}\", input: {{
                metrics: [REACH, CONFIRMATION, TWO_WAY, STAFF_REPLY, CONVERSATION_COVERAGE, FULL_ENGAGEMENT]
                from: \"{FIRST_WEEK}\", to: \"{last}\", interval: WEEK, breakdown: SCHOOL
            }}) {{ series {{ metric group {{ id name }} points {{
                periodStart value numerator denominator unknown suppressed }} }} }} }}",
            self.cluster
        )
    }

    async fn sow_figures(&self, db: &DatabaseTransaction) {
        for metric in METRICS {
            for starts_on in weeks() {
                let row = |school: &SchoolId| figure::Model {
                    board_id: self.board,
                    span: Span::Week,
                    metric,
                    level: Level::School,
                    language: String::new(),
                    starts_on,
                    parent_id: self.cluster.0,
                    place_id: school.0,
                    version: 1,
                    numerator: 150,
                    denominator: 200,
                    unknown: 0,
                    inside: None,
                    outside: None,
                };
                let rows = self.schools.iter().map(row).map(IntoActiveModel::into_active_model);
                figure::Entity::insert_many(rows).exec_without_returning(db).await.expect("figures");
            }
        }
    }

    /// Facts of these weeks and schools, so many times; how many there are of them.
    async fn sow_facts(&self, app: &App, times: usize) -> usize {
        let mut written = 0;
        for metric in METRICS {
            let db = writing(app).await;
            for day in weeks() {
                let of_school = |school: &SchoolId| (0..FACTS * times).map(move |_| *school).collect::<Vec<_>>();
                let schools: Vec<SchoolId> = self.schools.iter().flat_map(of_school).collect();
                for schools in schools.chunks(AT_ONCE) {
                    let rows = schools.iter().map(|school| self.fact(metric, *school, day).into_active_model());
                    fact::Entity::insert_many(rows).exec_without_returning(&db).await.expect("facts");
                    written += schools.len();
                }
            }
            db.commit().await.expect("facts");
        }
        written
    }

    fn fact(&self, metric: Metric, school: SchoolId, day: NaiveDate) -> fact::Model {
        fact::Model {
            metric,
            item_id: Uuid::now_v7(),
            subject_id: Uuid::now_v7(),
            board_id: self.board,
            cluster_id: self.cluster,
            school_id: school,
            class_group_id: ClassGroupId(Uuid::nil()),
            language: "nl".to_owned(),
            day,
            counts_at: begin(day) + TimeDelta::hours(72),
            numerator: 1,
            denominator: 1,
            unknown: 0,
        }
    }
}
