//! The preferences, and the input and payload of their mutation.

use async_graphql::{Context, Enum, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, NaiveTime, Utc};
use glans_entity::notifications;
use sea_orm::Iterable;

use super::actions;
use super::rules::{self, Choice};
use super::wishes::Wishes;
use crate::call::Call;
use crate::notifications::categories::{self, Audience, Strategy};
use crate::payload;
use crate::platform::error::Result;
use crate::platform::scalars::LocalTime;
use crate::platform::size::list_size;

/// What a notification is about: people choose by it what reaches them where.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "notifications::Category")]
pub enum NotificationCategory {
    /// Sign-ins, roles, password and e-mail address of the viewer. It always comes, by e-mail.
    Security,
    /// Something urgent. It always comes, in quiet hours too.
    Alert,
    /// Something that a guardian is to confirm to have read. It always comes.
    Confirmation,
    /// A message in a thread.
    Message,
    /// Talks about a child, and what came of them. Only reminders of them can be switched off: that a talk is planned, moved or
    /// cancelled always comes by the usual ways.
    Conversation,
    /// A word of the school to many.
    Announcement,
    /// Something to come to.
    Event,
    /// Questions of the school, and consents that it asks for.
    Survey,
    /// That a child does not come. It always comes.
    Absence,
    /// That the team had a lesson which has something for guardians to read, watch or do. It comes to who asks for it. It
    /// stays when a session turns out not to have been held: what is for home is there all the same.
    LessonForHome,
    /// For staff: meetings, team sessions and what is overdue in the course.
    Programme,
    /// For staff: experiences with lessons, and comments on them.
    Experience,
    /// For administrators: imports, and webhooks that nothing reaches. It always comes.
    Report,
}

/// A way by which a notification comes, beside the inbox in the app, which has every one.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "notifications::Channel")]
pub enum Channel {
    /// To the devices of `viewer.devices`.
    Push,
    /// To the e-mail address of the account.
    Email,
}

/// Whether a category comes on a channel of itself.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "categories::Strategy")]
pub enum ChannelStrategy {
    /// It comes, and nobody can switch it off.
    Always,
    /// It comes until the viewer switches it off; of CONVERSATION, reminders alone can be.
    OptOut,
    /// It comes once the viewer switches it on.
    OptIn,
}

/// How often e-mail about what can wait is bundled.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "notifications::Digest")]
pub enum Digest {
    /// Nothing is bundled: each notification is an e-mail of its own. What waited when it was chosen comes in a last
    /// one together.
    Immediate,
    /// One e-mail a day at most, at `digestHour`.
    Daily,
    /// One e-mail a week at most, on Friday at `digestHour`.
    Weekly,
}

pub struct NotificationPreferences(Wishes);

impl From<Wishes> for NotificationPreferences {
    fn from(wishes: Wishes) -> Self {
        Self(wishes)
    }
}

/// What the viewer is told by push and e-mail, and when, over all boards. Seen by the viewer alone.
#[Object]
impl NotificationPreferences {
    /// Every category on every channel, with what holds at present: what the viewer chose, else what is usual for the roles
    /// of the viewer. 26 items.
    #[graphql(directive = list_size::apply(26))]
    pub async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ChannelPreference>> {
        let audiences = actions::audiences(&*Call::of(ctx).person()?);
        let of =
            |category: notifications::Category| notifications::Channel::iter().map(move |channel| (category, channel));
        let all = notifications::Category::iter().flat_map(of);
        Ok(all.map(|(category, channel)| ChannelPreference::of(&self.0, category, channel, audiences)).collect())
    }

    /// From when on the viewer is left alone, by the wall clock of `timeZone`; null for the usual hours: 21:00 to 07:00, and
    /// for what concerns the viewer as staff, whenever it is not Monday to Friday from 07:30 to 18:00. What comes in quiet
    /// hours is in the inbox at once and is pushed when they end; only SECURITY, ALERT and what is urgent does not wait.
    pub async fn quiet_from(&self) -> Option<LocalTime> {
        self.0.settings.quiet_from.map(time)
    }

    /// Until when; earlier than `quietFrom` for a night. Null exactly when `quietFrom` is null.
    pub async fn quiet_until(&self) -> Option<LocalTime> {
        self.0.settings.quiet_until.map(time)
    }

