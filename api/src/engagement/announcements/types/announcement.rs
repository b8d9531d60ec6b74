//! The announcement.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, announcement, announcement_translation, recipient};
use glans_entity::localized::Localized;

use super::{AnnouncementRevision, AnnouncementTranslation, GuardianReceipt, Reach, ReceiptState};
use crate::access::Action;
use crate::call::Call;
use crate::engagement::announcements::loaders::{
    Changeable, ReachOf, RevisionsOf, SeenAsStaff, TranslationsOf, WriterOf,
};
use crate::engagement::announcements::{actions, reach, rules};
use crate::engagement::audience::{AudienceTarget, OwnReceipt, Receipt, audience_of, children_of};
use crate::loaders;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::people::values::Role;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::scalars::Locale;
use crate::platform::size::list_size;
use crate::programme::shelf;

/// How soon somebody must know.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::Priority")]
pub enum Priority {
    /// When it suits them.
    Normal,
    /// At once, also in quiet hours (*spoed*).
    Urgent,
}

/// How far an announcement is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::AnnouncementStatus")]
pub enum AnnouncementStatus {
    /// Being written; no time is set.
    Draft,
    /// To appear at `publishAt`.
    Scheduled,
    /// It has appeared.
    Published,
    /// Taken back for good.
    Withdrawn,
}

#[derive(Clone)]
pub struct Announcement(pub announcement::Model);

impl From<announcement::Model> for Announcement {
    fn from(row: announcement::Model) -> Self {
        Self(row)
    }
}

impl Announcement {
    async fn is_of_staff(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(loaders::one(ctx, SeenAsStaff(self.0.id)).await?.is_some())
    }

    /// Whether the viewer is to see that it was withdrawn and nothing more, so that what a phone keeps is overwritten.
    async fn is_emptied(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.withdrawn_at.is_some() && !self.is_of_staff(ctx).await?)
    }

    async fn own_rows(&self, ctx: &Context<'_>) -> Result<Vec<recipient::Model>> {
        Ok(loaders::one(ctx, OwnReceipt(self.0.id.0)).await?.unwrap_or_default())
    }

    /// Title or text in the language asked for, else in that of the viewer, else in its own.
    async fn in_language(
        &self,
        ctx: &Context<'_>,
        locale: Option<&Locale>,
        own: &str,
        translated: fn(&announcement_translation::Model) -> &str,
    ) -> Result<String> {
        let languages = wanted(ctx, locale);
        let own_language = Locale::primary_of(&self.0.language).to_ascii_lowercase();
        let told = &Call::of(ctx).told;
        if languages.first() == Some(&own_language) {
            told.note(&own_language);
            return Ok(own.to_owned());
        }
        let rows = loaders::one(ctx, TranslationsOf(self.0.id)).await?.unwrap_or_default();
        let primary = |tag: &str| Locale::primary_of(tag).to_ascii_lowercase();
        let others = rows.iter().map(|row| (primary(&row.language), translated(row).to_owned()));
        let all = Localized(others.chain([(own_language.clone(), own.to_owned())]).collect());
        Ok(told.text(&all, languages.iter().chain([&own_language]).map(String::as_str)).to_owned())
    }
}

/// The languages in which a text is wanted, most wanted first.
fn wanted(ctx: &Context<'_>, locale: Option<&Locale>) -> Vec<String> {
    let call = Call::of(ctx);
    let own = shelf::languages(call, &call.standing().actor);
    locale.map(|locale| locale.primary().to_owned()).into_iter().chain(own).collect()
}

/// A word of the school to many (*mededeling*). It reaches each guardian once, however many children it is about. Seen by
/// those whom it reached, as far as they may have it of their child today, and by the staff of its places; before it
/// appears, by its author and by who leads, directs or administers all of its places.
#[Object]
impl Announcement {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The title, 1 to 200 characters, in the language asked for or else that of the viewer, as far as it is translated. Of
    /// one that was withdrawn it says just that, to all but staff.
    pub async fn title(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; that of the viewer when absent.")] locale: Option<Locale>,
    ) -> Result<String> {
        if self.is_emptied(ctx).await? {
            let languages = wanted(ctx, locale.as_ref());
            let title = rules::withdrawn_title();
            return Ok(Call::of(ctx).told.text(&title, languages.iter().map(String::as_str)).to_owned());
        }
        self.in_language(ctx, locale.as_ref(), &self.0.title, |row| &row.title).await
    }

    /// The text, 1 to 20,000 characters with line breaks, in the language asked for or else that of the viewer, as far as
    /// it is translated. Empty once it was withdrawn, to all but staff.
    pub async fn body(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language; that of the viewer when absent.")] locale: Option<Locale>,
    ) -> Result<String> {
        if self.is_emptied(ctx).await? {
            return Ok(String::new());
        }
        self.in_language(ctx, locale.as_ref(), &self.0.body, |row| &row.body).await
    }

    /// The language in which it was written.
    pub async fn language(&self) -> Locale {
        Locale::stored(&self.0.language)
    }

    /// The same in other languages, by language; empty for none, and once it was withdrawn, to all but staff.
    #[graphql(directive = list_size::apply(5))]
    pub async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<AnnouncementTranslation>> {
        if self.is_emptied(ctx).await? {
            return Ok(Vec::new());
        }
        loaders::list(ctx, TranslationsOf(self.0.id), AnnouncementTranslation::from).await
    }

    /// Who wrote it.
    pub async fn author(&self, ctx: &Context<'_>) -> Result<Person> {
        loaders::present(ctx, WriterOf(self.0.author_id)).await.map(Person)
    }

