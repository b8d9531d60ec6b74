//! The inputs and payloads of announcements.

use async_graphql::{ID, InputObject, MaybeUndefined, SimpleObject};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, announcement};
use glans_entity::ids::{SchoolId, StudentId};

use super::answers::Marked;
use super::rules::{Terms, Wording, Words};
use super::store::Wanted;
use super::types::{Announcement, AnnouncementStatus, Priority};
use crate::call::Call;
use crate::engagement::audience::AudienceInput;
use crate::payload;
use crate::platform::error::{Result, UserError, UserErrorCode, outcome, refusal};
use crate::platform::scalars::{Instant, Locale};
use crate::platform::size::list_size;
use crate::programme::shelf;
use crate::sync_cursor;

/// Which announcements. Each field narrows it down.
#[derive(InputObject, Default)]
pub struct AnnouncementFilter {
    /// Only in one of these states. When absent, all but WITHDRAWN.
    pub statuses: Option<Vec<AnnouncementStatus>>,
    /// Only of this priority.
    pub priority: Option<Priority>,
    /// Only those all of whose places lie in this school.
    pub school: Option<ID>,
    /// Only those that reached the viewer about this own child.
    pub student: Option<ID>,
    /// True: only those that reached the viewer, and not those that the viewer sees as a member of staff.
    pub is_addressed_to_viewer: Option<bool>,
    /// True: only those that reached the viewer and are not read, or were corrected since.
    pub is_unread: Option<bool>,
    /// True: also those that have expired.
    pub includes_expired: Option<bool>,
}

impl AnnouncementFilter {
    /// As the store takes it. An id of something else is that of nothing in sight.
    pub(super) fn into_wanted(self) -> Wanted {
        Wanted {
            statuses: self.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            priority: self.priority.map(Into::into),
            school: self.school.map(|id| id.parse().unwrap_or_else(|_| SchoolId::new())),
            student: self.student.map(|id| id.parse().unwrap_or_else(|_| StudentId::new())),
            addressed: self.is_addressed_to_viewer.unwrap_or_default(),
            unread: self.is_unread.unwrap_or_default(),
            expired: self.includes_expired.unwrap_or_default(),
        }
    }
}

/// An announcement in another language.
#[derive(InputObject, Clone)]
pub struct AnnouncementTranslationInput {
    /// Which language; each once, and not that of the announcement itself. A region makes no difference.
    pub language: Locale,
    /// The title, 1 to 200 characters, on one line.
    pub title: String,
    /// The text, 1 to 20,000 characters, with line breaks.
    pub body: String,
}

impl From<AnnouncementTranslationInput> for Words {
    fn from(input: AnnouncementTranslationInput) -> Self {
        Self { language: input.language.as_str().to_owned(), title: input.title, body: input.body }
    }
}

/// A new announcement.
#[derive(InputObject)]
pub struct AnnouncementCreateInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// Whom it is for.
    pub audience: AudienceInput,
    /// The title, 1 to 200 characters, on one line.
    pub title: String,
    /// The text, 1 to 20,000 characters, with line breaks.
    pub body: String,
    /// The language of title and text; that of the author when absent.
    pub language: Option<Locale>,
    /// The same in other languages, at most 20; absent for none.
    pub translations: Option<Vec<AnnouncementTranslationInput>>,
    /// How soon they must know; NORMAL when absent. URGENT is for who leads the school, directs the cluster or administers
    /// the board, and also reaches guardians who are reached in an emergency only.
    pub priority: Option<Priority>,
    /// Why it is urgent, 1 to 500 characters, for staff; needed when URGENT, ignored otherwise.
    pub urgent_reason: Option<String>,
    /// Whether it tells what a guardian without parental authority has a right to know, and reaches them too; false when
    /// absent.
    pub has_important_facts: Option<bool>,
    /// Whether each recipient is asked to confirm it; false when absent.
    pub requires_acknowledgement: Option<bool>,
    /// Until when to confirm it, within a year; only with `requiresAcknowledgement`, absent for no date.
    pub acknowledge_by: Option<Instant>,
    /// When it leaves the lists, within a year; absent for never.
    pub expires_at: Option<Instant>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl AnnouncementCreateInput {
    pub(super) fn wording(&self, call: &Call) -> Wording {
        let of_author = || shelf::languages(call, &call.standing().actor).into_iter().next();
        let language = self.language.as_ref().map(|language| language.as_str().to_owned());
        let language = language.or_else(of_author).unwrap_or_else(|| "nl".to_owned());
        let translations = self.translations.iter().flatten().cloned().map(Into::into).collect();
        Wording { own: Words { language, title: self.title.clone(), body: self.body.clone() }, translations }
    }

    pub(super) fn terms(&self) -> Terms {
        Terms {
            priority: self.priority.map_or(engagement::Priority::Normal, Into::into),
            urgent_reason: self.urgent_reason.clone(),
            requires_acknowledgement: self.requires_acknowledgement.unwrap_or_default(),
            acknowledge_by: self.acknowledge_by.map(|at| at.0),
            expires_at: self.expires_at.map(|at| at.0),
        }
    }
}

