//! Two boards with the same people in them. All texts of the second one are canaries.

mod booking;
mod cast;
mod circle;
mod cohorts;
mod contact;
mod course;
mod crowd;
mod families;
mod figures;
mod more;
mod occasions;
mod organisation;
mod partners;
mod people;
mod rows;
mod said;
mod sower;
mod surveys;
mod systems;
mod told;
mod webhooks;

use chrono::{DateTime, Utc};
use glans_entity::ids::{
    AbsenceNoticeId, AccessLogEntryId, AccountId, AnnouncementId, ApiClientId, BoardId, BookingRoundId, ClassGroupId,
    ClusterId, CohortId, CommentId, ConcernId, ConsentId, ConsentPurposeId, ContactMomentId, DeliveryId, DeviceId,
    EventId, ExperienceId, ExportId, GuardianshipId, MeetingId, MembershipId, MessageId, MetricQueryId, NotificationId,
    PersonId, RosterImportId, SchoolCohortId, SchoolId, SchoolYearId, SessionId, SlotId, StudentId, SurveyId,
    SurveyQuestionId, TeamSessionId, ThreadId, WebhookDeliveryId, WebhookEndpointId,
};
use glans_entity::people::{GuardianAccess, Role, ScopeKind};
use sea_orm::DatabaseTransaction;

use cast::Cast;
pub use course::Course;
pub use crowd::Crowd;
pub(crate) use more::{child, guardian, guardianship, teacher};
pub use partners::Partners;
use partners::Triangle;
pub use rows::{empty_board, notice, put, waiting};
pub use sower::Sower;
use systems::{client, import, metric_query};

/// Stands in every text of the second board. Whoever of the first board reads it has found a hole.
pub const CANARY: &str = "kanarie-";

/// What the integrator of each board may do.
pub const CLIENT_SCOPES: [&str; 2] = ["organisation:read", "lessons:read"];

/// A human being with a login.
#[derive(Debug, Clone, Copy)]
pub struct Someone {
    pub person: PersonId,
    pub account: AccountId,
}

impl From<Someone> for AccountId {
    fn from(someone: Someone) -> Self {
        someone.account
    }
}

/// What one board has. Everybody here knows the first school; the second one of the same board is out of sight for
/// whoever has no role in it.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    pub id: BoardId,
    pub clusters: [ClusterId; 2],
    pub schools: [SchoolId; 2],
    pub school_year: SchoolYearId,
    /// One of each school.
    pub groups: [ClassGroupId; 2],
    /// One of each group.
    pub students: [StudentId; 2],
    pub admin: Someone,
    /// Of the first cluster.
    pub director: Someone,
    /// Of the first school.
    pub leader: Someone,
    /// Of the first group.
    pub teacher: Someone,
    pub trainer: Someone,
    /// Of the first student, and of the second.
    pub guardians: [Someone; 2],
    /// Guardian of the first student at access NONE.
    pub distant: Someone,
    /// Of the teacher of the first group, and of the leader of the second school.
    pub memberships: [MembershipId; 2],
    /// Of the first guardian, and of the second.
    pub guardianships: [GuardianshipId; 2],
    /// May read the organisation and the lessons.
    pub client: ApiClientId,
    /// Of the client, by the administrator; disabled.
    pub webhook_endpoint: WebhookEndpointId,
    /// To that endpoint, which failed.
    pub webhook_delivery: WebhookDeliveryId,
    pub import: RosterImportId,
    /// A phone of the administrator.
    pub session: SessionId,
    /// Figures of the board that the administrator had written into a file.
    pub export: ExportId,
    /// What that phone is to its gateway.
    pub device: DeviceId,
    /// One of the administrator, and one of the leader of the second school.
    pub notifications: [NotificationId; 2],
    /// A push of the first one that was given up.
    pub dead_delivery: DeliveryId,
    /// Of the client, for figures of the first school.
    pub metric_query: MetricQueryId,
    /// That the teacher opened the record of the first student.
    pub look: AccessLogEntryId,
    pub published: Course,
    pub draft: Course,
    /// Both follow the published course: one of the first school, with the trainer, and one of the second.
    pub cohorts: [CohortId; 2],
    pub school_cohorts: [SchoolCohortId; 2],
    /// One of each cohort, which prepares the published lesson.
    pub meetings: [MeetingId; 2],
    /// One of each school with the published lesson.
    pub sessions: [TeamSessionId; 2],
    /// One of each school with the published lesson, by the leaders, shared with the cohort.
    pub experiences: [ExperienceId; 2],
    /// One on each experience, by its author.
    pub comments: [CommentId; 2],
    /// One of each student, with the first guardian and the teacher, and with the second guardian and the other leader.
    pub partners: [Partners; 2],
    /// One of each school, by the leaders, which reached the guardian of its student.
    pub announcements: [AnnouncementId; 2],
    /// One of each school, by the leaders, which the guardian of its student answered.
    pub surveys: [SurveyId; 2],
    /// The one question of each.
    pub questions: [SurveyQuestionId; 2],
    /// One about each student, between the guardian and the teacher of the first or the leader of the second.
    pub threads: [ThreadId; 2],
    /// One in each thread, by the guardian.
    pub messages: [MessageId; 2],
    /// A compliment in each of these triangles.
    pub contact_moments: [ContactMomentId; 2],
    /// Of staff about each student, shared with the guardians.
    pub concerns: [ConcernId; 2],
    /// One of each group, open for a month.
    pub rounds: [BookingRoundId; 2],
    /// One of each round, of the teacher of the first group and of the leader of the second school.
    pub slots: [SlotId; 2],
    /// One of each group, which the guardian may come to.
    pub events: [EventId; 2],
    /// One of each student, by its guardian.
    pub absences: [AbsenceNoticeId; 2],
    /// One of each school.
    pub purposes: [ConsentPurposeId; 2],
    /// One of each student, by its guardian: granted.
    pub consents: [ConsentId; 2],
}