    /// The places and children that it is for, as far as the viewer sees them. For staff; empty for everybody else.
    #[graphql(directive = list_size::apply(5))]
    pub async fn audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        if self.is_of_staff(ctx).await? { audience_of(ctx, self.0.id.0, false).await } else { Ok(Vec::new()) }
    }

    /// The places and children that were left out of it, as far as the viewer sees them. For staff; empty for everybody
    /// else.
    #[graphql(directive = list_size::apply(2))]
    pub async fn excluded_audience(&self, ctx: &Context<'_>) -> Result<Vec<AudienceTarget>> {
        if self.is_of_staff(ctx).await? { audience_of(ctx, self.0.id.0, true).await } else { Ok(Vec::new()) }
    }

    /// Who at these places: GUARDIAN, TEACHER, `SCHOOL_LEADER`. For staff; empty for everybody else.
    pub async fn audience_roles(&self, ctx: &Context<'_>) -> Result<Vec<Role>> {
        let roles = actions::roles_of(&self.0).into_iter().map(Into::into);
        if self.is_of_staff(ctx).await? { Ok(roles.collect()) } else { Ok(Vec::new()) }
    }

    /// How soon they must know.
    pub async fn priority(&self) -> Priority {
        self.0.priority.into()
    }

    /// Why it is urgent. For staff; null for everybody else and when it is not.
    pub async fn urgent_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let Some(reason) = &self.0.urgent_reason else { return Ok(None) };
        Ok(self.is_of_staff(ctx).await?.then_some(reason))
    }

    /// Whether it also reaches guardians without parental authority, because they have a right to know.
    pub async fn has_important_facts(&self) -> bool {
        self.0.important_facts
    }

    /// Whether each recipient is asked to confirm it.
    pub async fn requires_acknowledgement(&self) -> bool {
        self.0.requires_acknowledgement
    }

    /// Until when to confirm it; null for no date.
    pub async fn acknowledge_by(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledge_by
    }

    /// How far it is.
    pub async fn status(&self) -> AnnouncementStatus {
        self.0.status.into()
    }

    /// When it appears or appeared; of a draft without a time, when it was made.
    pub async fn publish_at(&self) -> DateTime<Utc> {
        self.0.publish_at
    }

    /// When it appeared; null as long as it has not.
    pub async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// When it leaves the lists; it can still be opened by its id. Null for never.
    pub async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was corrected last; null when it was not. Who had read it before has to read it again.
    pub async fn corrected_at(&self) -> Option<DateTime<Utc>> {
        self.0.corrected_at
    }

    /// What was wrong, for its readers; null when it was not corrected, and once it was withdrawn, to all but staff.
    pub async fn correction_note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        if self.is_emptied(ctx).await? {
            return Ok(None);
        }
        Ok(self.0.correction_note.as_deref())
    }

    /// What it said before it was corrected, latest first. For staff; empty for everybody else.
    #[graphql(directive = list_size::apply(2))]
    pub async fn revisions(&self, ctx: &Context<'_>) -> Result<Vec<AnnouncementRevision>> {
        loaders::list(ctx, RevisionsOf(self.0.id), AnnouncementRevision).await
    }

    /// When it was withdrawn; null when it was not.
    pub async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// How many guardians it reached, each once. For staff of its places; null for everybody else and until it appears.
    pub async fn reach(&self, ctx: &Context<'_>) -> Result<Option<Reach>> {
        if self.0.published_at.is_none() || !self.is_of_staff(ctx).await? {
            return Ok(None);
        }
        let counts = loaders::one(ctx, ReachOf(self.0.id)).await?.unwrap_or_default();
        counts.try_into().map(Some)
    }

    /// The guardians whom it reached about children that are the viewer's to teach or lead, by name. For the leaders of the
    /// school and the teachers of the class groups; empty for everybody else, also for who directs or administers.
    pub async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all when absent.")] state: Option<ReceiptState>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<GuardianReceipt>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let state = state.map(Into::into);
        let page = reach::people(&*call.read().await?, &call.scope(), &self.0, state, &args).await?;
        Ok(page.into_page(|guardian| GuardianReceipt { of: self.0.id, guardian }))
    }

    /// What the viewer did with it; null for whom it did not reach.
    pub async fn viewer_receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>> {
        Ok(Receipt::of(&self.own_rows(ctx).await?))
    }

    /// Whether it reached the viewer and is not read, or was corrected since.
    pub async fn is_unread(&self, ctx: &Context<'_>) -> Result<bool> {
        let receipt = Receipt::of(&self.own_rows(ctx).await?);
        let read =
            |receipt: &Receipt| receipt.read_at.is_some_and(|read| self.0.corrected_at.is_none_or(|at| read >= at));
        Ok(self.0.withdrawn_at.is_none() && receipt.is_some_and(|receipt| !read(&receipt)))
    }

    /// The viewer's own children about whom it reached the viewer; empty for whom it reached as a member of staff or not at
    /// all.
    #[graphql(directive = list_size::apply(2))]
    pub async fn concerns(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        children_of(ctx, &self.own_rows(ctx).await?).await
    }

    /// Whether the viewer may change it, or once it has appeared, correct and withdraw it.
    pub async fn viewer_can_edit(&self, ctx: &Context<'_>) -> Result<bool> {
        if Call::of(ctx).is_closed(self.0.board_id, Action::FamiliesAddress) {
            return Ok(false);
        }
        Ok(self.0.withdrawn_at.is_none() && loaders::one(ctx, Changeable(self.0.id)).await?.is_some())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change; give it as `ifVersion` to an update.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}
