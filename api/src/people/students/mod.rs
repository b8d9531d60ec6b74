//! Students: minimal data. A name to show, the school's own number, class groups; nothing more. Who leaves stays in the
//! records until retention removes them.

mod actions;
mod loaders;
mod mutation;
mod query;
pub mod rules;
pub mod store;
pub mod types;

pub use loaders::PlaceOf;
pub use mutation::StudentMutation;
pub use query::{StudentQuery, of_viewer, page};
pub use store::Of;
pub use types::Student;
