//! Reading programmes.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, LessonId, MaterialId, ProgrammeId, ProgrammeVersionId};
use glans_entity::programme::{
    Audience, MaterialKind, MaterialState, lesson, material, material_state, module, programme, programme_version,
    programme_year,
};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs};
use crate::programme::content::{Part, Rows};

/// An edition in the list of a viewer: lean, since every request reads it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EditionRow {
    pub id: ProgrammeVersionId,
    pub number: i32,
    pub published_at: Option<DateTime<Utc>>,
    pub board_id: Option<BoardId>,
    pub programme_id: ProgrammeId,
    pub programme_created_at: DateTime<Utc>,
    pub programme_updated_at: DateTime<Utc>,
    pub programme_row_version: i32,
}

/// All editions in sight, drafts too, oldest first.
pub async fn editions(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<EditionRow>> {
    use programme_version::Column;
    let of = programme_version::Entity::belongs_to(programme::Entity)
        .from(Column::ProgrammeId)
        .to(programme::Column::Id)
        .into();
    Ok(programme_version::Entity::within(scope)
        .select_only()
        .columns([Column::Id, Column::Number, Column::PublishedAt, Column::BoardId, Column::ProgrammeId])
        .column_as(programme::Column::CreatedAt, "programme_created_at")
        .column_as(programme::Column::UpdatedAt, "programme_updated_at")
        .column_as(programme::Column::Version, "programme_row_version")
        .join(JoinType::InnerJoin, of)
        .order_by_asc(Column::ProgrammeId)
        .order_by_asc(Column::Number)
        .into_model()
        .all(db)
        .await?)
}

/// The rows of an edition, each list in its order.
pub async fn rows(db: &impl ConnectionTrait, scope: &Scope, id: ProgrammeVersionId) -> Result<Option<Rows>> {
    let select = programme_version::Entity::within(scope).filter(programme_version::Column::Id.eq(id));
    let Some(edition) = select.one(db).await? else {
        return Ok(None);
    };
    let years = programme_year::Entity::within(scope)
        .filter(programme_year::Column::ProgrammeVersionId.eq(id))
        .order_by_asc(programme_year::Column::Number);
    let modules = module::Entity::within(scope)
        .filter(module::Column::ProgrammeVersionId.eq(id))
        .order_by_asc(module::Column::Position);
    let lessons = lesson::Entity::within(scope)
        .filter(lesson::Column::ProgrammeVersionId.eq(id))
        .order_by_asc(lesson::Column::Position);
    let materials = material::Entity::within(scope)
        .filter(material::Column::ProgrammeVersionId.eq(id))
        .order_by_asc(material::Column::Position);
    Ok(Some(Rows {
        edition,
        years: years.all(db).await?,
        modules: modules.all(db).await?,
        lessons: lessons.all(db).await?,
        materials: materials.all(db).await?,
    }))
}

/// Which of the editions `among` holds `part`.
pub async fn holder(
    db: &impl ConnectionTrait,
    scope: &Scope,
    part: Part,
    among: &[ProgrammeVersionId],
) -> Result<Option<ProgrammeVersionId>> {
    let among = among.iter().copied();
    match part {
        Part::Year(id) => {
            use programme_year::Column::{Id, ProgrammeVersionId};
            let select = programme_year::Entity::within(scope).filter(Id.eq(id));
            only(db, select.filter(ProgrammeVersionId.is_in(among)), ProgrammeVersionId).await
        }
        Part::Module(id) => {
            use module::Column::{Id, ProgrammeVersionId};
            let select = module::Entity::within(scope).filter(Id.eq(id));
            only(db, select.filter(ProgrammeVersionId.is_in(among)), ProgrammeVersionId).await
        }
        Part::Lesson(id) => {
            use lesson::Column::{Id, ProgrammeVersionId};
            let select = lesson::Entity::within(scope).filter(Id.eq(id));
            only(db, select.filter(ProgrammeVersionId.is_in(among)), ProgrammeVersionId).await
        }
        Part::Material(id) => {
            use material::Column::{Id, ProgrammeVersionId};
            let select = material::Entity::within(scope).filter(Id.eq(id));
            only(db, select.filter(ProgrammeVersionId.is_in(among)), ProgrammeVersionId).await
        }
    }
}

async fn only<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    column: E::Column,
) -> Result<Option<ProgrammeVersionId>> {
    Ok(select.select_only().column(column).into_tuple().one(db).await?)
}

