//! The partnership, its line through the year, and the inputs and payloads of its mutations.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, partnership, talk_choice};
use glans_entity::ids::{ConversationId, PartnershipId, PersonId};

use super::criteria::{self, Criterion};
use super::rules::{self, History, Step};
use super::{HistoryOf, TalkChoicesOf};
use crate::access::{self, Action};
use crate::call::Call;
use crate::engagement::conversations::{Conversation, ConversationsOf};
use crate::engagement::goals::{Goal, GoalsOf};
use crate::loaders;
use crate::node::Node;
use crate::organisation::school_years::SchoolYear;
use crate::payload;
use crate::people::access_log::Opens;
use crate::people::guardianships::OwnChild;
use crate::people::persons::Person;
use crate::people::students::{PlaceOf, Student};
use crate::platform::error::Result;
use crate::platform::scalars::LocalDate;
use crate::platform::size::list_size;

/// A step of the line through the year, in its order.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::StepKind")]
pub enum StepKind {
    /// School and guardians tell each other what they expect (*intakegesprek*); for a child that is new.
    Intake,
    /// Teacher, child and guardians talk about what the child wants to learn (*driehoeksgesprek*).
    Expectations,
    /// A goal that the teacher and every guardian agree to. It follows from a conversation and is none itself.
    Goals,
    /// How the goals stand.
    Progress,
    /// Compliments on the effort and the result.
    Closing,
}

/// How far a step is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "rules::StepStatus")]
pub enum StepStatus {
    /// It is to come, and nothing is planned.
    Open,
    /// A conversation for it is planned; for a guardian one with them.
    Scheduled,
    /// It is done with every guardian.
    Done,
    /// It should have been done by `dueOn`, and nothing is planned.
    Overdue,
}

/// What has to hold for a child to count as engaged.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "criteria::CriterionKind")]
pub enum CriterionKind {
    /// A guardian can be reached now.
    Contactable,
    /// The conversation at the start was held with every guardian, and there is a goal.
    StartConversationWithGoal,
    /// School and guardians were in contact both ways in every term that is over.
    TwoWay,
    /// Guardians and teacher trust each other, by their latest pulses of the last 120 days.
    MutualTrust,
    /// No concern is open for longer than 10 working days.
    NoOpenConcern,
    /// The conversation at the end was held with every guardian, and every goal is marked.
    Closing,
}

/// Whether a criterion holds.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "criteria::CriterionStatus")]
pub enum CriterionStatus {
    /// It holds.
    Met,
    /// It is due and does not hold.
    NotYet,
    /// Nobody can tell yet. It counts as not met.
    Unknown,
    /// It does not hold, and need not yet.
    NotDue,
}

pub struct Partnership(pub partnership::Model);

impl From<partnership::Model> for Partnership {
    fn from(row: partnership::Model) -> Self {
        Self(row)
    }
}

impl Partnership {
    /// The viewer as family of the child, also where they are staff as well; none for others.
    fn family(&self, ctx: &Context<'_>) -> Option<Vec<PersonId>> {
        let scope = Call::of(ctx).scope();
        scope.kin.contains(&self.0.student_id).then(|| scope.persons.clone())
    }
}

/// A partnership (*partnerschap*): child, guardians and teacher in one school year. Made with the first enrolment of the
/// year. Seen by who leads the school, teaches the class group, or is a guardian at access FULL; directors and
/// administrators see counts only.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id)")]
impl Partnership {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The child.
    pub async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        loaders::present(ctx, self.0.student_id).await.map(Student)
    }

    /// The year.
    pub async fn school_year(&self, ctx: &Context<'_>) -> Result<SchoolYear> {
        loaders::present(ctx, self.0.school_year_id).await.map(SchoolYear)
    }

    /// Whether the child is new, so that the line begins with an intake.
    #[graphql(name = "needsIntake")]
    pub async fn needs_intake(&self) -> bool {
        self.0.needs_intake
    }

    /// The line through the year (*lijn door het jaar*), in its order: five steps, or four for a child that is not new.
    #[graphql(directive = list_size::apply(5))]
    pub async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<PartnershipStep>> {
        let history = loaders::present(ctx, HistoryOf(self.0.id)).await?;
        let family = self.family(ctx);
        let steps = family.map_or_else(|| rules::steps(&history), |own| rules::steps_for(&history, &own));
        Ok(steps.into_iter().map(|step| PartnershipStep { partnership: self.0.id, step }).collect())
    }

    /// The goals of the child for this year, oldest first.
    #[graphql(directive = list_size::apply(4))]
    pub async fn goals(&self, ctx: &Context<'_>) -> Result<Vec<Goal>> {
        loaders::list(ctx, GoalsOf(self.0.id), Goal).await
    }

    /// The conversations of this year, by time; for a guardian those to which they are invited.
    #[graphql(directive = list_size::apply(5))]
    pub async fn conversations(&self, ctx: &Context<'_>) -> Result<Vec<Conversation>> {
        loaders::list(ctx, ConversationsOf(self.0.id), Conversation).await
    }

    /// The six criteria of the 100 % line.
    #[graphql(directive = list_size::apply(6))]
    pub async fn criteria(&self, ctx: &Context<'_>) -> Result<Vec<SuccessCriterion>> {
        let history = loaders::present(ctx, HistoryOf(self.0.id)).await?;
        let own = self.family(ctx).map(|own| history.with(&own));
        let shown: &History = own.as_ref().unwrap_or(&history);
        let evidence = |criterion: &Criterion| criteria::evidence(shown, criterion.kind);
        let told = criteria::criteria(&history).into_iter();
        Ok(told.map(|criterion| SuccessCriterion { evidence: evidence(&criterion), criterion }).collect())
    }

    /// Whether every criterion that is due is met. What is unknown is not met.
    #[graphql(name = "successful")]
    pub async fn is_successful(&self, ctx: &Context<'_>) -> Result<bool> {
        let history = loaders::present(ctx, HistoryOf(self.0.id)).await?;
        Ok(criteria::is_successful(&criteria::criteria(&history)))
    }

    /// What guardians said about talking apart or together: all of it for staff, the own choice for a guardian.
    #[graphql(directive = list_size::apply(2))]
    pub async fn talk_choices(&self, ctx: &Context<'_>) -> Result<Vec<TalkChoice>> {
        loaders::list(ctx, TalkChoicesOf(self.0.student_id), TalkChoice).await
    }

    /// Whether the viewer works on it as staff: plans and records conversations, proposes and marks goals.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        let place = loaders::present(ctx, PlaceOf(self.0.student_id)).await?;
        if !access::allows(&Call::of(ctx).standing().actor, Action::PartnershipWrite, &place) {
            return Ok(false);
        }
        Ok(!loaders::one(ctx, OwnChild(self.0.student_id)).await?.unwrap_or_default())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last. What happens in it changes what is listed here, and not this.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A step of a partnership.
