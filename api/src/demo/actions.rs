//! Filling an empty database.

use std::sync::Arc;

use chrono::NaiveDate;
use glans_entity::organisation::school;
use glans_entity::people::Role;
use glans_entity::scope::Scope;

use super::circle::{self, Cast, Team};
use super::dice::Dice;
use super::reading::Reading;
use super::story::FIRST_BOARD;
use super::{DemoAccount, Size, Story, accounts, everyday, line, store};
use crate::access::{Action, Place};
use crate::app::App;
use crate::audit;
use crate::call::Call;
use crate::engagement::partnerships::Family;
use crate::organisation::{boards, school_years};
use crate::platform::db::Database;
use crate::platform::error::{Code, Error, Result, coded};
use crate::practice::occasions::store as attendance;
use crate::practice::progress::actions::{self as progress, At};
use crate::programme::shelf::Shelf;
use crate::programme::{self, ImportError};

/// What a demo brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Filled {
    pub boards: usize,
    pub schools: usize,
    pub class_groups: usize,
    pub students: usize,
    pub persons: usize,
    pub guardianships: usize,
}

/// Whether a demo can be put into the database: nothing else may be in it.
pub async fn is_empty(app: &Arc<App>) -> Result<bool> {
    let call = Call::system(app, COMMAND);
    let snapshot = call.read().await?;
    store::is_empty(&*snapshot, &call.scope()).await
}

/// Fills an empty database with a demo of the size, and calls `told` after each school.
///
/// Each school is a transaction of its own: a load of a gigabyte does not fit into one. Stopped half-way, the next
/// attempt says that the database is not empty, and [`is_whole`] that something is missing.
pub async fn fill(app: &Arc<App>, size: Size, mut told: impl FnMut()) -> Result<Filled> {
    if !is_empty(app).await? {
        let message = "The database is not empty. Give a demo a database of its own: another --database-url, or a file that does not exist yet.";
        return Err(coded(Code::BadUserInput, message));
    }
    course(app).await?;
    let call = Call::system(app, COMMAND);
    let mut filled = Filled::default();
    let mut reading = reading(&call, size).await?;
    for mut rows in Story::new(size, call.today()) {
        rows.material_states = reading.states(&rows);
        filled.add(&rows);
        let write = call.write().await?;
        let permit = write.authorize(Action::BoardCreate, Place::default())?;
        store::insert(write.db(), &permit, rows).await?;
        write.commit().await?;
        told();
        // PostgreSQL keeps the plans by which it looks after foreign keys, and made them when there was nothing.
        if filled.schools.is_power_of_two() {
            store::analyse(app.db.connection()).await?;
        }
    }
    circles(&call, size).await?;
    families(&call, size).await?;
    let write = call.write().await?;
    audit::record(&write, None, FILLED, None).await?;
    write.commit().await?;
    store::analyse(app.db.connection()).await?;
    Ok(filled)
}

/// Whether a demo was filled to its end. Its line in the audit log is the last that [`fill`] writes.
pub async fn is_whole(app: &Arc<App>) -> Result<bool> {
    let call = Call::system(app, COMMAND);
    let snapshot = call.read().await?;
    store::is_told(&*snapshot, &call.scope(), FILLED).await
}

/// Whether the database holds a demo, or a part of one: people whose password is published.
pub async fn is_there(db: &Database, today: NaiveDate) -> Result<bool> {
    let (people, told) = traces(db, today).await?;
    Ok(people || told)
}

/// Whether the database holds a part of a demo: filling it broke off, or goes on.
pub async fn is_half(db: &Database, today: NaiveDate) -> Result<bool> {
    let (people, told) = traces(db, today).await?;
    Ok(people && !told)
}

/// Whether people of a demo are in the database, and whether it was told that it was filled to its end.
async fn traces(db: &Database, today: NaiveDate) -> Result<(bool, bool)> {
    let scope = Scope::system(today);
    let snapshot = db.read(&scope).await?;
    // The audit log is long, and has no index for what is told in it: a demo always has its board.
    let Some(board) = boards::store::by_number(&snapshot, &scope, FIRST_BOARD).await? else {
        return Ok((false, false));
    };
    let people = !store::known_persons(&snapshot, &scope, board.id).await?.is_empty();
    Ok((people, store::is_told(&snapshot, &scope, FILLED).await?))
}

