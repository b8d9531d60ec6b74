//! Writing facts down, with the places of their day.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, SchoolId};
use glans_entity::metrics::{Metric, due, fact, stretch};
use glans_entity::organisation::school;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveEnum, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryResult};
use uuid::Uuid;

use crate::call::today;
use crate::platform::error::{Error, Result};

/// Marks of one statement.
const AT_ONCE: usize = 500;
/// The selected rows of facts to be.
const ROWS: &str = "told";

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
        let covers = Condition::all()
            .add(own(Column::StudentId).eq(row("student_id")))
            .add(own(Column::StartsOn).lte(about.day))
            .add(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(about.day)));
        let mut rows = self.rows(about, select);
        rows.expr(own(Column::ClusterId))
            .expr(own(Column::SchoolId))
            .expr(own(Column::ClassGroupId))
            .expr(own(Column::Language))
            .inner_join(stretch::Entity, covers)
            .and_where(own(Column::BoardId).eq(self.board));
        self.write(about, rows).await
    }

    /// Writes a fact for each row of `select`, which has the columns `subject_id`, `school_id`, `numerator`, `denominator`
    /// and `unknown`, and one row per subject: of staff and lessons, in no class group and of no language.
    pub async fn of_schools(&self, about: About, select: SelectStatement) -> Result<()> {
        use school::Column;
        let own = |column: Column| Expr::col((school::Entity, column));
        let mut rows = self.rows(about, select);
        rows.expr(Func::coalesce([own(Column::ClusterId), Expr::val(Uuid::nil())]))
            .expr(own(Column::Id))
            .expr(Expr::val(Uuid::nil()))
            .expr(Expr::val(""))
            .inner_join(school::Entity, own(Column::Id).eq(row("school_id")))
            .and_where(own(Column::BoardId).eq(self.board));
        self.write(about, rows).await
    }

    /// Takes back what was written of the item, as far as `subjects` says.
    pub async fn forget(&self, metric: Metric, item: Uuid, subjects: Condition) -> Result<()> {
        let delete = Query::delete()
            .from_table(fact::Entity)
            .cond_where(of_item(metric, item).add(subjects))
            .returning(Query::returning().columns([fact::Column::SchoolId, fact::Column::Day]))
            .to_owned();
        self.refresh(self.db.query_all(&delete).await?, self.now).await
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

    async fn write(&self, about: About, rows: SelectStatement) -> Result<()> {
        use fact::Column;
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
        let written = Query::returning().columns([Column::SchoolId, Column::Day]);
        let mut insert = Query::insert().into_table(fact::Entity).columns(columns).on_conflict(again).to_owned();
        insert.select_from(rows).map_err(Error::fault)?.returning(written);
        self.refresh(self.db.query_all(&insert).await?, Ord::max(about.counts_at, self.now)).await
    }

    /// The cells that facts lie in are to be made anew by then.
    async fn refresh(&self, facts: Vec<QueryResult>, due_at: DateTime<Utc>) -> Result<()> {
        let mut places: BTreeSet<(SchoolId, NaiveDate)> = BTreeSet::new();
        for fact in facts {
            places.insert((fact.try_get("", "school_id")?, fact.try_get("", "day")?));
        }
        let mark = |(school_id, day)| due::Model { id: Uuid::now_v7(), board_id: self.board, school_id, day, due_at };
        let marks: Vec<_> = places.into_iter().map(mark).map(IntoActiveModel::into_active_model).collect();
        for marks in marks.chunks(AT_ONCE) {
            due::Entity::insert_many(marks.iter().cloned()).exec_without_returning(self.db).await?;
        }
        Ok(())
    }
}

fn row(column: &'static str) -> SimpleExpr {
    Expr::col((Alias::new(ROWS), Alias::new(column)))
}

fn of_item(metric: Metric, item: Uuid) -> Condition {
    Condition::all()
        .add(Expr::col(fact::Column::Metric).eq(metric.to_value()))
        .add(Expr::col(fact::Column::ItemId).eq(item))
}