pub struct PartnershipStep {
    partnership: PartnershipId,
    step: Step,
}

/// A step of the line through the year. Told from what happened: nobody sets it.
#[Object]
impl PartnershipStep {
    /// Which step.
    pub async fn kind(&self) -> StepKind {
        self.step.kind.into()
    }

    /// How far it is.
    pub async fn status(&self) -> StepStatus {
        self.step.status.into()
    }

    /// The last day on which it is in time.
    pub async fn due_on(&self) -> Option<LocalDate> {
        Some(LocalDate(self.step.due_on))
    }

    /// When the last guardian was met or agreed; a guardian reads when they themselves were or did. Null until it is done with
    /// every guardian.
    pub async fn done_at(&self) -> Option<DateTime<Utc>> {
        self.step.done_at
    }

    /// The conversation to show: the next one, or the last one held; null when there is none that the viewer may see.
    pub async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let seen = loaders::one(ctx, ConversationsOf(self.partnership)).await?.unwrap_or_default();
        let first = |id: &ConversationId| seen.iter().find(|row| row.id == *id).cloned();
        Ok(self.step.conversations.iter().find_map(first).map(Conversation))
    }

    /// The guardians who keep it open: they were not met, or have not agreed. A guardian reads only of themselves.
    #[graphql(directive = list_size::apply(2))]
    pub async fn missing_guardians(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let mut found = loaders::many(ctx, self.step.missing.clone()).await?;
        let guardians: Vec<Person> = self.step.missing.iter().filter_map(|id| found.remove(id)).map(Person).collect();
        for Person(guardian) in &guardians {
            Opens::guardian(guardian.board_id, guardian.id).note(Call::of(ctx))?;
        }
        Ok(guardians)
    }
}

/// A criterion of a partnership.
pub struct SuccessCriterion {
    criterion: Criterion,
    evidence: Option<ConversationId>,
}

/// One of the six criteria of the 100 % line. Told from what happened: nobody sets it.
#[Object]
impl SuccessCriterion {
    /// Which criterion.
    pub async fn kind(&self) -> CriterionKind {
        self.criterion.kind.into()
    }

    /// Whether it holds.
    pub async fn status(&self) -> CriterionStatus {
        self.criterion.status.into()
    }

    /// The last day on which it is in time; null when it holds or not at any time.
    pub async fn due_on(&self) -> Option<LocalDate> {
        self.criterion.due_on.map(LocalDate)
    }

    /// What shows it, as a conversation; null when there is nothing to show that the viewer may see.
    pub async fn evidence(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(conversation) = self.evidence else { return Ok(None) };
        Ok(loaders::one(ctx, conversation).await?.map(|row| Conversation(row).into()))
    }
}

/// What one guardian chose.
pub struct TalkChoice(talk_choice::Model);

/// Whether a guardian talks about a child apart from the other guardians.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_guardian(self.0.guardian_id)")]
impl TalkChoice {
    /// Which guardian; null when the viewer may not see them any more.
    pub async fn guardian(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(loaders::one::<PersonId>(ctx, self.0.guardian_id).await?.map(Person))
    }

    /// Whether the guardian wants to be apart.
    #[graphql(name = "isApart")]
    pub async fn is_apart(&self) -> bool {
        self.0.apart
    }

    /// When it was said.
    pub async fn chosen_at(&self) -> DateTime<Utc> {
        self.0.chosen_at
    }
}

/// Changes to a partnership. What is absent stays.
#[derive(InputObject)]
pub struct PartnershipUpdateInput {
    /// Which partnership.
    pub id: ID,
    /// Whether the child is new, so that the line begins with an intake.
    pub needs_intake: Option<bool>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How a guardian wants to talk.
#[derive(InputObject)]
pub struct TalkChoiceSetInput {
    /// About which child.
    pub student: ID,
    /// Which guardian, where staff writes down what a guardian said; the viewer when absent.
    pub guardian: Option<ID>,
    /// Whether to talk apart from the other guardians.
    pub apart: bool,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `partnershipUpdate`.
    PartnershipUpdatePayload {
        /// The partnership as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        partnership: Partnership
    }
}

payload! {
    /// The answer to `talkChoiceSet`.
    TalkChoiceSetPayload {
        /// The child; null when refused.
        student: Student
    }
}
