//! The partnership, and what guardians said about talking apart.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{partnership, talk_choice};
use glans_entity::ids::{PersonId, StudentId};

use super::criterion::SuccessCriterion;
use super::steps::PartnershipStep;
use crate::access::{self, Action};
use crate::call::Call;
use crate::engagement::conversations::{Conversation, ConversationsOf};
use crate::engagement::goals::{Goal, GoalsOf};
use crate::engagement::partnerships::criteria::{self, Criterion};
use crate::engagement::partnerships::rules::{self, History};
use crate::engagement::partnerships::{HistoryOf, TalkChoicesOf};
use crate::loaders;
use crate::organisation::school_years::SchoolYear;
use crate::people::access_log::Opens;
use crate::people::guardianships::OwnChild;
use crate::people::persons::Person;
use crate::people::students::{PlaceOf, Student};
use crate::platform::error::Result;
use crate::platform::size::list_size;

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
        works_with(ctx, self.0.student_id).await
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

/// Whether the viewer works with a child as staff: leads the school or teaches the group, and is no family of it.
pub async fn works_with(ctx: &Context<'_>, student: StudentId) -> Result<bool> {
    let Some(place) = loaders::one(ctx, PlaceOf(student)).await? else { return Ok(false) };
    if !access::allows(&Call::of(ctx).standing().actor, Action::PartnershipWrite, &place) {
        return Ok(false);
    }
    Ok(!loaders::one(ctx, OwnChild(student)).await?.unwrap_or_default())
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
