//! The notification, and the input and payload of its mutation.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::notifications::notification;

use super::loaders::StudentsOf;
use crate::call::Call;
use crate::engagement::announcements::types::Priority;
use crate::engagement::contact_rules::rules::zone;
use crate::loaders;
use crate::node::{self, Node};
use crate::notifications::preferences::types::NotificationCategory;
use crate::notifications::texts::{self, Figures, Text, Words, speech};
use crate::payload;
use crate::people::students::Student;
use crate::platform::error::{Error, Result};
use crate::platform::size::list_size;

pub struct Notification(pub notification::Model);

/// That somebody is told of something (*melding*): one item, however many children it concerns. Seen by whom it is for, as
/// long as they may know of it.
#[Object]
impl Notification {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is about; by this people choose what reaches them where.
    pub async fn category(&self) -> NotificationCategory {
        self.0.category.into()
    }

    /// One line, in the language of the request.
    pub async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(texts::title(self.text()?, language(ctx)))
    }

    /// One or two sentences, in the language of the request. It may name the child: do not show it on a lock screen.
    pub async fn body(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(texts::body(self.text()?, language(ctx), &self.words(ctx).await?))
    }

    /// Whether it passes quiet hours.
    pub async fn priority(&self) -> Priority {
        if self.0.urgent { Priority::Urgent } else { Priority::Normal }
    }

    /// What to open; null where there is nothing, and once the viewer may not see it any more.
    pub async fn about(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some((kind, id)) = self.0.about_kind.as_deref().zip(self.0.about_id) else { return Ok(None) };
        Ok(node::of_type(ctx, kind, &[id]).await?.pop().flatten())
    }

    /// The own children whom it concerns, by name; none for who is told as a member of staff.
    #[graphql(directive = list_size::apply(2))]
    pub async fn students(&self, ctx: &Context<'_>) -> Result<Vec<Student>> {
        if self.0.as_staff {
            return Ok(Vec::new());
        }
        let ids = loaders::one(ctx, StudentsOf(self.0.id)).await?.unwrap_or_default();
        let mut found: Vec<_> = loaders::many(ctx, ids).await?.into_values().collect();
        found.sort_by_cached_key(|student| (student.display_name.clone(), student.id));
        Ok(found.into_iter().map(Student).collect())
    }

    /// When what it is about takes place or is due; null where that is not said.
    pub async fn happens_at(&self) -> Option<DateTime<Utc>> {
        self.0.happens_at
    }

    /// When it came.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the viewer read it, here or where it stands; null while it is left to read.
    pub async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.read_at
    }
}

impl Notification {
    fn text(&self) -> Result<Text> {
        self.0.text.parse().map_err(Error::fault)
    }

    async fn words(&self, ctx: &Context<'_>) -> Result<Words> {
        let students = self.students(ctx).await?;
        let board = loaders::one(ctx, self.0.board_id).await?;
        let zone = zone(board.as_ref().map_or("", |board| board.time_zone.as_str()));
        Ok(Words {
            subject: self.about(ctx).await?.and_then(|node| subject(&node)),
            school: None,
            children: students.into_iter().map(|student| student.0.display_name).collect(),
            when: self.0.happens_at.map(|at| texts::when(at, zone, language(ctx))),
            figures: Figures::kept(self.0.figures.as_deref()).map_err(Error::fault)?,
        })
    }
}

/// The language in which the request is answered.
fn language(ctx: &Context<'_>) -> &'static str {
    speech::of_first(Call::of(ctx).languages.iter().map(String::as_str)).tag()
}

/// How people would call it.
fn subject(node: &Node) -> Option<String> {
    match node {
        Node::Cluster(cluster) => Some(cluster.0.name.clone()),
        Node::Announcement(announcement) => Some(announcement.0.title.clone()),
        Node::Event(event) => Some(event.0.title.clone()),
        Node::Survey(survey) => Some(survey.0.title.clone()),
        Node::Thread(thread) => Some(thread.0.subject.clone()),
        Node::Session(session) => session.0.device_name.clone(),
        _ => None,
    }
}

/// What was read: either some, or all up to one.
#[derive(InputObject)]
pub struct NotificationsReadInput {
    /// Ids of notifications, 1 to 100.
    pub ids: Option<Vec<ID>>,
    /// The id of a notification: this one and all older ones.
    pub up_to: Option<ID>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

/// How many notifications are left to read.
pub struct UnreadNotifications(pub i32);

impl From<i32> for UnreadNotifications {
    fn from(count: i32) -> Self {
        Self(count)
    }
}

/// What of the inbox is left to read.
#[Object]
impl UnreadNotifications {
    /// How many notifications of the last 90 days.
    pub async fn count(&self) -> i32 {
        self.0
    }
}

payload! {
    /// The answer to `notificationsRead`.
    NotificationsReadPayload {
        /// What is left to read; null when refused.
        unread: UnreadNotifications
    }
}