/// Changes to an announcement that has not appeared yet. What is absent stays.
#[derive(InputObject)]
pub struct AnnouncementUpdateInput {
    /// Which announcement.
    pub id: ID,
    /// Whom it is for, in place of whom it was for.
    pub audience: Option<AudienceInput>,
    /// The title, 1 to 200 characters, on one line.
    pub title: Option<String>,
    /// The text, 1 to 20,000 characters, with line breaks.
    pub body: Option<String>,
    /// The language of title and text.
    pub language: Option<Locale>,
    /// The same in other languages, at most 20, in place of those that there were.
    pub translations: Option<Vec<AnnouncementTranslationInput>>,
    /// How soon they must know.
    pub priority: Option<Priority>,
    /// Why it is urgent, 1 to 500 characters, for staff; null clears it.
    pub urgent_reason: MaybeUndefined<String>,
    /// Whether it tells what a guardian without parental authority has a right to know, and reaches them too.
    pub has_important_facts: Option<bool>,
    /// Whether each recipient is asked to confirm it.
    pub requires_acknowledgement: Option<bool>,
    /// Until when to confirm it, within a year; null for no date.
    pub acknowledge_by: MaybeUndefined<Instant>,
    /// When it leaves the lists, within a year; null for never.
    pub expires_at: MaybeUndefined<Instant>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl AnnouncementUpdateInput {
    pub(super) fn wording(&self, row: &announcement::Model, before: Vec<Words>) -> Wording {
        let language = self.language.as_ref().map_or(row.language.as_str(), Locale::as_str).to_owned();
        let title = self.title.clone().unwrap_or_else(|| row.title.clone());
        let body = self.body.clone().unwrap_or_else(|| row.body.clone());
        let named = self.translations.clone().map(|all| all.into_iter().map(Into::into).collect());
        Wording { own: Words { language, title, body }, translations: named.unwrap_or(before) }
    }

    pub(super) fn terms(&self, row: &announcement::Model) -> Terms {
        let requires_acknowledgement = self.requires_acknowledgement.unwrap_or(row.requires_acknowledgement);
        // What is not to be confirmed any more has no date for it, unless one is given.
        let before = row.acknowledge_by.filter(|_| requires_acknowledgement);
        let is_kept = self.urgent_reason.is_undefined();
        let urgent_reason = if is_kept { row.urgent_reason.clone() } else { self.urgent_reason.value().cloned() };
        Terms {
            priority: self.priority.map_or(row.priority, Into::into),
            urgent_reason,
            requires_acknowledgement,
            acknowledge_by: changed(&self.acknowledge_by, before),
            expires_at: changed(&self.expires_at, row.expires_at),
        }
    }
}

fn changed(named: &MaybeUndefined<Instant>, before: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match named {
        MaybeUndefined::Undefined => before,
        MaybeUndefined::Null => None,
        MaybeUndefined::Value(at) => Some(at.0),
    }
}

/// Which announcement is to appear, and when.
#[derive(InputObject)]
pub struct AnnouncementPublishInput {
    /// Which announcement.
    pub id: ID,
    /// When it is to appear, within a year and to the minute; at once when absent or past.
    pub publish_at: Option<Instant>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// What to say instead.
#[derive(InputObject)]
pub struct AnnouncementCorrectInput {
    /// Which announcement.
    pub id: ID,
    /// What was wrong, for its readers, 1 to 500 characters.
    pub note: String,
    /// The title, 1 to 200 characters, on one line; stays when absent.
    pub title: Option<String>,
    /// The text, 1 to 20,000 characters, with line breaks; stays when absent.
    pub body: Option<String>,
    /// The same in other languages, at most 20, in place of those that there were; they stay when absent.
    pub translations: Option<Vec<AnnouncementTranslationInput>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl AnnouncementCorrectInput {
    pub(super) fn wording(&self, before: Wording) -> Wording {
        let Wording { own, translations } = before;
        let title = self.title.clone().unwrap_or(own.title);
        let body = self.body.clone().unwrap_or(own.body);
        let named = self.translations.clone().map(|all| all.into_iter().map(Into::into).collect());
        let own = Words { language: own.language, title, body };
        Wording { own, translations: named.unwrap_or(translations) }
    }
}

/// Which announcement is withdrawn.
#[derive(InputObject)]
pub struct AnnouncementWithdrawInput {
    /// Which announcement.
    pub id: ID,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// What the viewer has read.
#[derive(InputObject)]
pub struct AnnouncementReadInput {
    /// Which announcements, 1 to 100.
    pub ids: Vec<ID>,
    /// When they were read, for a phone that was offline; now when absent. A time before it appeared counts as then, one to
    /// come as now.
    pub read_at: Option<Instant>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// What the viewer confirms.
#[derive(InputObject)]
pub struct AnnouncementAcknowledgeInput {
    /// Which announcement.
    pub id: ID,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `announcementCreate`.
    AnnouncementCreatePayload {
        /// The draft; null when refused.
        announcement: Announcement,
        announcement_edge
    }
}

payload! {
    /// The answer to `announcementUpdate`.
    AnnouncementUpdatePayload {
        /// The announcement as it is now; on a conflict of versions, as it was left; null when refused otherwise.
        announcement: Announcement
    }
}

payload! {
    /// The answer to `announcementPublish`.
    AnnouncementPublishPayload {
        /// The announcement, PUBLISHED or SCHEDULED; on a conflict of versions, as it was left; null when refused otherwise.
        announcement: Announcement
    }
}

payload! {
    /// The answer to `announcementCorrect`.
    AnnouncementCorrectPayload {
        /// The announcement as it is now; on a conflict of versions, as it was left; null when refused otherwise.
        announcement: Announcement
    }
}

payload! {
    /// The answer to `announcementWithdraw`.
    AnnouncementWithdrawPayload {
        /// The announcement, WITHDRAWN; on a conflict of versions, as it was left; null when refused otherwise.
        announcement: Announcement
    }
}

payload! {
    /// The answer to `announcementAcknowledge`.
    AnnouncementAcknowledgePayload {
        /// The announcement with the receipt of the viewer; null when refused.
        announcement: Announcement
    }
}

/// The answer to `announcementRead`.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct AnnouncementReadPayload {
    /// Those that were marked, with the receipts of the viewer; null when all were refused.
    #[graphql(directive = list_size::apply(25))]
    pub announcements: Option<Vec<Announcement>>,
    /// What the user can mend, every problem at once; `ids.3` is the fourth of the ids.
    pub user_errors: Vec<UserError>,
}

sync_cursor!(AnnouncementReadPayload);

impl AnnouncementReadPayload {
    /// The payload of a finished act.
    pub(super) fn of(done: Result<Marked>) -> Result<Self> {
        let (marked, mut user_errors) = outcome(done)?;
        let Some(Marked { rows, missing }) = marked else { return Ok(Self { announcements: None, user_errors }) };
        let message = "There is nothing with this id that reached you. Check the id.";
        let missing = missing.into_iter().map(|at| refusal(UserErrorCode::NotFound, &format!("ids.{at}"), message));
        user_errors.extend(missing.map(UserError::from));
        let announcements = rows.into_iter().map(Announcement).collect::<Vec<_>>();
        Ok(Self { announcements: (!announcements.is_empty()).then_some(announcements), user_errors })
    }
}
