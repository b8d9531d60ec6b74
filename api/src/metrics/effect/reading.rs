//! What is read for an effect: who may ask, who got the lesson when, and the weeks round it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::{BoardId, ClusterId, LessonId, SchoolId, parse_any};
use glans_entity::metrics::{Level, Metric, Span};
use glans_entity::scope::Scope;
use sea_orm::{ActiveEnum, ConnectionTrait};
use uuid::Uuid;

use super::interval;
use super::rules::{self, Reading, School, Teaching};
use super::store::{self, Figure, Site, Subject};
use crate::call::{Call, today};
use crate::metrics::engagement::{Ask, Breakdown, Counts};
use crate::metrics::queries::{self, Asked};
use crate::metrics::{periods, published};
use crate::platform::error::{Code, Error, Result, coded};

/// As long before and after the lessons figures are read.
const AROUND: TimeDelta = TimeDelta::weeks(4);

/// The effect of a lesson on a metric among the schools of a board or cluster.
///
/// # Errors
/// `NOT_FOUND` for a place of which the viewer does not see the figures of all schools, and for a lesson that is out of
/// sight or not published.
pub(super) async fn effect(call: &Call, lesson: &str, metric: Metric, scope: &str) -> Result<Reading> {
    call.signed_in()?;
    let seen = call.scope();
    let db = call.read().await?;
    let site = site(&*db, &seen, scope).await?.ok_or_else(unseen)?;
    let subject = subject(&*db, &seen, lesson).await?.ok_or_else(unseen)?;
    // Who sees the figures of a place need not see its cohorts: when a school got the lesson leaves here in means only.
    let inside = Scope { boards: vec![site.board], people_boards: vec![site.board], ..Scope::nothing(call.today()) };
    let teachings =
        teachings(&store::held(&*db, &inside, subject).await?, &store::taught(&*db, &inside, subject).await?);
    let schools = store::followers(&*db, &inside, subject).await?;
    let known = periods::start(Span::Week, call.today()) - TimeDelta::weeks(1);
    let weeks = around(&teachings);
    note(call, site, metric, weeks.unwrap_or((known, known))).await?;
    let figures = match weeks {
        Some(weeks) => {
            let db = published::snapshot(call.app(), &seen, db, &BTreeSet::from([site.board])).await?;
            store::figures(&*db, &seen, site, metric, &schools, weeks).await?
        }
        None => Vec::new(),
    };
    let schools = put_together(&schools, &teachings, figures);
    Ok(rules::read(&schools, known, seed(site, subject, metric)))
}

/// As a question for the weeks of the schools.
async fn note(call: &Call, site: Site, metric: Metric, (from, to): (NaiveDate, NaiveDate)) -> Result<()> {
    let ask = Ask { metrics: vec![metric], from, to, span: Span::Week, breakdown: Breakdown::School };
    let (scope_id, scope_kind) = match site.cluster {
        Some(cluster) => (cluster.0, Level::Cluster),
        None => (site.board.0, Level::Board),
    };
    queries::make_room(call, site.board).await?;
    queries::note(call, &Asked { board: site.board, scope_id, scope_kind, ask: &ask })
}

fn unseen() -> Error {
    coded(Code::NotFound, "There is no such lesson, or no board or cluster of which you see figures. Check the ids.")
}

/// The board or cluster, if the viewer sees figures of it.
async fn site(db: &impl ConnectionTrait, seen: &Scope, scope: &str) -> Result<Option<Site>> {
    match parse_any(scope) {
        Some((BoardId::PREFIX, id)) => {
            let board = BoardId(id);
            Ok(seen.measured_boards.contains(&board).then_some(Site { board, cluster: None }))
        }
        Some((ClusterId::PREFIX, id)) => store::cluster(db, seen, ClusterId(id)).await,
        _ => Ok(None),
    }
}

async fn subject(db: &impl ConnectionTrait, seen: &Scope, lesson: &str) -> Result<Option<Subject>> {
    match lesson.parse::<LessonId>() {
        Ok(id) => store::subject(db, seen, id).await,
        Err(_) => Ok(None),
    }
}

