//! Surveys and pulses: questions to many.
//!
//! What is answered to an anonymous survey is stored without the person, the child and the time; who took part is stored
//! apart, with the day alone, and no transaction leads from one to the other (`shuffle`). Results are told when no more
//! answers come, from [`rules::RESULTS_FROM`] answers on, and never with a name. A pulse asks one thing about one child: how
//! much trust there is ([`pulses`]).

pub mod actions;
pub mod inputs;
mod loaders;
mod mutation;
pub mod pulses;
mod query;
mod respond;
mod results;
pub mod rules;
mod shuffle;
pub mod store;
pub mod types;

pub use loaders::QuestionsOf;
pub use mutation::SurveyMutation;
pub use query::SurveyQuery;
pub use types::{Survey, SurveyQuestion};
