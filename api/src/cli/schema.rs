//! `glans schema`

use crate::graphql;

pub(super) fn run() {
    print!("{}", graphql::sdl());
}
