//! A calendar of what somebody is to come to (RFC 5545; its name and pace by RFC 7986).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use chrono::Duration;
use glans_entity::ids::{CohortId, LessonId, SchoolId};
use glans_entity::organisation::school;
use glans_entity::practice::{LessonPurpose, OccasionStatus, cohort, meeting, meeting_lesson, team_session};
use glans_entity::programme::lesson;
use icalendar::{Calendar, Event, Property};

use super::entry::Entry;
use super::{families, store};
use crate::call::Call;
use crate::loaders::{Batch, BatchError};
use crate::platform::error::{Error, Result};
use crate::practice::meetings::LessonsOf;
use crate::practice::occasions::store::{Diary, Occasions, since};

/// RFC 5545, section 3.7.3.
const PRODUCT: &str = "-//Glans//Calendar feed//NL";
/// What ended longer ago is left out.
const LOOKS_BACK: Duration = Duration::days(365);
/// Of meetings, team sessions, conversations and events in one feed: the latest of each.
const MOST: u32 = 2_000;
/// How often a calendar program is asked to look again.
const PACE: Duration = Duration::hours(1);

/// The words of a feed in one language.
struct Words {
    calendar: &'static str,
    meeting: &'static str,
    session: &'static str,
    prepares: &'static str,
    reviews: &'static str,
}

const DUTCH: Words = Words {
    calendar: "Ouderbetrokkenheid: mijn afspraken",
    meeting: "Bijeenkomst",
    session: "Teambijeenkomst",
    prepares: "Voorbereiden",
    reviews: "Ervaringen uitwisselen",
};

const ENGLISH: Words = Words {
    calendar: "Parent engagement: my appointments",
    meeting: "Meeting",
    session: "Team session",
    prepares: "Prepare",
    reviews: "Share experiences",
};

/// What the events of a feed name.
struct Names {
    language: String,
    cohorts: HashMap<CohortId, cohort::Model>,
    schools: HashMap<SchoolId, school::Model>,
    of_meetings: HashMap<LessonsOf, Vec<meeting_lesson::Model>>,
    lessons: HashMap<LessonId, lesson::Model>,
}

/// The feed of the person that calls.
pub async fn of(call: Arc<Call>) -> Result<String> {
    let (person, scope, now) = (call.person()?, call.scope(), call.now());
    let occasions = since(&*call.read().await?, &scope, &Diary::of(&person, &scope), now - LOOKS_BACK, MOST).await?;
    let names = names(Arc::clone(&call), person.language.clone(), &occasions).await?;
    let words = if names.language == "en" { ENGLISH } else { DUTCH };
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    calendar.name(words.calendar).ttl(&PACE);
    calendar.extend(occasions.0.iter().map(|row| names.meeting(&words, row)));
    calendar.extend(occasions.1.iter().map(|row| names.session(&words, row)));
    calendar.extend(families::entries(&call, &names.language, now - LOOKS_BACK, MOST).await?);
    Ok(calendar.to_string())
}

async fn names(call: Arc<Call>, language: String, (meetings, sessions): &Occasions) -> Result<Names> {
    let batch = Batch { call: Arc::clone(&call) };
    let cohorts = load(&batch, meetings.iter().map(|row| row.cohort_id)).await?;
    let schools = load(&batch, sessions.iter().map(|row| row.school_id)).await?;
    let of_meetings: HashMap<LessonsOf, Vec<meeting_lesson::Model>> =
        load(&batch, meetings.iter().map(|row| LessonsOf(row.id))).await?;
    let ids: BTreeSet<LessonId> = of_meetings
        .values()
        .flatten()
        .map(|row| row.lesson_id)
        .chain(sessions.iter().map(|row| row.lesson_id))
        .collect();
    let ids: Vec<LessonId> = ids.into_iter().collect();
    let lessons = store::lessons(&*call.read().await?, &call.scope(), &ids).await?;
    let lessons = lessons.into_iter().map(|row| (row.id, row)).collect();
    Ok(Names { language, cohorts, schools, of_meetings, lessons })
}

async fn load<K>(batch: &Batch, keys: impl Iterator<Item = K>) -> Result<HashMap<K, <Batch as Loader<K>>::Value>>
where
    K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = BatchError>,
{
    let keys: Vec<K> = keys.collect::<std::collections::HashSet<_>>().into_iter().collect();
    batch.load(&keys).await.map_err(Error::fault)
}

impl Names {
    fn lesson(&self, id: LessonId) -> &str {
        self.lessons.get(&id).map_or("", |lesson| lesson.title.in_language([self.language.as_str()]))
    }

    fn meeting(&self, words: &Words, row: &meeting::Model) -> Event {
        let cohort = self.cohorts.get(&row.cohort_id).map_or("", |cohort| cohort.name.as_str());
        let lessons = self.of_meetings.get(&LessonsOf(row.id)).map(Vec::as_slice).unwrap_or_default();
        let about = lessons.iter().map(|it| {
            let what = match it.purpose {
                LessonPurpose::Prepares => words.prepares,
                LessonPurpose::Reviews => words.reviews,
            };
            format!("{what}: {}", self.lesson(it.lesson_id))
        });
        let about: Vec<String> = about.collect();
        Event::from(Entry {
            uid: row.id.to_string(),
            span: (row.starts_at, row.ends_at),
            summary: format!("{}: {cohort}", words.meeting),
            description: about.join("\n"),
            location: row.location.as_deref(),
            is_cancelled: row.status == OccasionStatus::Cancelled,
            changed: (row.created_at, row.updated_at, row.version),
        })
    }

    fn session(&self, words: &Words, row: &team_session::Model) -> Event {
        let school = self.schools.get(&row.school_id).map_or("", |school| school.name.as_str());
        Event::from(Entry {
            uid: row.id.to_string(),
            span: (row.starts_at, row.ends_at),
            summary: format!("{}: {}", words.session, self.lesson(row.lesson_id)),
            description: school.to_owned(),
            location: row.location.as_deref(),
            is_cancelled: row.status == OccasionStatus::Cancelled,
            changed: (row.created_at, row.updated_at, row.version),
        })
    }
}