/// Lets the schools of each cluster follow the course together, as far as they have somebody to lead them.
async fn circles(call: &Call, size: Size) -> Result<()> {
    let mut dice = Dice::with_seed(size.seed);
    for cast in casts(call).await? {
        let (cohort, rows) = circle::tell(&cast, &mut dice, call.now());
        let write = call.write().await?;
        let permit = write.authorize(Action::CohortCreate, Place::board(cast.board))?;
        store::insert(write.db(), &permit, rows).await?;
        progress::refresh(&write, &permit, At::Cohort(cohort)).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Lets the families of the first school go along the line through the year, and write to each other.
async fn families(call: &Call, size: Size) -> Result<()> {
    call.look_again().await;
    let (scope, today) = (call.scope(), call.today());
    let write = call.write().await?;
    let db = write.db();
    let Some(school) = store::school_of(db, &scope, accounts::address(Role::Teacher)).await? else { return Ok(()) };
    let around = store::children(db, &scope, school.id).await?;
    let ids: Vec<_> = around.iter().map(|(student, ..)| student.id).collect();
    let mut families = Family::of(db, today, &ids).await?;
    let years = school_years::store::of_boards(db, &scope, &[school.board_id]).await?;
    let Some(year) = years.iter().find(|year| year.starts_on <= today && today <= year.ends_on) else { return Ok(()) };
    let children: Vec<line::Child> = around
        .into_iter()
        .map(|(student, partnership, group, teacher)| {
            let Family { entitled, apart } = families.remove(&student.id).unwrap_or_default();
            line::Child { partnership: partnership.id, student: student.id, guardians: entitled, apart, group, teacher }
        })
        .collect();
    let setting =
        line::Setting { board: school.board_id, school: school.id, year_starts_on: year.starts_on, now: call.now() };
    let permit = write.authorize(Action::PartnershipWrite, Place::school(&school))?;
    let mut dice = Dice::with_seed(size.seed);
    store::insert(db, &permit, line::tell(setting, &children, &mut dice)).await?;
    if let Some(leader) = store::leader_of(db, &scope, school.id).await? {
        store::insert(db, &permit, everyday::tell(setting, leader, &children, &mut dice)).await?;
    }
    write.commit().await
}

async fn casts(call: &Call) -> Result<Vec<Cast>> {
    call.look_again().await;
    let (db, scope) = (call.read().await?, call.scope());
    let shelf = Arc::new(Shelf::of(call, &*db).await?);
    let gone = || Error::fault("the sample course is not there");
    let edition = shelf.current_editions().next().map(|(edition, _)| edition.clone()).ok_or_else(gone)?;
    let content = shelf.open(&*db, &edition).await?.ok_or_else(gone)?.content;
    let trainers = store::trainers(&*db, &scope).await?;
    let mut casts = Vec::new();
    for (cluster, schools) in store::clusters(&*db, &scope).await? {
        let ids: Vec<_> = schools.iter().map(|school| school.id).collect();
        let staff = attendance::staff(&*db, &scope, &ids, call.now()).await?;
        let with = |role: Role, school| {
            staff.iter().filter(move |(held, seat)| *held == role && seat.1 == school).map(|(_, seat)| seat.0)
        };
        let team = |school: &school::Model| {
            let leader = with(Role::SchoolLeader, school.id).next()?;
            Some(Team { school: school.id, leader, teachers: with(Role::Teacher, school.id).collect() })
        };
        let teams: Vec<Team> = schools.iter().filter_map(team).collect();
        if let Some(trainer) = trainers.get(&cluster.board_id).filter(|_| !teams.is_empty()) {
            let name = cluster.name.replace("Cluster", "Cohort");
            let lessons = content.lessons.iter().map(|lesson| lesson.row.id).collect();
            casts.push(Cast { board: cluster.board_id, name, trainer: *trainer, teams, edition: edition.id, lessons });
        }
    }
    Ok(casts)
}

/// Publishes the sample course to all boards; nothing where it is there already.
async fn course(app: &Arc<App>) -> Result<()> {
    match programme::import(app, programme::SAMPLE, None, true).await {
        Ok(_) => Ok(()),
        Err(ImportError::Other(error)) => Err(error),
        Err(ImportError::Document(problems)) => Err(Error::fault(problems.to_string())),
    }
}

/// The course as it is in the database.
async fn reading(call: &Call, size: Size) -> Result<Reading> {
    let snapshot = call.read().await?;
    let materials = store::materials(&*snapshot, &call.scope()).await?;
    Ok(Reading { materials, weeks: size.weeks, now: call.now(), dice: Dice::with_seed(size.seed) })
}

/// One account per role, to try a demo with; none where the database holds no demo.
pub async fn accounts(app: &Arc<App>) -> Result<Vec<DemoAccount>> {
    let call = Call::system(app, COMMAND);
    let snapshot = call.read().await?;
    let Some(board) = boards::store::by_number(&*snapshot, &call.scope(), FIRST_BOARD).await? else {
        return Ok(Vec::new());
    };
    Ok(accounts::among(&store::known_persons(&*snapshot, &call.scope(), board.id).await?))
}

const COMMAND: &str = "demo";
const FILLED: &str = "demo.filled";

impl Filled {
    fn add(&mut self, rows: &super::Rows) {
        self.boards += rows.boards.len();
        self.schools += rows.schools.len();
        self.class_groups += rows.class_groups.len();
        self.students += rows.students.len();
        self.persons += rows.persons.len();
        self.guardianships += rows.guardianships.len();
    }
}
