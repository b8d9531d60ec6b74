//! Writing facts down, with the places of their day.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, PersonId, SchoolId};
use glans_entity::metrics::{Metric, Span, due, fact, stretch};
use glans_entity::organisation::school;
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, LockType, OnConflict, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QueryResult, QuerySelect,
};
use uuid::Uuid;

use super::{addressed, known};
use crate::call::today;
use crate::metrics::definitions::{self, Counting, Unit};
use crate::metrics::periods;
use crate::platform::error::{Error, Result};

/// Marks of one statement.
const AT_ONCE: usize = 500;
/// The selected rows of facts to be.
const ROWS: &str = "told";
/// What is to be known of facts to find the cells that they lie in.
const PLACE: [fact::Column; 3] = [fact::Column::SubjectId, fact::Column::SchoolId, fact::Column::Day];

/// What facts of one act or one item have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub metric: Metric,
    /// What they are about, as an announcement.
    pub item: Uuid,
    /// The day that they count for, and whose places they have.
    pub day: NaiveDate,
    /// When they are known for good.
    pub counts_at: DateTime<Utc>,
}

/// Writes facts of a board in the transaction of an act.
pub(super) struct Recorder<'d> {
    pub db: &'d DatabaseTransaction,
    pub board: BoardId,
    pub now: DateTime<Utc>,
}

impl Recorder<'_> {
    /// The day of the act.
    pub fn today(&self) -> NaiveDate {
        today(self.now)
    }

    /// Writes a fact for each row of `select`, which has the columns `subject_id`, `student_id`, `numerator`, `denominator`
    /// and `unknown`, and one row per subject. Of a student who is not active on that day there is none. What was written
    /// of the subject before keeps its day and places, and counts as it does now.
    pub async fn of_students(&self, about: About, select: SelectStatement) -> Result<()> {
        use stretch::Column;
        let own = |column: Column| Expr::col((stretch::Entity, column));
        let covers = addressed::lasts(about.day).add(own(Column::StudentId).eq(row("student_id")));
        let mut rows = self.rows(about, select.clone());
        rows.expr(own(Column::ClusterId))
            .expr(own(Column::SchoolId))
            .expr(own(Column::ClassGroupId))
            .expr(own(Column::Language))
            .inner_join(stretch::Entity, covers)
            .and_where(own(Column::BoardId).eq(self.board));
        self.write(about, select, rows).await
    }

    /// Writes a fact for each row of `select`, which has the columns `subject_id`, `school_id`, `numerator`, `denominator`
    /// and `unknown`, and one row per subject: of staff and lessons, in no class group and of no language.
    pub async fn of_schools(&self, about: About, select: SelectStatement) -> Result<()> {
        use school::Column;
        let own = |column: Column| Expr::col((school::Entity, column));
        let mut rows = self.rows(about, select.clone());
        rows.expr(Func::coalesce([cluster_on(about.day), own(Column::ClusterId), Expr::val(Uuid::nil())]))
            .expr(own(Column::Id))
            .expr(Expr::val(Uuid::nil()))
            .expr(Expr::val(""))
            .inner_join(school::Entity, own(Column::Id).eq(row("school_id")))
            .and_where(own(Column::BoardId).eq(self.board));
        self.write(about, select, rows).await
    }

    /// Takes back what was written of the item, as far as `subjects` says.
    pub async fn forget(&self, metric: Metric, item: Uuid, subjects: Condition) -> Result<()> {
        let delete = Query::delete()
            .from_table(fact::Entity)
            .cond_where(of_item(metric, item).add(subjects))
            .and_where(Expr::col(fact::Column::BoardId).eq(self.board))
            .returning(Query::returning().columns(PLACE))
            .to_owned();
        self.refresh(metric, self.db.query_all(&delete).await?, self.now).await
    }

    /// Whoever was erased goes on to count, as nobody: by an id that does not tell when it was made.
    pub async fn forget_person(&self, person: PersonId) -> Result<()> {
        fact::Entity::update_many()
            .col_expr(fact::Column::SubjectId, Expr::value(Uuid::new_v4()))
            .filter(fact::Column::SubjectId.eq(person.0))
            .filter(fact::Column::BoardId.eq(self.board))
            .exec(self.db)
            .await?;
        Ok(())
    }

    fn rows(&self, about: About, select: SelectStatement) -> SelectStatement {
        Query::select()
            .expr(Expr::val(about.metric.to_value()))
            .expr(Expr::val(about.item))
            .expr(row("subject_id"))
            .expr(Expr::val(self.board))
            .expr(Expr::val(about.day))
            .expr(Expr::val(about.counts_at))
            .expr(row("numerator"))
            .expr(row("denominator"))
            .expr(row("unknown"))
            .from_subquery(select, Alias::new(ROWS))
            .to_owned()
    }

    /// Writes `rows`, which are made of `select`. Of who is erased there is a fact with another id, which stays as it was.
    async fn write(&self, about: About, select: SelectStatement, mut rows: SelectStatement) -> Result<()> {
        use fact::Column;
        let erased = if is_of_persons(about.metric) { self.erased(select).await? } else { Vec::new() };
        if !erased.is_empty() && known::is_known(self, &[about.metric], about.item).await? {
            rows.and_where(row("subject_id").is_not_in(erased.iter().map(|person| person.0)));
        }
        // Two who write the same facts do so in the same order, and wait for each other in no ring.
        rows.order_by_expr(row("subject_id"), Order::Asc);
        let columns = [
            Column::Metric,
            Column::ItemId,
            Column::SubjectId,
            Column::BoardId,
            Column::Day,
            Column::CountsAt,
            Column::Numerator,
            Column::Denominator,
            Column::Unknown,
            Column::ClusterId,
            Column::SchoolId,
            Column::ClassGroupId,
            Column::Language,
        ];
        let again = OnConflict::columns([Column::Metric, Column::ItemId, Column::SubjectId])
            .update_columns([Column::CountsAt, Column::Numerator, Column::Denominator, Column::Unknown])
            .to_owned();
        let written = Query::returning().columns(PLACE);
        let mut insert = Query::insert().into_table(fact::Entity).columns(columns).on_conflict(again).to_owned();
        insert.select_from(rows).map_err(Error::fault)?.returning(written);
        let written = self.db.query_all(&insert).await?;
        for person in erased {
            self.forget_person(person).await?;
        }
        self.refresh(about.metric, written, Ord::max(about.counts_at, self.now)).await
    }

    /// Those of the subjects who are erased. Nobody of them is erased any more until the transaction ends: an act that did
    /// not know of it yet would name them.
    async fn erased(&self, select: SelectStatement) -> Result<Vec<PersonId>> {
        use person::Column;
        let subjects = Query::select().expr(row("subject_id")).from_subquery(select, Alias::new(ROWS)).to_owned();
        let persons: Vec<(PersonId, Option<DateTime<Utc>>)> = person::Entity::within(&Scope::system(self.today()))
            .select_only()
            .columns([Column::Id, Column::ErasedAt])
            .filter(Column::Id.in_subquery(subjects))
            .order_by_asc(Column::Id)
            .lock(LockType::KeyShare)
            .into_tuple()
            .all(self.db)
            .await?;
        Ok(persons.into_iter().filter(|(_, erased_at)| erased_at.is_some()).map(|(person, _)| person).collect())
    }

    /// The cells that facts lie in are to be made anew by then, and those that have the student in them by the end of a
    /// period: a mark counts there, wherever it was made.
    async fn refresh(&self, metric: Metric, facts: Vec<QueryResult>, due_at: DateTime<Utc>) -> Result<()> {
        let is_mark = definitions::of(metric).counting == Counting::Coverage;
        let mut places: BTreeSet<(SchoolId, NaiveDate)> = BTreeSet::new();
        for fact in facts {
            let day: NaiveDate = fact.try_get("", "day")?;
            places.insert((fact.try_get("", "school_id")?, day));
            if is_mark {
                for row in self.db.query_all(&schools_from(day, fact.try_get("", "subject_id")?)).await? {
                    places.insert((row.try_get("", "school_id")?, day));
                }
            }
        }
        let mark = |(school_id, day)| due::Model { id: Uuid::now_v7(), board_id: self.board, school_id, day, due_at };
        let marks: Vec<_> = places.into_iter().map(mark).map(IntoActiveModel::into_active_model).collect();
        for marks in marks.chunks(AT_ONCE) {
            due::Entity::insert_many(marks.iter().cloned()).exec_without_returning(self.db).await?;
        }
        Ok(())
    }
}

