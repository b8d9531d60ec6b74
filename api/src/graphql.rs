//! The schema: the roots of the slices, merged, and what costs by its input. Nothing else.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder};
use chrono::{DateTime, Utc};

use crate::calendar::{CalendarMutation, CalendarQuery};
use crate::engagement::absences::AbsenceMutation;
use crate::engagement::agreements::AgreementMutation;
use crate::engagement::announcements::{AnnouncementMutation, AnnouncementQuery};
use crate::engagement::appointments::AppointmentQuery;
use crate::engagement::awaiting::AwaitingQuery;
use crate::engagement::bookings::{BookingMutation, BookingQuery};
use crate::engagement::consents::ConsentMutation;
use crate::engagement::contact::{ConcernMutation, ConcernQuery, ContactMomentMutation, ContactMomentQuery};
use crate::engagement::contact_rules::ContactRulesMutation;
use crate::engagement::conversations::ConversationMutation;
use crate::engagement::events::{EventMutation, EventQuery};
use crate::engagement::feed::{FeedMutation, FeedQuery};
use crate::engagement::goals::GoalMutation;
use crate::engagement::partnerships::PartnershipMutation;
use crate::engagement::surveys::{SurveyMutation, SurveyQuery};
use crate::engagement::threads::{MessageSubscription, ThreadMutation, ThreadQuery};
use crate::http::hardened;
use crate::identity::clients::{ApiClientMutation, ApiClientQuery};
use crate::identity::invitations::InvitationMutation;
use crate::identity::memberships::MembershipMutation;
use crate::identity::passwords::PasswordMutation;
use crate::identity::profile::ProfileMutation;
use crate::identity::sessions::SessionMutation;
use crate::identity::viewer::ViewerQuery;
use crate::limits::LimitsQuery;
use crate::metrics::effect::LessonEffectQuery;
use crate::metrics::engagement::{EngagementQuery, REPORTS};
use crate::metrics::exports::{MetricExportMutation, MetricExportQuery};
use crate::metrics::queries::MetricLogQuery;
use crate::metrics::webhooks::{WebhookMutation, WebhookQuery};
use crate::metrics::worklist::WorklistQuery;
use crate::node::NodeQuery;
use crate::notifications::dead::{DeadDeliveryMutation, DeadDeliveryQuery};
use crate::notifications::devices::DeviceMutation;
use crate::notifications::inbox::{NotificationMutation, NotificationQuery, NotificationSubscription};
use crate::notifications::preferences::{PreferenceMutation, PreferenceQuery};
use crate::organisation::boards::{BoardMutation, BoardQuery};
use crate::organisation::class_groups::{ClassGroupMutation, ClassGroupQuery};
use crate::organisation::clusters::{ClusterMutation, ClusterQuery};
use crate::organisation::school_years::SchoolYearMutation;
use crate::organisation::schools::{SchoolMutation, SchoolQuery};
use crate::people::enrolments::EnrolmentMutation;
use crate::people::erasure::ErasureMutation;
use crate::people::guardianships::GuardianshipMutation;
use crate::people::persons::PersonMutation;
use crate::people::students::{StudentMutation, StudentQuery};
use crate::platform::size::ByInput;
use crate::practice::cohorts::{CohortMutation, CohortQuery};
use crate::practice::experiences::ExperienceMutation;
use crate::practice::meetings::MeetingMutation;
use crate::practice::occasions::{OccasionMutation, OccasionQuery};
use crate::practice::progress::{ProgressMutation, ProgressSubscription};
use crate::practice::succession::SuccessionMutation;
use crate::practice::team_sessions::TeamSessionMutation;
use crate::programme::{ProgrammeMutation, ProgrammeQuery};
use crate::replay::Replays;
use crate::roster::{RosterMutation, RosterQuery, RosterSubscription};
use crate::sync::{SyncMarks, SyncQuery};
use crate::turns::InTurns;
use crate::uploads::UploadMutation;

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    LimitsQuery,
    ViewerQuery,
    ApiClientQuery,
    BoardQuery,
    ClusterQuery,
    SchoolQuery,
    ClassGroupQuery,
    StudentQuery,
    ProgrammeQuery,
    CohortQuery,
    OccasionQuery,
    CalendarQuery,
    FeedQuery,
    AwaitingQuery,
    AppointmentQuery,
    BookingQuery,
    EventQuery,
    RosterQuery,
    MetricExportQuery,
    AnnouncementQuery,
    SurveyQuery,
    SyncQuery,
    ThreadQuery,
    ContactMomentQuery,
    ConcernQuery,
    EngagementQuery,
    WorklistQuery,
    NotificationQuery,
    DeadDeliveryQuery,
    PreferenceQuery,
    MetricLogQuery,
    LessonEffectQuery,
    WebhookQuery,
);

/// What can be changed. The fields of one request run one after another.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SessionMutation,
    PasswordMutation,
    InvitationMutation,
    MembershipMutation,
    ProfileMutation,
    ApiClientMutation,
    BoardMutation,
    ClusterMutation,
    SchoolMutation,
    SchoolYearMutation,
    ClassGroupMutation,
    PersonMutation,
    ErasureMutation,
    StudentMutation,
    EnrolmentMutation,
    GuardianshipMutation,
    ProgrammeMutation,
    CohortMutation,
    SuccessionMutation,
    MeetingMutation,
    TeamSessionMutation,
    ExperienceMutation,
    OccasionMutation,
    CalendarMutation,
    ProgressMutation,
    PartnershipMutation,
    ConversationMutation,
    AgreementMutation,
    GoalMutation,
    FeedMutation,
    BookingMutation,
    EventMutation,
    AbsenceMutation,
    ConsentMutation,
    RosterMutation,
    UploadMutation,
    MetricExportMutation,
    AnnouncementMutation,
    SurveyMutation,
    ContactRulesMutation,
    ThreadMutation,
    ContactMomentMutation,
    ConcernMutation,
    NotificationMutation,
    DeadDeliveryMutation,
    DeviceMutation,
    PreferenceMutation,
    WebhookMutation,
);

/// What can be followed. A subscription asks for one field.
#[derive(MergedSubscription, Default)]
pub struct Subscription(RosterSubscription, ProgressSubscription, MessageSubscription, NotificationSubscription);

/// The schema of the API.
pub type GlansSchema = Schema<Query, Mutation, Subscription>;

/// What costs more the more is asked of it.
pub const BY_INPUT: [ByInput; 1] = [REPORTS];

/// What the library says of `DateTime` is for who writes Rust.
const INSTANT: &str = "An instant, as `2026-09-01T06:30:00+00:00` (RFC 3339). Answers are in UTC; input may have any \
                       offset.";

/// The roots, with a description of everything.
pub fn described() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .override_output_type_description::<DateTime<Utc>>(INSTANT)
}

/// The schema as `schema.graphql` has it.
pub fn schema() -> GlansSchema {
    hardened(described()).extension(Replays).extension(SyncMarks).extension(InTurns).finish()
}

/// The SDL, sorted, as it is served and committed.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    schema().sdl_with_options(options)
}
