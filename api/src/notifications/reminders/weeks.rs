//! What the schools of a cluster did with the course in a week: each Monday, to its directors.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use glans_entity::ids::{BoardId, ClusterId, SchoolId};
use glans_entity::notifications::Category;
use sea_orm::ConnectionTrait;

use super::{Done, Look, Reminder, rules, store};
use crate::notifications::occasions::{Notice, people};
use crate::notifications::telling;
use crate::notifications::texts::{Figures, Text};
use crate::platform::error::Result;

type Week = Range<DateTime<Utc>>;
/// To which cluster each school belongs.
type Schools = HashMap<SchoolId, (BoardId, ClusterId)>;

/// One for each cluster in which something happened or is overdue, and of whose week nobody was told yet. One without is `done`.
pub(super) async fn weeks(db: &impl ConnectionTrait, look: &Look, done: &mut Done) -> Result<Vec<Reminder>> {
    let of_board = |(board, zone): (&BoardId, &Tz)| (*board, rules::week(*zone, look.now));
    let mut weeks: HashMap<BoardId, Week> = look.zones.iter().map(of_board).collect();
    weeks.retain(|_, week| rules::has_come(week.end, look.now));
    if weeks.is_empty() {
        return Ok(Vec::new());
    }
    let mut due = Vec::new();
    for (week, schools) in untold(db, look, &weeks, done).await? {
        for ((board, cluster), figures) in figures(db, look, &week, &schools).await? {
            let of = of(cluster, &week);
            if figures == Figures::default() {
                done.did(Reminder::source_of(Text::ProgrammeWeek, of), look.now);
                continue;
            }
            let to = people::directors_of(&look.everywhere, cluster);
            let about = (ClusterId::PREFIX, cluster.0);
            let notice = Notice::new(Text::ProgrammeWeek, Category::Programme, about, to).counting(figures);
            due.push(Reminder::new(board, of, notice));
        }
    }
    Ok(due)
}

fn of(cluster: ClusterId, week: &Week) -> String {
    format!("{cluster}.{}", week.end.date_naive())
}

/// The schools of the clusters of which nobody was told yet, but for what is `done`, by week: boards in one time zone have the
/// same.
async fn untold(
    db: &impl ConnectionTrait,
    look: &Look,
    weeks: &HashMap<BoardId, Week>,
    done: &Done,
) -> Result<HashMap<Week, Schools>> {
    let mut by_source: HashMap<String, (Week, Schools)> = HashMap::new();
    for (board, school, cluster) in store::clusters(db, &look.everywhere).await? {
        let Some(week) = weeks.get(&board) else { continue };
        let source = Reminder::source_of(Text::ProgrammeWeek, of(cluster, week));
        if done.has(&source) {
            continue;
        }
        let (_, schools) = by_source.entry(source).or_insert_with(|| (week.clone(), Schools::new()));
        schools.insert(school, (board, cluster));
    }
    let sources: Vec<&str> = by_source.keys().map(String::as_str).collect();
    let told = telling::told_of(db, &sources).await?;
    let mut untold: HashMap<Week, Schools> = HashMap::new();
    for (source, (week, schools)) in by_source {
        if !told.contains(&source) {
            untold.entry(week).or_default().extend(schools);
        }
    }
    Ok(untold)
}

/// Of each of the clusters; nothing but zeros where there is nothing to tell.
async fn figures(
    db: &impl ConnectionTrait,
    look: &Look,
    week: &Week,
    schools: &Schools,
) -> Result<HashMap<(BoardId, ClusterId), Figures>> {
    let ids: Vec<SchoolId> = schools.keys().copied().collect();
    let taught = store::taught(db, &look.everywhere, &ids, week).await?;
    let shared = store::shared(db, &look.everywhere, &ids, week).await?;
    let overdue = store::overdue(db, &look.everywhere, &ids, week.end).await?;
    let mut figures: HashMap<(BoardId, ClusterId), Figures> =
        schools.values().map(|cluster| (*cluster, Figures::default())).collect();
    let mut add = |counts: Vec<(SchoolId, i64)>, field: fn(&mut Figures) -> &mut u32| {
        for (school, count) in counts {
            let Some(cluster) = schools.get(&school) else { continue };
            let sum = field(figures.entry(*cluster).or_default());
            *sum = sum.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    };
    add(taught, |figures| &mut figures.taught);
    add(shared, |figures| &mut figures.shared);
    add(overdue, |figures| &mut figures.overdue);
    Ok(figures)
}
