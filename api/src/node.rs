//! Any object by its id.

use std::hash::Hash;

use async_graphql::dataloader::Loader;
use async_graphql::futures_util::future::BoxFuture;
use async_graphql::{Context, ID, Interface, Object};
use glans_entity::ids::{
    AbsenceNoticeId, AccessLogEntryId, AccountId, AgreementId, AnnouncementId, ApiClientId, BoardId, BookingRoundId,
    ClassGroupId, ClusterId, CohortId, CommentId, ConcernId, ConsentId, ConsentPurposeId, ContactMomentId,
    ConversationId, DeliveryId, DeviceId, EventId, ExperienceId, ExportId, GoalId, GuardianshipId, LessonId,
    MaterialId, MeetingId, MembershipId, MessageId, MetricQueryId, ModuleId, NotificationId, PartnershipId, PersonId,
    ProgrammeId, ProgrammeVersionId, ProgrammeYearId, RosterImportId, SchoolCohortId, SchoolId, SchoolYearId,
    SessionId, SlotId, StudentId, SurveyId, SurveyQuestionId, TeamSessionId, ThreadId, WebhookDeliveryId,
    WebhookEndpointId, parse_any,
};
use serde_json::Value;
use uuid::Uuid;

use crate::call::Call;
use crate::engagement::absences::AbsenceNotice;
use crate::engagement::agreements::Agreement;
use crate::engagement::announcements::Announcement;
use crate::engagement::bookings::{BookingRound, Slot};
use crate::engagement::consents::{Consent, ConsentPurpose};
use crate::engagement::contact::{Concern, ContactMoment};
use crate::engagement::conversations::Conversation;
use crate::engagement::events::Event;
use crate::engagement::goals::Goal;
use crate::engagement::partnerships::Partnership;
use crate::engagement::surveys::{Survey, SurveyQuestion};
use crate::engagement::threads::{Message, Thread};
use crate::identity::clients::ApiClient;
use crate::identity::sessions::types::Session;
use crate::identity::viewer::Viewer;
use crate::loaders::{self, Batch, BatchError};
use crate::metrics::exports::MetricExport;
use crate::metrics::queries::MetricQuery;
use crate::metrics::webhooks::{WebhookDelivery, WebhookEndpoint};
use crate::notifications::dead::DeadDelivery;
use crate::notifications::devices::Device;
use crate::notifications::inbox::Notification;
use crate::organisation::boards::Board;
use crate::organisation::class_groups::ClassGroup;
use crate::organisation::clusters::Cluster;
use crate::organisation::school_years::SchoolYear;
use crate::organisation::schools::School;
use crate::people::access_log::AccessLogEntry;
use crate::people::guardianships::Guardianship;
use crate::people::memberships::Membership;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::{Code, Result, coded};
use crate::practice::cohorts::{Cohort, SchoolCohort};
use crate::practice::experiences::{Comment, Experience};
use crate::practice::meetings::Meeting;
use crate::practice::team_sessions::TeamSession;
use crate::programme::content::{Part, Place};
use crate::programme::query as courses;
use crate::programme::types::{Lesson, Material, Module, Programme, ProgrammeEdition, ProgrammeYear};
use crate::roster::RosterImport;

/// Ids in one `nodes` at most.
const LARGEST_BATCH: usize = 100;