    /// By which clock the quiet hours and the digest go: a name of the IANA time zone database, as `Europe/Amsterdam`.
    pub async fn time_zone(&self) -> &str {
        &self.0.settings.time_zone
    }

    /// How often e-mail about ANNOUNCEMENT, EVENT, SURVEY, `LESSON_FOR_HOME`, PROGRAMME and EXPERIENCE comes; DAILY unless
    /// chosen. It is one e-mail over all schools and children, by school and then by child, and names a child by its class
    /// groups. What was read in the app meanwhile is left out, and an empty digest is not sent.
    pub async fn digest(&self) -> Digest {
        self.0.settings.digest.into()
    }

    /// The hour of the day, 0 to 23 by the clock of `timeZone`, at which a digest comes; 17 unless chosen.
    pub async fn digest_hour(&self) -> i32 {
        self.0.settings.digest_hour
    }

    /// When they were changed last; null where they never were.
    pub async fn updated_at(&self) -> Option<DateTime<Utc>> {
        (self.0.settings.version > 0).then_some(self.0.settings.updated_at)
    }

    /// Counts up with every change, 0 where there was none; give it as `ifVersion` when you change them.
    pub async fn version(&self) -> i32 {
        self.0.settings.version
    }
}

/// Minutes since midnight as a time.
fn time(minutes: i32) -> LocalTime {
    let seconds = u32::try_from(minutes * 60).unwrap_or_default();
    LocalTime(NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default())
}

/// A category on a channel. Seen by the viewer alone.
#[derive(SimpleObject)]
pub struct ChannelPreference {
    /// What it is about.
    pub category: NotificationCategory,
    /// By which way.
    pub channel: Channel,
    /// Whether notifications of the category come on the channel. For who is guardian and staff: in either role.
    pub enabled: bool,
    /// What holds for who never chose, by the roles of the viewer.
    pub strategy: ChannelStrategy,
    /// Whether the viewer can choose; false where `strategy` is ALWAYS.
    pub can_change: bool,
}

impl ChannelPreference {
    fn of(
        wishes: &Wishes,
        category: notifications::Category,
        channel: notifications::Channel,
        audiences: &[Audience],
    ) -> Self {
        let strategy = rules::strategy(category, channel, audiences);
        Self {
            category: category.into(),
            channel: channel.into(),
            enabled: audiences.iter().any(|audience| wishes.wants(category, channel, *audience)),
            strategy: strategy.into(),
            can_change: strategy != Strategy::Always,
        }
    }
}

/// Whether a category comes on a channel.
#[derive(InputObject)]
pub struct ChannelPreferenceInput {
    /// What it is about.
    pub category: NotificationCategory,
    /// By which way.
    pub channel: Channel,
    /// Whether it comes. What always comes cannot be switched off: FORBIDDEN.
    pub enabled: bool,
}

impl From<ChannelPreferenceInput> for Choice {
    fn from(input: ChannelPreferenceInput) -> Self {
        Self { category: input.category.into(), channel: input.channel.into(), enabled: input.enabled }
    }
}

/// Changes what the viewer is told where and when. What is absent stays.
#[derive(InputObject)]
pub struct NotificationPreferencesUpdateInput {
    /// The categories and channels that change, each pair once; those left out stay.
    pub channels: Option<Vec<ChannelPreferenceInput>>,
    /// From when on the viewer is left alone, with `quietUntil`; null, for both, for the usual hours.
    pub quiet_from: MaybeUndefined<LocalTime>,
    /// Until when, another time than `quietFrom`; earlier than it for a night.
    pub quiet_until: MaybeUndefined<LocalTime>,
    /// By which clock: a name of the IANA time zone database, as `Europe/Amsterdam`.
    pub time_zone: Option<String>,
    /// How often e-mail about what can wait is bundled.
    pub digest: Option<Digest>,
    /// The hour of the day at which a digest comes, 0 to 23.
    pub digest_hour: Option<i32>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `notificationPreferencesUpdate`.
    NotificationPreferencesUpdatePayload {
        /// What holds now; on a conflict, as it was left; null when refused otherwise.
        notification_preferences: NotificationPreferences
    }
}
