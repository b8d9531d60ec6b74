//! The report and its input.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{self, Level, Span};

use super::reading::{self, Ask, Counts, Group, Point, Series};
use crate::call::Call;
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

/// What is measured: a ratio of two counts. `metricDefinitions` says of each how, in words.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "metrics::Metric")]
pub enum Metric {
    /// Active students whose family has a usable channel; at the end of the period.
    Contactability,
    /// Guardians who have signed in; at the end of the period.
    Activation,
    /// Notifications that a gateway took.
    Delivery,
    /// Announcements that were read within 72 hours, counted per student.
    Reach,
    /// Announcements that were confirmed in time, counted per guardian.
    Confirmation,
    /// Active students with contact both ways: an answer in a thread, or a conversation that was held.
    TwoWay,
    /// Messages of guardians that were answered within two working days.
    StaffReply,
    /// Active students with a compliment.
    PositiveContact,
    /// New students with an intake within 30 days.
    Intake,
    /// Active students with a start conversation by the 45th day of the school year.
    StartConversation,
    /// Active students with a conversation that was held.
    ConversationCoverage,
    /// Invited guardians who did not come to a conversation. Here less is better.
    NoShow,
    /// Agreements that were kept by their day.
    AgreementsKept,
    /// Active students with a closing conversation or a compliment in the last eight weeks of the school year.
    Closing,
    /// Invited students of whom a guardian came to the event.
    EventParticipation,
    /// Invited guardians who answered the survey.
    SurveyResponse,
    /// Answers of guardians to the pulse of trust of at least 4 of 5.
    GuardianTrust,
    /// Answers of teachers to the pulse of trust of at least 4 of 5.
    TeacherTrust,
    /// Students with every criterion that is due met: the 100 % line; at the end of the period. What is not known is not met.
    FullEngagement,
    /// Lessons that a leader prepared before the next meeting, counted per school.
    LessonsPrepared,
    /// Lessons that the team got before the next meeting, counted per school.
    LessonsTaught,
    /// Expected staff who came to the team session.
    TeamAttendance,
    /// Lessons of which an experience was shared before the next meeting, counted per school.
    ExperienceReturn,
    /// Expected staff who had completed the materials of the lesson.
    ContentUse,
}

/// How long a period is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "metrics::Span")]
pub enum Interval {
    /// Of ISO 8601, from Monday.
    Week,
    /// The weeks whose Thursday lies in the month. October 2026 is known as 2026-10-01, and goes from Monday 28
    /// September to Sunday 1 November.
    Month,
    /// The months August to July: the weeks whose Thursday lies in 1 August to 31 July. Known as its 1 August.
    SchoolYear,
}

/// By what figures are told apart.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "reading::Breakdown")]
pub enum Breakdown {
    /// Not at all.
    None,
    /// The clusters of a board.
    Cluster,
    /// The schools of a board or cluster: of a cluster those that were in it in the period.
    School,
    /// The class groups of a school, for who leads it.
    ClassGroup,
    /// The language spoken at home, for all scopes but class groups.
    Language,
}

/// Why a figure is not shown.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "metrics::Suppression")]
pub enum Suppression {
    /// It is of fewer than five, or than ten with surveys and languages, or than the board wishes (`Board.leastShown`).
    SmallDenominator,
    /// With others, or with another metric, it would show one that is hidden.
    Complementary,
    /// All but a few, or only a few, are counted, here or in a place beside it; or are so in a wider metric only, or in the
    /// longer of two periods that end on the same day. Of surveys and trust it is hidden from the own team as well; of
    /// trust also where all answer the same.
    SensitiveExtreme,
}

/// What is asked. A request is answered with 50,000 figures at most, over all that it asks of all places, and as often as it
/// asks for them; with more, the questions that do not fit are refused with `BAD_USER_INPUT`. For each 144 figures that are
/// asked for of a place (metrics times periods) the report costs its points once.
#[derive(InputObject, Clone, Debug)]
pub struct EngagementInput {
    /// Which metrics, 1 to 24, each once.
    pub metrics: Vec<Metric>,
    /// The first day. Only periods that lie wholly within both days are told of: weeks from Monday to Sunday, months
    /// and school years by their dates, as 2026-10-01 to 2026-10-31 for October.
    pub from: LocalDate,
    /// The last day. At most 60 periods.
    pub to: LocalDate,
    /// How long a period is.
    #[graphql(default_with = "Interval::Week")]
    pub interval: Interval,
    /// By what figures are told apart.
    #[graphql(default_with = "Breakdown::None")]
    pub breakdown: Breakdown,
}

impl From<EngagementInput> for Ask {
    fn from(input: EngagementInput) -> Self {
        Self {
            metrics: input.metrics.into_iter().map(Into::into).collect(),
            from: input.from.0,
            to: input.to.0,
            span: Span::from(input.interval),
            breakdown: input.breakdown.into(),
        }
    }
}