/// Anything with an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, sortable by time of making."))]
pub enum Node {
    Board(Board),
    Cluster(Cluster),
    School(School),
    SchoolYear(SchoolYear),
    ClassGroup(ClassGroup),
    Person(Person),
    Membership(Membership),
    Student(Student),
    Guardianship(Guardianship),
    Programme(Programme),
    ProgrammeEdition(ProgrammeEdition),
    ProgrammeYear(ProgrammeYear),
    Module(Module),
    Lesson(Lesson),
    Material(Material),
    Cohort(Cohort),
    SchoolCohort(SchoolCohort),
    Meeting(Meeting),
    TeamSession(TeamSession),
    Experience(Experience),
    Comment(Comment),
    Partnership(Partnership),
    Conversation(Conversation),
    Agreement(Agreement),
    Goal(Goal),
    Announcement(Announcement),
    Survey(Survey),
    SurveyQuestion(SurveyQuestion),
    Thread(Thread),
    Message(Message),
    ContactMoment(ContactMoment),
    Concern(Concern),
    BookingRound(BookingRound),
    Slot(Slot),
    Event(Event),
    AbsenceNotice(AbsenceNotice),
    ConsentPurpose(ConsentPurpose),
    Consent(Consent),
    Notification(Notification),
    RosterImport(RosterImport),
    MetricExport(MetricExport),
    ApiClient(ApiClient),
    Session(Session),
    Device(Device),
    WebhookEndpoint(WebhookEndpoint),
    WebhookDelivery(WebhookDelivery),
    AccessLogEntry(AccessLogEntry),
    DeadDelivery(DeadDelivery),
    MetricQuery(MetricQuery),
    Viewer(Viewer),
}

/// The objects of one type, in the order of their ids; none for one that the viewer may not see.
pub async fn of_type(ctx: &Context<'_>, prefix: &str, ids: &[Uuid]) -> Result<Vec<Option<Node>>> {
    let found = of_known_type(ctx, prefix, ids).await?;
    Ok(found.unwrap_or_else(|| ids.iter().map(|_| None).collect()))
}

