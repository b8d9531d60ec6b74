//! Any object by its id.

use async_graphql::{Context, ID, Interface, Object};
use glans_entity::ids::{
    BoardId, LessonId, MaterialId, ModuleId, ProgrammeId, ProgrammeVersionId, ProgrammeYearId, SchoolId, parse_any,
};

use crate::call::Call;
use crate::organisation::boards::{self, Board};
use crate::organisation::schools::{self, School};
use crate::platform::error::{Code, Result, coded};
use crate::programme::content::{Part, Place};
use crate::programme::query as courses;
use crate::programme::types::{Lesson, Material, Module, Programme, ProgrammeEdition, ProgrammeYear};

/// Ids in one `nodes` at most.
const LARGEST_BATCH: usize = 100;

/// Anything with an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, sortable by time of making."))]
pub enum Node {
    Board(Board),
    School(School),
    Programme(Programme),
    ProgrammeEdition(ProgrammeEdition),
    ProgrammeYear(ProgrammeYear),
    Module(Module),
    Lesson(Lesson),
    Material(Material),
}

/// Reading any object by its id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its id; null when there is none that the viewer may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of the object.")] id: ID) -> Result<Option<Node>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        one(ctx, &id).await
    }

    /// Several objects by id, in the order of the ids, with null where there is none that the viewer may see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let call = Call::of(ctx);
        call.signed_in()?;
        if ids.len() > LARGEST_BATCH {
            return Err(coded(Code::BadUserInput, format!("Ask for at most {LARGEST_BATCH} ids at once.")));
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in &ids {
            nodes.push(one(ctx, id).await?);
        }
        Ok(nodes)
    }
}

async fn one(ctx: &Context<'_>, id: &str) -> Result<Option<Node>> {
    let call = Call::of(ctx);
    let Some((prefix, uuid)) = parse_any(id) else {
        return Ok(None);
    };
    let db = call.read().await?;
    let scope = call.scope();
    Ok(match prefix {
        BoardId::PREFIX => boards::store::by_id(&*db, &scope, BoardId(uuid)).await?.map(|row| Board(row).into()),
        SchoolId::PREFIX => schools::store::by_id(&*db, &scope, SchoolId(uuid)).await?.map(|row| School(row).into()),
        ProgrammeId::PREFIX => courses::programme(ctx, ProgrammeId(uuid)).await?.map(Into::into),
        ProgrammeVersionId::PREFIX => courses::edition(ctx, ProgrammeVersionId(uuid)).await?.map(Into::into),
        ProgrammeYearId::PREFIX => part(ctx, Part::Year(ProgrammeYearId(uuid))).await?,
        ModuleId::PREFIX => part(ctx, Part::Module(ModuleId(uuid))).await?,
        LessonId::PREFIX => part(ctx, Part::Lesson(LessonId(uuid))).await?,
        MaterialId::PREFIX => part(ctx, Part::Material(MaterialId(uuid))).await?,
        _ => None,
    })
}

async fn part(ctx: &Context<'_>, part: Part) -> Result<Option<Node>> {
    let found = courses::part(ctx, part).await?;
    Ok(found.map(|(view, place)| match place {
        Place::Year(at) => ProgrammeYear { view, at }.into(),
        Place::Module(at) => Module { view, at }.into(),
        Place::Lesson(at) => Lesson { view, at }.into(),
        Place::Material(at) => Material::new(view, at).into(),
    }))
}