/// Whether subjects are persons; else they are students, schools or nobody.
fn is_of_persons(metric: Metric) -> bool {
    matches!(definitions::of(metric).unit, Unit::Guardian | Unit::Invitation | Unit::Staff)
}

/// Where the student is from the week of the day on to the end of the school year, in which the last days of all its
/// periods lie.
fn schools_from(day: NaiveDate, student: Uuid) -> SelectStatement {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    let first = periods::start(Span::Week, day);
    let last = periods::last(Span::SchoolYear, periods::start(Span::SchoolYear, day));
    Query::select()
        .distinct()
        .column((stretch::Entity, Column::SchoolId))
        .from(stretch::Entity)
        .and_where(own(Column::StudentId).eq(student))
        .and_where(own(Column::StartsOn).lte(last))
        .cond_where(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(first)))
        .to_owned()
}

/// The cluster in which most students of the school of the statement were counted on the day: those who came to be known
/// later are counted in that of then.
fn cluster_on(day: NaiveDate) -> Expr {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    Query::select()
        .expr(own(Column::ClusterId))
        .from(stretch::Entity)
        .and_where(own(Column::SchoolId).equals((school::Entity, school::Column::Id)))
        .cond_where(addressed::lasts(day))
        .group_by_col((stretch::Entity, Column::ClusterId))
        .order_by_expr(Func::count(own(Column::StudentId)).into(), Order::Desc)
        .order_by((stretch::Entity, Column::ClusterId), Order::Asc)
        .limit(1)
        .to_owned()
        .into()
}

fn row(column: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(ROWS), Alias::new(column)))
}

fn of_item(metric: Metric, item: Uuid) -> Condition {
    Condition::all()
        .add(Expr::col(fact::Column::Metric).eq(metric.to_value()))
        .add(Expr::col(fact::Column::ItemId).eq(item))
}