/// The materials of one edition for some of its audiences.
#[derive(Clone, Debug)]
pub struct Choice {
    pub edition: ProgrammeVersionId,
    pub audiences: Vec<Audience>,
}

/// One page of the materials in any of `choices`, in the order in which they were made.
pub async fn material_page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    choices: &[Choice],
    kind: Option<MaterialKind>,
    args: &PageArgs,
) -> Result<page::Rows<material::Model>> {
    use material::Column;
    // An empty `any` would be no condition at all.
    let nothing = Condition::any().add(Column::ProgrammeVersionId.is_in(Vec::<ProgrammeVersionId>::new()));
    let any = choices.iter().fold(nothing, |any, choice| {
        let audiences = choice.audiences.iter().copied();
        any.add(
            Condition::all().add(Column::ProgrammeVersionId.eq(choice.edition)).add(Column::Audience.is_in(audiences)),
        )
    });
    let mut select = material::Entity::within(scope).filter(any);
    if let Some(kind) = kind {
        select = select.filter(Column::Kind.eq(kind));
    }
    let order =
        Order { name: "material.id", columns: Column::Id, key: |row: &material::Model| row.id.0, descending: false };
    page::rows(db, select, &order, args).await
}

/// How far the account of `scope` is with the materials of `editions`, edition by edition. Untouched ones are absent.
pub async fn states(
    db: &impl ConnectionTrait,
    scope: &Scope,
    editions: &[ProgrammeVersionId],
) -> Result<Vec<(ProgrammeVersionId, MaterialId, MaterialState)>> {
    use material_state::Column;
    let of =
        material_state::Entity::belongs_to(material::Entity).from(Column::MaterialId).to(material::Column::Id).into();
    Ok(material_state::Entity::within(scope)
        .select_only()
        .column(material::Column::ProgrammeVersionId)
        .columns([Column::MaterialId, Column::State])
        .join(JoinType::InnerJoin, of)
        .filter(material::Column::ProgrammeVersionId.is_in(editions.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// The programme of `board`, or of the platform, with this key; nobody else changes it until the transaction ends.
pub async fn lock_by_key(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: Option<BoardId>,
    key: &str,
) -> Result<Option<programme::Model>> {
    use programme::Column;
    let owner = match board {
        Some(board) => Column::BoardId.eq(board),
        None => Column::BoardId.is_null(),
    };
    let select = programme::Entity::within(scope).filter(owner).filter(Column::Key.eq(key));
    Ok(select.lock_exclusive().one(db).await?)
}

/// The programme, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: ProgrammeId) -> Result<Option<programme::Model>> {
    let select = programme::Entity::within(scope).filter(programme::Column::Id.eq(id));
    Ok(select.lock_exclusive().one(db).await?)
}

/// All editions of a programme, newest first.
pub async fn editions_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: ProgrammeId,
) -> Result<Vec<programme_version::Model>> {
    use programme_version::Column;
    let select = programme_version::Entity::within(scope).filter(Column::ProgrammeId.eq(id));
    Ok(select.order_by_desc(Column::Number).all(db).await?)
}

/// The lesson, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock_lesson(db: &impl ConnectionTrait, scope: &Scope, id: LessonId) -> Result<Option<lesson::Model>> {
    let select = lesson::Entity::within(scope).filter(lesson::Column::Id.eq(id));
    Ok(select.lock_exclusive().one(db).await?)
}

/// The material, if it is in sight; nobody else changes it until the transaction ends.
pub async fn lock_material(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: MaterialId,
) -> Result<Option<material::Model>> {
    let select = material::Entity::within(scope).filter(material::Column::Id.eq(id));
    Ok(select.lock_exclusive().one(db).await?)
}