/// Whether the viewer may see now all objects whose rows are in `kept`, which an act answered with. A row that is no object
/// of its own goes with those that it stands beside.
pub async fn in_sight(ctx: &Context<'_>, kept: &Value) -> Result<bool> {
    let known = rows_in(kept).into_iter().filter_map(parse_any).collect();
    for (prefix, wanted) in loaders::group(known, |(prefix, _)| *prefix) {
        let ids: Vec<Uuid> = wanted.into_iter().map(|(_, id)| id).collect();
        let found = of_known_type(ctx, prefix, &ids).await?;
        if found.is_some_and(|nodes| nodes.iter().any(Option::is_none)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The ids of the rows in `kept`. An id that stands by itself shows nothing: who shows more looks it up.
fn rows_in(kept: &Value) -> Vec<&str> {
    match kept {
        // What a school has one of has no id of its own.
        Value::Object(fields) => match fields.get("id").or_else(|| fields.get("school_id")) {
            Some(Value::String(id)) => vec![id],
            _ => fields.values().flat_map(rows_in).collect(),
        },
        Value::Array(values) => values.iter().flat_map(rows_in).collect(),
        _ => Vec::new(),
    }
}

/// As [`of_type`]; none when objects of this type are not found by id.
///
/// The future has a type of one word: all objects lie under it, and the compiler would go through all of them for everybody
/// who awaits it.
fn of_known_type<'c>(
    ctx: &'c Context<'_>,
    prefix: &'c str,
    ids: &'c [Uuid],
) -> BoxFuture<'c, Result<Option<Vec<Option<Node>>>>> {
    Box::pin(found(ctx, prefix, ids))
}

async fn found(ctx: &Context<'_>, prefix: &str, ids: &[Uuid]) -> Result<Option<Vec<Option<Node>>>> {
    let found = match prefix {
        BoardId::PREFIX => rows(ctx, ids, BoardId, Board).await,
        ClusterId::PREFIX => rows(ctx, ids, ClusterId, Cluster).await,
        SchoolId::PREFIX => rows(ctx, ids, SchoolId, School).await,
        SchoolYearId::PREFIX => rows(ctx, ids, SchoolYearId, SchoolYear).await,
        ClassGroupId::PREFIX => rows(ctx, ids, ClassGroupId, ClassGroup).await,
        PersonId::PREFIX => rows(ctx, ids, PersonId, Person).await,
        MembershipId::PREFIX => rows(ctx, ids, MembershipId, |membership: Membership| membership).await,
        StudentId::PREFIX => rows(ctx, ids, StudentId, Student).await,
        GuardianshipId::PREFIX => rows(ctx, ids, GuardianshipId, Guardianship).await,
        CohortId::PREFIX => rows(ctx, ids, CohortId, Cohort).await,
        SchoolCohortId::PREFIX => rows(ctx, ids, SchoolCohortId, SchoolCohort).await,
        MeetingId::PREFIX => rows(ctx, ids, MeetingId, Meeting).await,
        TeamSessionId::PREFIX => rows(ctx, ids, TeamSessionId, TeamSession).await,
        ExperienceId::PREFIX => rows(ctx, ids, ExperienceId, Experience).await,
        CommentId::PREFIX => rows(ctx, ids, CommentId, Comment).await,
        PartnershipId::PREFIX => rows(ctx, ids, PartnershipId, Partnership).await,
        ConversationId::PREFIX => rows(ctx, ids, ConversationId, Conversation).await,
        AgreementId::PREFIX => rows(ctx, ids, AgreementId, Agreement).await,
        GoalId::PREFIX => rows(ctx, ids, GoalId, Goal).await,
        AnnouncementId::PREFIX => rows(ctx, ids, AnnouncementId, Announcement).await,
        SurveyId::PREFIX => rows(ctx, ids, SurveyId, Survey).await,
        SurveyQuestionId::PREFIX => rows(ctx, ids, SurveyQuestionId, SurveyQuestion).await,
        ThreadId::PREFIX => rows(ctx, ids, ThreadId, Thread).await,
        MessageId::PREFIX => rows(ctx, ids, MessageId, Message).await,
        ContactMomentId::PREFIX => rows(ctx, ids, ContactMomentId, ContactMoment).await,
        ConcernId::PREFIX => rows(ctx, ids, ConcernId, Concern).await,
        BookingRoundId::PREFIX => rows(ctx, ids, BookingRoundId, BookingRound).await,
        SlotId::PREFIX => rows(ctx, ids, SlotId, Slot).await,
        EventId::PREFIX => rows(ctx, ids, EventId, Event).await,
        AbsenceNoticeId::PREFIX => rows(ctx, ids, AbsenceNoticeId, AbsenceNotice).await,
        ConsentPurposeId::PREFIX => rows(ctx, ids, ConsentPurposeId, ConsentPurpose).await,
        ConsentId::PREFIX => rows(ctx, ids, ConsentId, Consent).await,
        NotificationId::PREFIX => rows(ctx, ids, NotificationId, Notification).await,
        RosterImportId::PREFIX => rows(ctx, ids, RosterImportId, RosterImport).await,
        ExportId::PREFIX => rows(ctx, ids, ExportId, MetricExport).await,
        ApiClientId::PREFIX => rows(ctx, ids, ApiClientId, ApiClient).await,
        SessionId::PREFIX => rows(ctx, ids, SessionId, Session).await,
        DeviceId::PREFIX => rows(ctx, ids, DeviceId, Device).await,
        WebhookEndpointId::PREFIX => rows(ctx, ids, WebhookEndpointId, WebhookEndpoint).await,
        WebhookDeliveryId::PREFIX => rows(ctx, ids, WebhookDeliveryId, WebhookDelivery).await,
        AccessLogEntryId::PREFIX => rows(ctx, ids, AccessLogEntryId, AccessLogEntry).await,
        DeliveryId::PREFIX => rows(ctx, ids, DeliveryId, DeadDelivery).await,
        MetricQueryId::PREFIX => rows(ctx, ids, MetricQueryId, MetricQuery).await,
        AccountId::PREFIX => {
            let own = Call::of(ctx).scope().account;
            Ok(ids.iter().map(|id| (own == Some(AccountId(*id))).then(|| Viewer.into())).collect())
        }
        _ if OF_COURSES.contains(&prefix) => {
            let mut nodes = Vec::with_capacity(ids.len());
            for id in ids {
                nodes.push(of_course(ctx, prefix, *id).await?);
            }
            Ok(nodes)
        }
        _ => return Ok(None),
    };
    found.map(Some)
}

/// What stands in a course, and the course.
const OF_COURSES: [&str; 6] = [
    ProgrammeId::PREFIX,
    ProgrammeVersionId::PREFIX,
    ProgrammeYearId::PREFIX,
    ModuleId::PREFIX,
    LessonId::PREFIX,
    MaterialId::PREFIX,
];

async fn rows<K, N>(
    ctx: &Context<'_>,
    ids: &[Uuid],
    key: fn(Uuid) -> K,
    node: fn(<Batch as Loader<K>>::Value) -> N,
) -> Result<Vec<Option<Node>>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = BatchError>,
    N: Into<Node>,
{
    let found = loaders::many(ctx, ids.iter().copied().map(key).collect()).await?;
    Ok(ids.iter().map(|id| found.get(&key(*id)).cloned().map(|row| node(row).into())).collect())
}

/// An object of a course, which is read whole once per request.
async fn of_course(ctx: &Context<'_>, prefix: &str, uuid: Uuid) -> Result<Option<Node>> {
    Ok(match prefix {
        ProgrammeId::PREFIX => courses::programme(ctx, ProgrammeId(uuid)).await?.map(Into::into),
        ProgrammeVersionId::PREFIX => courses::edition(ctx, ProgrammeVersionId(uuid)).await?.map(Into::into),
        ProgrammeYearId::PREFIX => part(ctx, Part::Year(ProgrammeYearId(uuid))).await?,
        ModuleId::PREFIX => part(ctx, Part::Module(ModuleId(uuid))).await?,
        LessonId::PREFIX => part(ctx, Part::Lesson(LessonId(uuid))).await?,
        MaterialId::PREFIX => part(ctx, Part::Material(MaterialId(uuid))).await?,
        _ => None,
    })
}

async fn part(ctx: &Context<'_>, part: Part) -> Result<Option<Node>> {
    let found = courses::part(ctx, part).await?;
    Ok(found.map(|(view, place)| match place {
        Place::Year(at) => ProgrammeYear { view, at }.into(),
        Place::Module(at) => Module { view, at }.into(),
        Place::Lesson(at) => Lesson { view, at }.into(),
        Place::Material(at) => Material::new(view, at).into(),
    }))
}

/// Reading any object by its id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its id; null when there is none that the viewer may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of the object.")] id: ID) -> Result<Option<Node>> {
        Call::of(ctx).signed_in()?;
        let Some((prefix, uuid)) = parse_any(&id) else { return Ok(None) };
        Ok(of_type(ctx, prefix, &[uuid]).await?.pop().flatten())
    }

    /// Several objects by id, in the order of the ids, with null where there is none that the viewer may see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        Call::of(ctx).signed_in()?;
        if ids.len() > LARGEST_BATCH {
            return Err(coded(Code::BadUserInput, format!("Ask for at most {LARGEST_BATCH} ids at once.")));
        }
        let known = ids.iter().enumerate().filter_map(|(at, id)| Some((at, parse_any(id)?))).collect();
        let by_type = loaders::group(known, |(_, (prefix, _))| *prefix);
        let mut nodes: Vec<Option<Node>> = ids.iter().map(|_| None).collect();
        for (prefix, wanted) in by_type {
            let uuids: Vec<Uuid> = wanted.iter().map(|(_, (_, uuid))| *uuid).collect();
            let found = of_type(ctx, prefix, &uuids).await?;
            for ((at, _), node) in wanted.into_iter().zip(found) {
                nodes[at] = node;
            }
        }
        Ok(nodes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_kept_answer_shows_are_its_rows() {
        let row = json!({ "id": "school_1", "board_id": "board_1", "questions": [{ "id": "inner" }] });
        assert_eq!(rows_in(&row), ["school_1"]);
        assert_eq!(rows_in(&json!([row, 3])), ["school_1"]);
        assert_eq!(rows_in(&json!({ "row": row, "sealed": "x" })), ["school_1"]);
        assert_eq!(rows_in(&json!({ "school_id": "school_2", "hours": {} })), ["school_2"]);
        assert_eq!(rows_in(&json!("session_1")), Vec::<&str>::new());
        assert_eq!(rows_in(&json!({ "material": "material_1", "state": "STARTED" })), Vec::<&str>::new());
    }
}
