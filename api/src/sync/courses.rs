//! What of the courses is in sight, from their content in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Context;
use glans_entity::ids::{LessonId, MaterialId, ModuleId, ProgrammeId, ProgrammeVersionId, ProgrammeYearId};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::kinds::ChangeType;
use super::sight::Sight;
use crate::call::Call;
use crate::node::Node;
use crate::platform::error::Result;
use crate::programme::content::{Content, Part, Place};
use crate::programme::query as courses;
use crate::programme::reading::Reading;
use crate::programme::shelf::View;
use crate::programme::types::{Lesson, Material, Module, ProgrammeEdition, ProgrammeYear};

/// The courses that one sight shows.
pub(super) struct Courses(Vec<(Arc<Content>, Reading)>);

impl Courses {
    /// Those of `sight`. `scope` is the wall behind which they are read: that of now and before.
    pub(super) async fn of(ctx: &Context<'_>, db: &impl ConnectionTrait, scope: &Scope, sight: &Sight) -> Result<Self> {
        let app = Call::of(ctx).app();
        let mut all = Vec::with_capacity(sight.editions.len());
        for (edition, reading) in &sight.editions {
            if let Some(content) = app.courses.read(db, scope, *edition).await? {
                all.push((content, *reading));
            }
        }
        Ok(Self(all))
    }

    /// The ids of one type, in their order.
    pub(super) fn ids(&self, kind: ChangeType) -> BTreeSet<Uuid> {
        self.0.iter().flat_map(|(content, reading)| ids(kind, content, *reading)).collect()
    }
}

fn ids(kind: ChangeType, content: &Content, reading: Reading) -> Vec<Uuid> {
    if !reading.tree && kind != ChangeType::Material {
        return Vec::new();
    }
    match kind {
        ChangeType::Programme => vec![content.edition.programme_id.0],
        ChangeType::ProgrammeEdition => vec![content.edition.id.0],
        ChangeType::ProgrammeYear => content.years.iter().map(|year| year.row.id.0).collect(),
        ChangeType::Module => content.modules.iter().map(|module| module.row.id.0).collect(),
        ChangeType::Lesson => content.lessons.iter().map(|lesson| lesson.row.id.0).collect(),
        ChangeType::Material => {
            let rows = content.materials.iter().map(|material| &material.row);
            rows.filter(|row| reading.admits(row.audience)).map(|row| row.id.0).collect()
        }
        _ => Vec::new(),
    }
}

/// The views from which nodes are made, one per edition.
pub(super) async fn views(ctx: &Context<'_>, sight: &Sight) -> Result<Vec<View>> {
    let shelf = courses::shelf(ctx).await?;
    let db = Call::of(ctx).read().await?;
    let mut views = Vec::with_capacity(sight.editions.len());
    for (id, _) in &sight.editions {
        if let Some(edition) = shelf.edition(*id) {
            views.extend(shelf.open(&*db, edition).await?);
        }
    }
    Ok(views)
}

/// The node with this id, if it is in one of `views` and may be read.
pub(super) async fn node(ctx: &Context<'_>, views: &[View], kind: ChangeType, id: Uuid) -> Result<Option<Node>> {
    let part = match kind {
        ChangeType::Programme => return Ok(courses::programme(ctx, ProgrammeId(id)).await?.map(Into::into)),
        ChangeType::ProgrammeEdition => {
            let view = views.iter().find(|view| view.edition.id == ProgrammeVersionId(id) && view.reading.tree);
            return Ok(view.map(|view| ProgrammeEdition(view.clone()).into()));
        }
        ChangeType::ProgrammeYear => Part::Year(ProgrammeYearId(id)),
        ChangeType::Module => Part::Module(ModuleId(id)),
        ChangeType::Lesson => Part::Lesson(LessonId(id)),
        ChangeType::Material => Part::Material(MaterialId(id)),
        _ => return Ok(None),
    };
    let found = views.iter().find_map(|view| view.content.place(part).map(|place| (view.clone(), place)));
    Ok(found.filter(courses::in_sight).map(|(view, place)| match place {
        Place::Year(at) => ProgrammeYear { view, at }.into(),
        Place::Module(at) => Module { view, at }.into(),
        Place::Lesson(at) => Lesson { view, at }.into(),
        Place::Material(at) => Material::new(view, at).into(),
    }))
}
