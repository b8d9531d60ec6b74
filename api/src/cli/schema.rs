//! `glans schema`

use super::Failure;
use crate::graphql;

pub(super) fn run() -> Result<(), Failure> {
    print!("{}", graphql::sdl());
    Ok(())
}
