//! The types that are synced: one list.

use async_graphql::Enum;
use glans_entity::ids::{
    AbsenceNoticeId, AgreementId, AnnouncementId, BoardId, BookingRoundId, ClassGroupId, ClusterId, CohortId,
    CommentId, ConcernId, ConsentId, ConsentPurposeId, ContactMomentId, ConversationId, EventId, ExperienceId, GoalId,
    GuardianshipId, LessonId, MaterialId, MeetingId, MembershipId, MessageId, ModuleId, PartnershipId, PersonId,
    ProgrammeId, ProgrammeVersionId, ProgrammeYearId, SchoolCohortId, SchoolId, SchoolYearId, SlotId, StudentId,
    SurveyId, TeamSessionId, ThreadId,
};

/// A type that `changes` tells of, in the order in which an app can apply them: what others refer to comes first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum ChangeType {
    /// Boards.
    Board = 0,
    /// Clusters.
    Cluster = 1,
    /// Schools.
    School = 2,
    /// School years.
    SchoolYear = 3,
    /// Class groups.
    ClassGroup = 4,
    /// Persons.
    Person = 5,
    /// Roles of persons.
    Membership = 6,
    /// Students.
    Student = 7,
    /// Relations of guardians to students.
    Guardianship = 8,
    /// Programmes.
    Programme = 9,
    /// Editions of programmes: the current ones, and those that cohorts in sight follow.
    ProgrammeEdition = 10,
    /// Years of these editions.
    ProgrammeYear = 11,
    /// Modules of these editions.
    Module = 12,
    /// Lessons of these editions.
    Lesson = 13,
    /// Materials of these editions, as far as they are for the viewer.
    Material = 14,
    /// Cohorts.
    Cohort = 15,
    /// Schools in cohorts.
    SchoolCohort = 16,
    /// Meetings of cohorts.
    Meeting = 17,
    /// Team sessions of schools.
    TeamSession = 18,
    /// Experiences with lessons.
    Experience = 19,
    /// Comments on experiences.
    Comment = 20,
    /// Partnerships of children with the school.
    Partnership = 21,
    /// Goals of partnerships.
    Goal = 22,
    /// Conversations about children.
    Conversation = 23,
    /// Agreements of conversations.
    Agreement = 24,
    /// Announcements.
    Announcement = 25,
    /// Surveys.
    Survey = 26,
    /// Threads between families and staff.
    Thread = 27,
    /// Messages that have arrived, and the own ones.
    Message = 28,
    /// Events.
    Event = 29,
    /// Rounds in which conversations are booked.
    BookingRound = 30,
    /// Times of rounds.
    Slot = 31,
    /// Short contacts about children.
    ContactMoment = 32,
    /// Concerns about children.
    Concern = 33,
    /// Notices that a child does not come.
    AbsenceNotice = 34,
    /// What schools ask consent for.
    ConsentPurpose = 35,
    /// Consents of guardians.
    Consent = 36,
}

impl ChangeType {
    /// What the ids of this type begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Board => BoardId::PREFIX,
            Self::Cluster => ClusterId::PREFIX,
            Self::School => SchoolId::PREFIX,
            Self::SchoolYear => SchoolYearId::PREFIX,
            Self::ClassGroup => ClassGroupId::PREFIX,
            Self::Person => PersonId::PREFIX,
            Self::Membership => MembershipId::PREFIX,
            Self::Student => StudentId::PREFIX,
            Self::Guardianship => GuardianshipId::PREFIX,
            Self::Programme => ProgrammeId::PREFIX,
            Self::ProgrammeEdition => ProgrammeVersionId::PREFIX,
            Self::ProgrammeYear => ProgrammeYearId::PREFIX,
            Self::Module => ModuleId::PREFIX,
            Self::Lesson => LessonId::PREFIX,
            Self::Material => MaterialId::PREFIX,
            Self::Cohort => CohortId::PREFIX,
            Self::SchoolCohort => SchoolCohortId::PREFIX,
            Self::Meeting => MeetingId::PREFIX,
            Self::TeamSession => TeamSessionId::PREFIX,
            Self::Experience => ExperienceId::PREFIX,
            Self::Comment => CommentId::PREFIX,
            Self::Partnership => PartnershipId::PREFIX,
            Self::Goal => GoalId::PREFIX,
            Self::Conversation => ConversationId::PREFIX,
            Self::Agreement => AgreementId::PREFIX,
            Self::Announcement => AnnouncementId::PREFIX,
            Self::Survey => SurveyId::PREFIX,
            Self::Thread => ThreadId::PREFIX,
            Self::Message => MessageId::PREFIX,
            Self::Event => EventId::PREFIX,
            Self::BookingRound => BookingRoundId::PREFIX,
            Self::Slot => SlotId::PREFIX,
            Self::ContactMoment => ContactMomentId::PREFIX,
            Self::Concern => ConcernId::PREFIX,
            Self::AbsenceNotice => AbsenceNoticeId::PREFIX,
            Self::ConsentPurpose => ConsentPurposeId::PREFIX,
            Self::Consent => ConsentId::PREFIX,
        }
    }

    /// The type whose ids begin with `prefix`.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        <Self as strum::IntoEnumIterator>::iter().find(|kind| kind.prefix() == prefix)
    }

    /// Whether it is content of a course, which is read whole and kept in memory.
    pub const fn is_course(self) -> bool {
        matches!(
            self,
            Self::Programme
                | Self::ProgrammeEdition
                | Self::ProgrammeYear
                | Self::Module
                | Self::Lesson
                | Self::Material
        )
    }

    /// Whether a change of the node itself can put it out of somebody's sight. What happens in a cohort stays where it is,
    /// and an experience is only ever shared further: who cannot see one never could, and is told nothing of it.
    pub const fn leaves_sight(self) -> bool {
        !matches!(self, Self::Meeting | Self::TeamSession | Self::Experience | Self::Comment | Self::ConsentPurpose)
    }

    /// Whether only who shares a cohort sees it, beside the staff of its school: not every teacher in the cohort.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::SchoolCohort | Self::Meeting | Self::Experience | Self::Comment)
    }

    /// Whether it is between a family and who leads the school or teaches the group, and nobody above them.
    pub const fn is_confided(self) -> bool {
        matches!(
            self,
            Self::Partnership
                | Self::Goal
                | Self::Conversation
                | Self::Agreement
                | Self::Thread
                | Self::Message
                | Self::BookingRound
                | Self::Slot
                | Self::ContactMoment
                | Self::Concern
                | Self::AbsenceNotice
                | Self::Consent
        )
    }

    /// Whether the families of a class group see it as well.
    pub const fn is_offered(self) -> bool {
        matches!(self, Self::BookingRound | Self::Slot)
    }

    /// Its bit in a set of types. Phones keep such sets: a number stays with its type.
    pub const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The types that somebody syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(pub u64);

impl Kinds {
    /// These types; all of them where none are named.
    pub(super) fn of(types: Option<&[ChangeType]>) -> Self {
        match types {
            Some(types) => Self(types.iter().fold(0, |bits, kind| bits | kind.bit())),
            None => Self(Self::all().fold(0, |bits, kind| bits | kind.bit())),
        }
    }

    fn all() -> impl DoubleEndedIterator<Item = ChangeType> {
        <ChangeType as strum::IntoEnumIterator>::iter()
    }

    /// Each of them, parents first.
    pub(super) fn each(self) -> impl DoubleEndedIterator<Item = ChangeType> {
        Self::all().filter(move |kind| self.0 & kind.bit() != 0)
    }
}