pub struct EngagementReport {
    from: NaiveDate,
    to: NaiveDate,
    series: Vec<Arc<Series>>,
}

impl EngagementReport {
    pub(super) fn of((from, to): (NaiveDate, NaiveDate), series: Vec<Arc<Series>>) -> Self {
        Self { from, to, series }
    }
}

/// Engagement of a board, cluster, school or class group. Figures hold counts and no persons; small ones are hidden.
#[Object]
impl EngagementReport {
    /// The first day that was asked for.
    pub async fn from(&self) -> LocalDate {
        LocalDate(self.from)
    }

    /// The last day that was asked for.
    pub async fn to(&self) -> LocalDate {
        LocalDate(self.to)
    }

    /// One for each metric and group, in the order in which the metrics were asked for, and by name.
    #[graphql(directive = list_size::apply(12))]
    pub async fn series(&self, ctx: &Context<'_>) -> Result<Vec<EngagementSeries>> {
        Call::of(ctx).figures.lists(self.series.len())?;
        Ok(self.series.iter().cloned().map(EngagementSeries).collect())
    }
}

pub struct EngagementSeries(Arc<Series>);

/// A metric of a group over time.
#[Object]
impl EngagementSeries {
    /// What is measured.
    pub async fn metric(&self) -> Metric {
        self.0.metric.into()
    }

    /// Of what part; null without a breakdown.
    pub async fn group(&self) -> Option<EngagementGroup> {
        self.0.group.clone().map(EngagementGroup)
    }

    /// In the order of time. A period of which nothing is known yet has none.
    #[graphql(directive = list_size::apply(12))]
    pub async fn points(&self, ctx: &Context<'_>) -> Result<Vec<EngagementPoint>> {
        Call::of(ctx).figures.tells(self.0.points.len())?;
        Ok(self.0.points.iter().copied().map(EngagementPoint).collect())
    }
}

pub struct EngagementGroup(Group);

/// Part of what was asked for: a cluster, school, class group or language.
#[Object]
impl EngagementGroup {
    /// The id of the cluster, school or class group; null of a language.
    pub async fn id(&self) -> Option<ID> {
        let Group::Place { level, id, .. } = &self.0 else { return None };
        match level {
            Level::Board => None,
            Level::Cluster => Some(ClusterId(*id).to_string().into()),
            Level::School => Some(SchoolId(*id).to_string().into()),
            Level::ClassGroup => Some(ClassGroupId(*id).to_string().into()),
        }
    }

    /// What it is called; of a language its tag (BCP 47).
    pub async fn name(&self) -> &str {
        match &self.0 {
            Group::Place { name, .. } | Group::Language(name) => name,
        }
    }

    /// The tag of the language spoken at home (BCP 47); null of a place.
    pub async fn language(&self) -> Option<&str> {
        match &self.0 {
            Group::Language(tag) => Some(tag),
            Group::Place { .. } => None,
        }
    }
}

pub struct EngagementPoint(Point);

impl EngagementPoint {
    fn counts(&self) -> Option<Counts> {
        self.0.shown.ok()
    }

    fn count(&self, of: impl FnOnce(Counts) -> i64) -> Option<i32> {
        self.counts().map(|counts| i32::try_from(of(counts)).unwrap_or(i32::MAX))
    }
}

/// A metric in a period. Where it is hidden, value and counts are null, and `suppressed` says why.
#[Object]
impl EngagementPoint {
    /// What the period is known by: the Monday of a week, the 1st of a month, 1 August of a school year. Which days it
    /// covers stands at `Interval`.
    pub async fn period_start(&self) -> LocalDate {
        LocalDate(self.0.starts_on)
    }

    /// The ratio, 0 to 1; null where it is hidden or of nothing.
    pub async fn value(&self) -> Option<f64> {
        self.counts().and_then(Counts::value)
    }

    /// How many of `denominator` fulfil it; null where it is hidden.
    pub async fn numerator(&self) -> Option<i32> {
        self.count(|counts| counts.numerator)
    }

    /// Of how many; null where it is hidden.
    pub async fn denominator(&self) -> Option<i32> {
        self.count(|counts| counts.denominator)
    }

    /// Of how many of `denominator` it is not known, and who are not in `numerator`; null where it is hidden.
    pub async fn unknown(&self) -> Option<i32> {
        self.count(|counts| counts.unknown)
    }

    /// Why it is hidden; null where it is shown.
    pub async fn suppressed(&self) -> Option<Suppression> {
        self.0.shown.err().map(Into::into)
    }

    /// The version of the definition by which it was made.
    pub async fn definition_version(&self) -> i32 {
        self.0.version
    }
}
