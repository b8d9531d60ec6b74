//! The types that are synced: one list.

use async_graphql::Enum;
use glans_entity::ids::{
    AgreementId, BoardId, ClassGroupId, ClusterId, CohortId, CommentId, ConversationId, ExperienceId, GoalId,
    GuardianshipId, LessonId, MaterialId, MeetingId, MembershipId, ModuleId, PartnershipId, PersonId, ProgrammeId,
    ProgrammeVersionId, ProgrammeYearId, SchoolCohortId, SchoolId, SchoolYearId, StudentId, TeamSessionId,
};

/// A type that `changes` tells of, in the order in which an app can apply them: what others refer to comes first.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum ChangeType {
    /// Boards.
    Board,
    /// Clusters.
    Cluster,
    /// Schools.
    School,
    /// School years.
    SchoolYear,
    /// Class groups.
    ClassGroup,
    /// Persons.
    Person,
    /// Roles of persons.
    Membership,
    /// Students.
    Student,
    /// Relations of guardians to students.
    Guardianship,
    /// Programmes.
    Programme,
    /// Editions of programmes: the current ones, and those that cohorts in sight follow.
    ProgrammeEdition,
    /// Years of these editions.
    ProgrammeYear,
    /// Modules of these editions.
    Module,
    /// Lessons of these editions.
    Lesson,
    /// Materials of these editions, as far as they are for the viewer.
    Material,
    /// Cohorts.
    Cohort,
    /// Schools in cohorts.
    SchoolCohort,
    /// Meetings of cohorts.
    Meeting,
    /// Team sessions of schools.
    TeamSession,
    /// Experiences with lessons.
    Experience,
    /// Comments on experiences.
    Comment,
    /// Partnerships of children with the school.
    Partnership,
    /// Goals of partnerships.
    Goal,
    /// Conversations about children.
    Conversation,
    /// Agreements of conversations.
    Agreement,
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
        !matches!(self, Self::Meeting | Self::TeamSession | Self::Experience | Self::Comment)
    }

    /// Whether only who shares a cohort sees it, beside the staff of its school: not every teacher in the cohort.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::SchoolCohort | Self::Meeting | Self::Experience | Self::Comment)
    }

    /// Whether it is between a family and who leads the school or teaches the group, and nobody above them.
    pub const fn is_confided(self) -> bool {
        matches!(self, Self::Partnership | Self::Goal | Self::Conversation | Self::Agreement)
    }

    /// Its bit in a set of types.
    pub const fn bit(self) -> u64 {
        1 << match self {
            Self::Board => 0,
            Self::Cluster => 1,
            Self::School => 2,
            Self::SchoolYear => 3,
            Self::ClassGroup => 4,
            Self::Person => 5,
            Self::Membership => 6,
            Self::Student => 7,
            Self::Guardianship => 8,
            Self::Programme => 9,
            Self::ProgrammeEdition => 10,
            Self::ProgrammeYear => 11,
            Self::Module => 12,
            Self::Lesson => 13,
            Self::Material => 14,
            Self::Cohort => 15,
            Self::SchoolCohort => 16,
            Self::Meeting => 17,
            Self::TeamSession => 18,
            Self::Experience => 19,
            Self::Comment => 20,
            Self::Partnership => 21,
            Self::Goal => 22,
            Self::Conversation => 23,
            Self::Agreement => 24,
        }
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
