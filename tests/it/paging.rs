//! Pages of a list into which others put things meanwhile: what was there comes once, from either end.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use glans::call::today;
use glans_entity::ids::{ExperienceId, StudentId};
use glans_entity::people::student;
use glans_entity::practice::experience;
use glans_entity::scope::Scope;
use glans_tests::{Who, World, on_each_database};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::ask;

/// Walks through each list in each direction, each with its own dice.
const WALKS: u64 = 6;
/// By how many keys a list is ordered: fewer than there are items, so that many are equal and the id decides.
const KEYS: u32 = 4;
/// After how many pages of a walk nothing is put in any more, so that it comes to its end.
const BUSY: usize = 8;
/// Items in the largest page.
const WHOLE: usize = 100;

/// A list of the leader.
#[derive(Clone, Copy, Debug)]
enum List {
    /// By name.
    Students,
    /// Newest first.
    Experiences,
}

impl List {
    async fn page(self, world: &World, mut args: Value) -> Value {
        let (of, list) = match self {
            Self::Students => (world.ours.schools[0].to_string(), "of: school(id: $of) { list: students"),
            Self::Experiences => (world.ours.published.lesson.to_string(), "of: lesson(id: $of) { list: experiences"),
        };
        let document = format!(
            "query($of: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
            {list}(first: $first, after: $after, last: $last, before: $before) {{
            nodes {{ id }} pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} }} }} }}"
        );
        args["of"] = of.into();
        ask(world, Who::Leader, &document, args).await["of"]["list"].take()
    }

    /// All of it, in one page, in the direction of the walk.
    async fn whole(self, world: &World, forward: bool) -> Vec<String> {
        let page = self.page(world, json!({ "first": WHOLE })).await;
        assert_eq!(page["pageInfo"]["hasNextPage"], false);
        ids(&page, forward)
    }

    /// Puts in as many items, anywhere in the list. Their ids.
    async fn put(self, world: &World, dice: &mut StdRng, count: usize) -> Vec<Uuid> {
        let db = writing(world).await;
        let mut put = Vec::new();
        for _ in 0..count {
            let (key, id) = (dice.random_range(0..KEYS), Uuid::from_u128(dice.random()));
            match self {
                Self::Students => {
                    let own = student::Entity::find_by_id(world.ours.students[0]);
                    let own = own.one(&db).await.unwrap().unwrap();
                    let display_name = format!("{} {key}", own.display_name);
                    let row = student::Model { id: StudentId(id), display_name, number: None, source_id: None, ..own };
                    row.into_active_model().reset_all().insert(&db).await.unwrap();
                }
                Self::Experiences => {
                    let own = experience::Entity::find_by_id(world.ours.experiences[0]);
                    let own = own.one(&db).await.unwrap().unwrap();
                    let created_at = own.created_at + TimeDelta::microseconds(500 * i64::from(key));
                    let row = experience::Model { id: ExperienceId(id), created_at, ..own };
                    row.into_active_model().reset_all().insert(&db).await.unwrap();
                }
            }
            put.push(id);
        }
        db.commit().await.unwrap();
        put
    }

    /// Takes them out again.
    async fn take(self, world: &World, put: Vec<Uuid>) {
        let db = writing(world).await;
        let gone = match self {
            Self::Students => {
                let ids = put.into_iter().map(StudentId);
                student::Entity::delete_many().filter(student::Column::Id.is_in(ids)).exec(&db).await
            }
            Self::Experiences => {
                let ids = put.into_iter().map(ExperienceId);
                experience::Entity::delete_many().filter(experience::Column::Id.is_in(ids)).exec(&db).await
            }
        };
        gone.unwrap();
        db.commit().await.unwrap();
    }
}

async fn writing(world: &World) -> DatabaseTransaction {
    world.app.db.write(&Scope::system(today(world.app.clock.now()))).await.unwrap()
}

/// The ids of a page, in the direction of the walk.
fn ids(page: &Value, forward: bool) -> Vec<String> {
    let nodes = page["nodes"].as_array().unwrap();
    let mut ids: Vec<_> = nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect();
    if !forward {
        ids.reverse();
    }
    ids
}

/// Walks from one end to the other while others put things in. How many of these came ahead of the walk and were told,
/// and how many came behind it.
async fn walk(world: &World, list: List, forward: bool, dice: &mut StdRng) -> (usize, usize) {
    let (size, count) = (dice.random_range(2..=6_usize), dice.random_range(4..=20));
    let mut put = list.put(world, dice, count).await;
    let there = list.whole(world, forward).await;
    let (mut seen, mut cursor) = (Vec::<String>::new(), Value::Null);
    let (first, after, more, edge) = if forward {
        ("first", "after", "hasNextPage", "endCursor")
    } else {
        ("last", "before", "hasPreviousPage", "startCursor")
    };
    let mut whole = there.clone();
    for pages in 1.. {
        let page = list.page(world, json!({ first: size, after: cursor })).await;
        let from = seen.last().map_or(0, |end| whole.iter().position(|id| id == end).unwrap() + 1);
        let told = ids(&page, forward);
        assert_eq!(told, whole[from..whole.len().min(from + size)], "page {pages} of {whole:?}");
        seen.extend(told);
        assert_eq!(page["pageInfo"][more], json!(from + size < whole.len()));
        if page["pageInfo"][more] == false {
            break;
        }
        cursor = page["pageInfo"][edge].clone();
        if pages <= BUSY {
            let count = dice.random_range(0..=3);
            put.extend(list.put(world, dice, count).await);
            whole = list.whole(world, forward).await;
        }
    }
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "doubled: {seen:?}");
    let missing: Vec<_> = there.iter().filter(|id| !seen.contains(id)).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    list.take(world, put).await;
    (seen.len() - there.len(), whole.len() - seen.len())
}

async fn what_is_put_in_between_two_pages_neither_doubles_nor_loses_an_item(world: &World) {
    for list in [List::Students, List::Experiences] {
        for forward in [true, false] {
            let (mut ahead, mut behind) = (0, 0);
            for seed in 0..WALKS {
                println!("{list:?}, forward: {forward}, dice {seed}");
                let came = walk(world, list, forward, &mut StdRng::seed_from_u64(seed)).await;
                ahead += came.0;
                behind += came.1;
            }
            assert!(ahead > 0 && behind > 0, "too little happened: {ahead} ahead, {behind} behind");
        }
    }
}

async fn a_cursor_of_one_order_is_none_of_another(world: &World) {
    const ORDERS: [&str; 4] = [
        "{ field: NAME, direction: ASC }",
        "{ field: NAME, direction: DESC }",
        "{ field: CREATED_AT, direction: ASC }",
        "{ field: CREATED_AT, direction: DESC }",
    ];
    let admin = world.actor(Who::Admin).await;
    let page = async |order: &str, after: Value| {
        let document = format!(
            "{{ schools(first: 1, after: {after}, orderBy: {order}) {{ nodes {{ name }} pageInfo {{ endCursor }} }} }}"
        );
        admin.asks(&document).await
    };
    for order in ORDERS {
        let first = page(order, Value::Null).await;
        let cursor = first.at("schools.pageInfo.endCursor").clone();
        for other in ORDERS {
            let next = page(other, cursor.clone()).await;
            let told: &[&str] = if other == order { &[] } else { &["BAD_CURSOR"] };
            assert_eq!(next.codes(), told, "{order}, then {other}");
        }
    }
}

on_each_database!(
    what_is_put_in_between_two_pages_neither_doubles_nor_loses_an_item,
    a_cursor_of_one_order_is_none_of_another,
);
