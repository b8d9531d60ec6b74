//! The connections to the database.

use glans_entity::organisation::school;
use glans_entity::scope::Scope;
use glans_tests::{World, on_each_database};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

async fn a_reader_sees_one_state_as_long_as_it_reads(world: &World) {
    let scope = Scope::system(glans::call::today(world.app.clock.now()));
    let in_urk = school::Entity::find().filter(school::Column::City.eq("Urk"));
    let reader = world.app.db.read(&scope).await.unwrap();
    assert_eq!(in_urk.clone().count(&reader).await.unwrap(), 0);
    let writer = world.app.db.write(&scope).await.unwrap();
    school::Entity::update_many().col_expr(school::Column::City, Expr::value("Urk")).exec(&writer).await.unwrap();
    writer.commit().await.unwrap();
    assert_eq!(in_urk.clone().count(&reader).await.unwrap(), 0, "the state at its first statement");
    reader.commit().await.unwrap();
    let reader = world.app.db.read(&scope).await.unwrap();
    assert_eq!(in_urk.count(&reader).await.unwrap(), 4);
    reader.commit().await.unwrap();
}

on_each_database!(a_reader_sees_one_state_as_long_as_it_reads);
