//! `glans schema`

use crate::graphql;

pub(super) fn run() {
    say!("{}", graphql::sdl().trim_end());
}
