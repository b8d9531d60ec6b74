//! The thread and the message.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use glans_entity::engagement::{self, message, thread};
use glans_entity::ids::PersonId;

use super::company::Company;
use super::loaders::{CompanyOf, LastOf, NameOf, ParticipantsOf, UnreadOf};
use super::store;
use crate::access::Action;
use crate::call::Call;
use crate::engagement::contact_rules::{self, RulesOf};
use crate::loaders;
use crate::people::access_log::Opens;
use crate::people::persons::Person;
use crate::people::students::Student;
use crate::platform::error::Result;
use crate::platform::page::{Page, PageArgs};
use crate::platform::size::list_size;

/// Whether a thread is written in.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "engagement::ThreadStatus")]
pub enum ThreadStatus {
    /// It is.
    Open,
    /// Staff closed it: it stays to be read.
    Closed,
}

pub struct Thread(pub thread::Model);

impl From<thread::Model> for Thread {
    fn from(row: thread::Model) -> Self {
        Self(row)
    }
}

impl Thread {
    async fn company(&self, ctx: &Context<'_>) -> Result<Company> {
        let key = CompanyOf { thread: self.0.id, student: self.0.student_id, school: self.0.school_id };
        Ok(loaders::one(ctx, key).await?.unwrap_or_default())
    }
}

/// Those of `persons` whom the viewer may see.
async fn persons_in_sight(ctx: &Context<'_>, persons: Vec<PersonId>) -> Result<Vec<Person>> {
    let mut found = loaders::many(ctx, persons.clone()).await?;
    Ok(persons.iter().filter_map(|id| found.remove(id)).map(Person).collect())
}

/// Messages (*gesprek*) between the staff of a school and guardians about one child. Seen by who takes part and by nobody
/// else: guardians as long as they have everything of the child, staff as long as they teach the child or lead the school of
/// the thread. Where all its staff has gone and a guardian waits for an answer, who teaches the child now takes part, or who
/// leads the school now where it was written to the leader. A thread whose first message has not arrived is seen by its
/// author only.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id)")]
impl Thread {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is about, 1 to 120 characters.
    pub async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The child that it is about; never null.
    pub async fn about(&self, ctx: &Context<'_>) -> Result<Option<Student>> {
        loaders::present(ctx, self.0.student_id).await.map(|row| Some(Student(row)))
    }

    /// Who takes part today: for staff, everybody; for a guardian, the staff and oneself. Who may not read the thread any
    /// more is not among them.
    #[graphql(directive = list_size::apply(3))]
    pub async fn participants(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let rows = loaders::one(ctx, ParticipantsOf(self.0.id)).await?.unwrap_or_default();
        let company = self.company(ctx).await?;
        let present = |person: &PersonId| company.guardians.contains(person) || company.staff.contains(person);
        persons_in_sight(ctx, rows.into_iter().map(|row| row.person_id).filter(present).collect()).await
    }

    /// The names of the guardians who take part today, the viewer's own among them. All that a guardian is told of another
    /// one, of whom there is one only where staff wrote to both together.
    pub async fn guardian_names(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let guardians = self.company(ctx).await?.guardians;
        let mut names = loaders::many(ctx, guardians.iter().copied().map(NameOf).collect()).await?;
        Ok(guardians.iter().filter_map(|person| names.remove(&NameOf(*person))).collect())
    }