/// From the first session that was held to the week in which the team had the lesson. Of a school that got it in two
/// cohorts, the first time counts.
fn teachings(held: &[(SchoolId, DateTime<Utc>)], taught: &[(SchoolId, DateTime<Utc>)]) -> BTreeMap<SchoolId, Teaching> {
    let week = |at: DateTime<Utc>| periods::start(Span::Week, today(at));
    let mut teachings: BTreeMap<SchoolId, Teaching> = BTreeMap::new();
    for (school, at) in held.iter().chain(taught) {
        let first = week(*at);
        let teaching = teachings.entry(*school).or_insert(Teaching { first, last: None });
        teaching.first = teaching.first.min(first);
    }
    for (school, at) in taught {
        let had = week(*at);
        if let Some(teaching) = teachings.get_mut(school) {
            teaching.last = Some(teaching.last.map_or(had, |last| last.min(had)));
        }
    }
    teachings
}

/// The first and the last week that is needed; none where no school got the lesson.
fn around(teachings: &BTreeMap<SchoolId, Teaching>) -> Option<(NaiveDate, NaiveDate)> {
    let over = || teachings.values().filter_map(|teaching| Some((teaching.first, teaching.last?)));
    let first = over().map(|(first, _)| first).min()?;
    let last = over().map(|(_, last)| last).max()?;
    Some((first - AROUND, last + AROUND))
}

/// The schools with their values by week. One that was in two clusters in a week has a figure for each, which are added
/// up.
fn put_together(schools: &[SchoolId], teachings: &BTreeMap<SchoolId, Teaching>, figures: Vec<Figure>) -> Vec<School> {
    let mut counts: BTreeMap<Uuid, BTreeMap<NaiveDate, Counts>> = BTreeMap::new();
    for (school, week, numerator, denominator) in figures {
        let counted = counts.entry(school).or_default().entry(week).or_default();
        counted.numerator += numerator;
        counted.denominator += denominator;
    }
    let weeks = |school: &SchoolId| {
        let counted = counts.get(&school.0).into_iter().flatten();
        counted.filter_map(|(week, counts)| Some((*week, counts.value()?))).collect()
    };
    let school = |id: &SchoolId| School { id: id.0, teaching: teachings.get(id).copied(), weeks: weeks(id) };
    schools.iter().map(school).collect()
}

/// The same question has the same answer.
fn seed(site: Site, subject: Subject, metric: Metric) -> u64 {
    let place = site.cluster.map_or(site.board.0, |cluster| cluster.0);
    interval::seed(&[place.as_bytes(), subject.lesson.0.as_bytes(), metric.to_value().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_team_has_the_lesson_from_its_first_session_to_its_last() {
        let schools = [SchoolId::new(), SchoolId::new(), SchoolId::new()];
        let held = [
            (schools[0], at("2026-10-14T13:00:00Z")),
            (schools[0], at("2026-10-07T13:00:00Z")),
            (schools[1], at("2026-11-02T13:00:00Z")),
        ];
        // Sunday in Greenwich, Monday in the Netherlands.
        let taught = [
            (schools[0], at("2026-10-14T15:00:00Z")),
            (schools[2], at("2026-11-15T23:30:00Z")),
            (schools[2], at("2027-02-01T15:00:00Z")),
        ];
        let found = teachings(&held, &taught);
        let of = |at: usize| found[&schools[at]];
        assert_eq!(of(0), Teaching { first: day("2026-10-05"), last: Some(day("2026-10-12")) });
        assert_eq!(of(1), Teaching { first: day("2026-11-02"), last: None });
        assert_eq!(of(2), Teaching { first: day("2026-11-16"), last: Some(day("2026-11-16")) });
        assert_eq!(around(&found), Some((day("2026-09-07"), day("2026-12-14"))));
        assert_eq!(around(&teachings(&held[2..], &[])), None);
    }

    #[test]
    fn nothing_counted_is_nothing_known() {
        let school = SchoolId::new();
        let week = day("2026-10-05");
        let figures = vec![
            (school.0, week, 3, 10),
            (school.0, week, 5, 10),
            (school.0, day("2026-10-12"), 0, 0),
            (SchoolId::new().0, week, 1, 1),
        ];
        let schools = put_together(&[school], &BTreeMap::new(), figures);
        assert_eq!(schools, [School { id: school.0, teaching: None, weeks: [(week, 0.4)].into() }]);
    }
}