/// Writes a board whose texts all begin with `mark`.
pub(crate) async fn board(db: &DatabaseTransaction, mark: &'static str, now: DateTime<Utc>) -> Board {
    let sower = Sower { db, board: BoardId::new(), mark, now };
    sower.board("De Sterrenwacht").await;
    let clusters = [sower.cluster("Noord").await, sower.cluster("Zuid").await];
    let schools = [sower.school("De Zwaluw", clusters[0]).await, sower.school("De Meent", clusters[1]).await];
    let school_year = sower.school_year().await;
    let groups = [
        sower.class_group("3a", schools[0], school_year).await,
        sower.class_group("5c", schools[1], school_year).await,
    ];
    let students =
        [sower.student("Noor", schools[0], groups[0]).await, sower.student("Lotte", schools[1], groups[1]).await];
    let people = Cast::of(&sower).await;
    let memberships = people.appoint(&sower, clusters, schools, groups).await;
    let guardianships = [
        sower.guardianship(people.guardians[0].person, students[0], GuardianAccess::Full).await,
        sower.guardianship(people.guardians[1].person, students[1], GuardianAccess::Full).await,
    ];
    sower.guardianship(people.distant.person, students[0], GuardianAccess::None).await;
    let published = sower.course("samen-sterk", true).await;
    let (cohort, school_cohort) = sower.cohort("Cohort Noord", published.version, schools[0]).await;
    let (other_cohort, other_school_cohort) = sower.cohort("Cohort Zuid", published.version, schools[1]).await;
    sower.membership(people.trainer.person, Role::Trainer, (ScopeKind::Cohort, cohort.0), None).await;
    let meetings = [sower.meeting(cohort, published.lesson).await, sower.meeting(other_cohort, published.lesson).await];
    let (leader, other_leader) = (people.leader.person, people.other_leader.person);
    let at = [(cohort, school_cohort, schools[0]), (other_cohort, other_school_cohort, schools[1])];
    let experiences = [
        sower.experience(at[0], published.lesson, leader).await,
        sower.experience(at[1], published.lesson, other_leader).await,
    ];
    let of = |at: usize, staff| Triangle {
        school: schools[at],
        student: students[at],
        guardian: people.guardians[at].person,
        staff,
    };
    let triangles = [of(0, people.teacher.person), of(1, other_leader)];
    let partners = [sower.partners(triangles[0]).await, sower.partners(triangles[1]).await];
    let said = said::say(&sower, triangles, [leader, other_leader], groups, school_year).await;
    let session = sower.session(people.admin.account).await;
    let notifications = sower.notifications([people.admin, people.other_leader], said.announcements).await;
    let client = client(&sower).await;
    let webhook_endpoint = sower.webhook_endpoint(client).await;
    Board {
        id: sower.board,
        clusters,
        schools,
        school_year,
        groups,
        students,
        admin: people.admin,
        director: people.director,
        leader: people.leader,
        teacher: people.teacher,
        trainer: people.trainer,
        guardians: people.guardians,
        distant: people.distant,
        memberships,
        guardianships,
        client,
        webhook_endpoint,
        webhook_delivery: sower.webhook_delivery(webhook_endpoint).await,
        import: import(&sower).await,
        session,
        export: sower.export(people.admin.account).await,
        device: sower.device(people.admin.account, session).await,
        notifications,
        dead_delivery: sower.dead_delivery(people.admin, notifications[0]).await,
        metric_query: metric_query(&sower, client, schools[0]).await,
        look: sower.looks(people.teacher.person, students[0], people.guardians[0].person).await,
        published,
        draft: sower.course("nog-niet-af", false).await,
        cohorts: [cohort, other_cohort],
        school_cohorts: [school_cohort, other_school_cohort],
        meetings,
        sessions: [
            sower.session_of_team(at[0], published.lesson).await,
            sower.session_of_team(at[1], published.lesson).await,
        ],
        experiences,
        comments: [
            sower.comment(cohort, experiences[0], leader).await,
            sower.comment(other_cohort, experiences[1], other_leader).await,
        ],
        partners,
        announcements: said.announcements,
        surveys: said.surveys,
        questions: said.questions,
        threads: said.threads,
        messages: said.messages,
        contact_moments: said.contact_moments,
        concerns: said.concerns,
        rounds: said.rounds,
        slots: said.slots,
        events: said.events,
        absences: said.absences,
        purposes: said.purposes,
        consents: said.consents,
    }
}
