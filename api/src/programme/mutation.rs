//! Changing programmes, and how far one is with their materials.

use std::sync::Arc;

use async_graphql::{Context, Object};
use glans_entity::ids::{MaterialId, ProgrammeId};
use glans_entity::programme::MaterialState;

use super::actions;
use super::content::{Part, Place};
use super::import::asked;
use super::shelf::{Shelf, View};
use super::types::{
    Lesson, LessonUpdateInput, LessonUpdatePayload, Material, MaterialStateSetInput, MaterialStateSetPayload,
    MaterialUpdateInput, MaterialUpdatePayload, Programme, ProgrammeImportInput, ProgrammeImportPayload,
    ProgrammePublishInput, ProgrammePublishPayload,
};
use crate::call::Call;
use crate::platform::error::{Result, outcome};
use crate::platform::page::PageEdge;

/// The root fields that change programmes.
#[derive(Default)]
pub struct ProgrammeMutation;

#[Object]
impl ProgrammeMutation {
    /// Imports a course as the draft of its programme, in the place of an earlier draft. A document that says the same
    /// as the latest edition changes nothing. For board administrators and trainers of the board.
    async fn programme_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The course.")] input: ProgrammeImportInput,
    ) -> Result<ProgrammeImportPayload> {
        let call = Call::of(ctx);
        let ahead = actions::read_ahead(call, &input).await?;
        let done = call.once(ctx, |write| Box::pin(asked(write, input, ahead))).await;
        let (imported, user_errors) = outcome(done)?;
        let programme = match imported {
            Some(imported) => programme(call, imported.programme.id).await?,
            None => None,
        };
        let programme_edge = programme.clone().map(PageEdge::of).transpose()?;
        Ok(ProgrammeImportPayload { programme, programme_edge, user_errors })
    }

    /// Publishes the draft of a programme: from then on all who may read the programme see it, and it changes no more.
    /// Without a draft nothing changes. For board administrators and trainers of the board.
    async fn programme_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which programme.")] input: ProgrammePublishInput,
    ) -> Result<ProgrammePublishPayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::publish(write, input))).await;
        let (row, user_errors) = outcome(done)?;
        let programme = match row {
            Some(row) => programme(call, row.id).await?,
            None => None,
        };
        Ok(ProgrammePublishPayload { programme, user_errors })
    }

    /// Changes a lesson of a draft. In a published edition nothing changes any more: import the corrected course. For
    /// board administrators and trainers of the board.
    async fn lesson_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: LessonUpdateInput,
    ) -> Result<LessonUpdatePayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::update_lesson(write, input))).await;
        let (row, user_errors) = outcome(done)?;
        let lesson = match row {
            Some(row) => part(call, Part::Lesson(row.id)).await?.and_then(|(view, place)| match place {
                Place::Lesson(at) => Some(Lesson { view, at }),
                _ => None,
            }),
            None => None,
        };
        Ok(LessonUpdatePayload { lesson, user_errors })
    }

    /// Changes a material of a draft. In a published edition nothing changes any more: import the corrected course. For
    /// board administrators and trainers of the board.
    async fn material_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: MaterialUpdateInput,
    ) -> Result<MaterialUpdatePayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::update_material(write, input))).await;
        let (row, user_errors) = outcome(done)?;
        let material = match row {
            Some(row) => material(call, row.id, None).await?,
            None => None,
        };
        Ok(MaterialUpdatePayload { material, user_errors })
    }

    /// Says how far the viewer is with a material. For everybody who may read it; not for API clients.
    async fn material_state_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which material, and how far.")] input: MaterialStateSetInput,
    ) -> Result<MaterialStateSetPayload> {
        let call = Call::of(ctx);
        let done = call.once(ctx, |write| Box::pin(actions::set_state(write, input))).await;
        let (set, user_errors) = outcome(done)?;
        let material = match set {
            Some(set) => material(call, set.material, Some(set.state)).await?,
            None => None,
        };
        Ok(MaterialStateSetPayload { material, user_errors })
    }
}

/// A programme as it is after the act.
async fn programme(call: &Call, id: ProgrammeId) -> Result<Option<Programme>> {
    let db = call.read().await?;
    let shelf = Arc::new(Shelf::of(call, &*db).await?);
    match shelf.current(id) {
        Some(edition) => Ok(shelf.open(&*db, edition).await?.map(Programme)),
        None => Ok(None),
    }
}

/// A part of a course as it is after the act.
async fn part(call: &Call, part: Part) -> Result<Option<(View, Place)>> {
    let db = call.read().await?;
    let shelf = Arc::new(Shelf::of(call, &*db).await?);
    shelf.find(&*db, part).await
}

/// A material as it is after the act.
async fn material(call: &Call, id: MaterialId, state: Option<MaterialState>) -> Result<Option<Material>> {
    let found = part(call, Part::Material(id)).await?;
    Ok(found.and_then(|(view, place)| match (place, state) {
        (Place::Material(at), Some(state)) => Some(Material::in_state(view, at, state)),
        (Place::Material(at), None) => Some(Material::new(view, at)),
        _ => None,
    }))
}
