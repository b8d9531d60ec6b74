//! The schema: the roots of the slices, merged. Nothing else.

use async_graphql::{EmptySubscription, MergedObject, Schema};

use crate::node::NodeQuery;
use crate::organisation::boards::{BoardMutation, BoardQuery};
use crate::organisation::schools::{SchoolMutation, SchoolQuery};
use crate::roster::{RosterMutation, RosterQuery};

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(NodeQuery, BoardQuery, SchoolQuery, RosterQuery);

/// What can be changed. The fields of one request run one after another.
#[derive(MergedObject, Default)]
pub struct Mutation(BoardMutation, SchoolMutation, RosterMutation);

/// The schema of the API.
pub type GlansSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema as `schema.graphql` has it.
pub fn schema() -> GlansSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription).finish()
}