    /// What was written, in the order in which it arrives. Own messages that have not arrived come last, so that what others
    /// write meanwhile comes before them.
    pub async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Items from the start, 0 to 100; 25 when absent.")] first: Option<i32>,
        #[graphql(desc = "A cursor: only what comes after it.")] after: Option<String>,
        #[graphql(desc = "Items from the end, 0 to 100; not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "A cursor: only what comes before it.")] before: Option<String>,
    ) -> Result<Page<Message>> {
        let call = Call::of(ctx);
        let args = PageArgs { first, after, last, before };
        let page = store::messages(&*call.read().await?, &call.scope(), call.now(), self.0.id, &args).await?;
        Ok(page.into_page(Message))
    }

    /// The last of its messages that the viewer sees, for a list of threads.
    pub async fn last_message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        Ok(loaders::one(ctx, LastOf(self.0.id)).await?.map(Message))
    }

    /// How many messages of others have arrived that the viewer has not read.
    #[graphql(name = "unread")]
    pub async fn unread(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = loaders::one(ctx, UnreadOf(self.0.id)).await?.unwrap_or_default();
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// By when staff answer, by the rules of the school: the end of the hours of the last working day of the term, counted
    /// from the oldest message of a guardian that staff has not answered. School holidays are not known. Null when nothing
    /// waits for an answer, and once it is closed.
    pub async fn reply_due_by(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let Some(since) = self.0.awaits_since.filter(|_| self.0.closed_at.is_none()) else { return Ok(None) };
        let rules = loaders::present(ctx, RulesOf(self.0.board_id, self.0.school_id)).await?;
        let board = loaders::present(ctx, self.0.board_id).await?;
        let zone = contact_rules::rules::zone(&board.time_zone);
        Ok(Some(contact_rules::rules::reply_due(&rules, zone, since)))
    }

    /// Whether it is written in.
    pub async fn status(&self) -> ThreadStatus {
        self.0.status.into()
    }

    /// Whether staff closed it.
    pub async fn is_closed(&self) -> bool {
        self.0.closed_at.is_some()
    }

    /// When staff closed it; null while it is open.
    pub async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// When the last message arrived; that of the first one while none has.
    pub async fn last_message_at(&self) -> DateTime<Utc> {
        self.0.last_at
    }

    /// Whether the viewer may write in it now.
    pub async fn viewer_can_write(&self, ctx: &Context<'_>) -> Result<bool> {
        // Who sees it may write in it, unless the thread itself stands in the way.
        let is_closed = Call::of(ctx).is_closed(self.0.board_id, Action::ThreadWrite);
        Ok(!is_closed && self.company(ctx).await?.obstacle(&self.0).is_none())
    }

    /// When it was made.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was changed last, by a message too.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change, every message too; give it as `ifVersion` to close it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}

pub struct Message(pub message::Model);

impl From<message::Model> for Message {
    fn from(row: message::Model) -> Self {
        Self(row)
    }
}

impl Message {
    /// The guardian who wrote it; none where staff did.
    fn writer(&self) -> Option<PersonId> {
        (!self.0.is_staff).then_some(self.0.author_id)
    }
}

/// What somebody wrote in a thread (*bericht*). It is never edited. Seen by who sees the thread, from its arrival on; by its
/// author at once.
#[Object(guard = "Opens::child(self.0.board_id, self.0.student_id).with_any(self.writer())")]
impl Message {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The thread that it stands in.
    pub async fn thread(&self, ctx: &Context<'_>) -> Result<Thread> {
        loaders::present(ctx, self.0.thread_id).await.map(Thread)
    }

    /// Who wrote it; null for a guardian where the viewer is another one, who is told the name only.
    pub async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(loaders::one(ctx, self.0.author_id).await?.map(Person))
    }

    /// The name of who wrote it.
    pub async fn author_name(&self, ctx: &Context<'_>) -> Result<String> {
        loaders::present(ctx, NameOf(self.0.author_id)).await
    }

    /// Whether its author wrote as staff.
    pub async fn is_from_staff(&self) -> bool {
        self.0.is_staff
    }

    /// What was written, 1 to 4,000 characters, with line breaks.
    pub async fn body(&self) -> &str {
        &self.0.body
    }

    /// When it was sent.
    pub async fn sent_at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    /// When others see it: at once, or when the next hours of the school begin. Who they are is decided then: where its
    /// reader has gone meanwhile, who answers for the child now takes part.
    pub async fn arrives_at(&self) -> DateTime<Utc> {
        self.0.arrives_at
    }

    /// Whether others see it by now.
    pub async fn has_arrived(&self, ctx: &Context<'_>) -> bool {
        self.0.undeliverable_at.is_none() && self.0.arrives_at <= Call::of(ctx).now()
    }

    /// When it turned out, at its arrival, that it reaches nobody: call the school. The child left the school meanwhile, nobody
    /// there teaches it or leads it any more, or the thread is not written in any more. Null otherwise; seen by its author
    /// only.
    pub async fn undeliverable_at(&self) -> Option<DateTime<Utc>> {
        self.0.undeliverable_at
    }

    /// Who read it, without its author: for staff, everybody who did; for a guardian, staff and oneself.
    #[graphql(directive = list_size::apply(3))]
    pub async fn read_by(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let rows = loaders::one(ctx, ParticipantsOf(self.0.thread_id)).await?.unwrap_or_default();
        let read = rows.into_iter().filter(|row| row.person_id != self.0.author_id);
        let read = read.filter(|row| row.read_up_to.is_some_and(|up_to| self.0.arrives_at <= up_to));
        persons_in_sight(ctx, read.map(|row| row.person_id).collect()).await
    }

    /// When it was made: when it was sent.
    pub async fn created_at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    /// When something of it changed last: it was sent, or arrived.
    pub async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Counts up with every change.
    pub async fn version(&self) -> i32 {
        self.0.version
    }
}
