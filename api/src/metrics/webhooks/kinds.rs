//! Of what endpoints can be told, and what is said of it: ids and nothing else. For one more the index of what waits
//! (`outbox_to_hook`) is made anew.

use async_graphql::Enum;
use chrono::{DateTime, SecondsFormat, Utc};
use glans_entity::ids::SchoolId;
use serde_json::{Map, Value, json};

use crate::platform::outbox::id_in;

/// The `type` of what `webhookEndpointTest` sends.
pub(super) const TEST: &str = "webhook.test";

/// Something of which an endpoint can be told. The body has `type`, `timestamp` (when it happened) and `data` with ids;
/// what else there is to know is fetched with them.
#[derive(
    Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,
)]
pub enum WebhookEventKind {
    /// `lesson.taught`: the team of a school got a lesson. `data` has `lesson`, `school` and `schoolCohort`.
    #[strum(serialize = "lesson.taught")]
    LessonTaught,
    /// `lesson.discussed`: a meeting discussed what schools made of a lesson. `data` has `lesson`, `school` and
    /// `schoolCohort`.
    #[strum(serialize = "lesson.discussed")]
    LessonDiscussed,
    /// `engagement.period_closed`: the engagement figures of a week, month or school year are published, and what was
    /// observed 72 hours later is in them. What is recorded late, and what a survey or confirmation still waits for,
    /// may revise them: fetch the last eight weeks anew. `data` has `board`, `span` (`WEEK`, `MONTH` or `SCHOOL_YEAR`)
    /// and `startsOn`, the `periodStart` of its figures.
    #[strum(serialize = "engagement.period_closed")]
    EngagementPeriodClosed,
    /// `partnership.completed`: a child, its guardians and the school met all criteria of a school year. `data` has
    /// `partnership` and `school`, where the child was by then.
    #[strum(serialize = "partnership.completed")]
    PartnershipCompleted,
    /// `roster.imported`: a roster import was carried out. `data` has `import`. Not for clients that are narrowed to
    /// schools.
    #[strum(serialize = "roster.imported")]
    RosterImported,
    /// `person.erased`: a person was erased; forget what you keep under this id. `data` has `person`. Not for clients that
    /// are narrowed to schools.
    #[strum(serialize = "person.erased")]
    PersonErased,
}

/// Where something happened, which says which clients may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// In the board as a whole, and at none of its schools in particular.
    Board,
    /// At every school of the board.
    EverySchool,
    School(SchoolId),
}

impl WebhookEventKind {
    /// As in `type` of the body and in the outbox.
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    /// Which fields of the event are told, and under what name.
    const fn told(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::LessonTaught | Self::LessonDiscussed => {
                &[("lesson", "lesson"), ("school", "school"), ("schoolCohort", "schoolCohort")]
            }
            Self::EngagementPeriodClosed => &[("board", "board"), ("span", "span"), ("startsOn", "startsOn")],
            Self::PartnershipCompleted => &[("id", "partnership"), ("school", "school")],
            Self::RosterImported => &[("id", "import")],
            Self::PersonErased => &[("id", "person")],
        }
    }

    /// What is told of an event with this payload. Whatever else stands in it stays here.
    pub(super) fn data(self, payload: &Value) -> Map<String, Value> {
        let told = self.told().iter().filter_map(|(from, to)| {
            let value = payload.get(from).filter(|value| value.is_string())?;
            Some(((*to).to_owned(), value.clone()))
        });
        told.collect()
    }

    /// Where it happened.
    pub(super) fn reach(self, payload: &Value) -> Reach {
        if let Some(school) = id_in(payload, "school") {
            return Reach::School(school);
        }
        match self {
            Self::EngagementPeriodClosed => Reach::EverySchool,
            _ => Reach::Board,
        }
    }
}

/// What is sent, to the byte.
pub(super) fn body(kind: &str, at: DateTime<Utc>, data: &Map<String, Value>) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    json!({ "type": kind, "timestamp": at, "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::{LessonId, PartnershipId, PersonId, SchoolCohortId};
    use strum::IntoEnumIterator;

    use super::WebhookEventKind as Kind;
    use super::*;

    #[test]
    fn ids_are_told_and_nothing_else() {
        let (lesson, school, at) = (LessonId::new(), SchoolId::new(), SchoolCohortId::new());
        let payload = json!({ "lesson": lesson, "school": school, "schoolCohort": at, "by": PersonId::new(), "x": 1 });
        let data = WebhookEventKind::LessonTaught.data(&payload);
        assert_eq!(Value::Object(data), json!({ "lesson": lesson, "school": school, "schoolCohort": at }));
        let person = PersonId::new();
        let data = WebhookEventKind::PersonErased.data(&json!({ "id": person, "by": PersonId::new() }));
        assert_eq!(Value::Object(data), json!({ "person": person }));
    }

    #[test]
    fn it_is_known_where_it_happened() {
        let school = SchoolId::new();
        let at_school = json!({ "id": PartnershipId::new(), "school": school });
        let of = json!({ "id": PartnershipId::new() });
        for kind in [Kind::LessonDiscussed, Kind::PartnershipCompleted] {
            assert_eq!(kind.reach(&at_school), Reach::School(school));
        }
        assert_eq!(Kind::EngagementPeriodClosed.reach(&json!({ "board": "board_1" })), Reach::EverySchool);
        for kind in [Kind::RosterImported, Kind::PersonErased, Kind::PartnershipCompleted] {
            assert_eq!(kind.reach(&of), Reach::Board, "nobody narrowed learns of it");
        }
    }

    #[test]
    fn names_read_back() {
        for kind in WebhookEventKind::iter() {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
    }

    #[test]
    fn a_body_says_what_when_and_of_what() {
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let text = body(TEST, at, &Map::new());
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!({ "type": "webhook.test", "timestamp": "2021-02-25T15:02:10.000000Z", "data": {} }));
    }
}
