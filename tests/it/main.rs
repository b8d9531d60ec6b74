//! Tests of the whole program, through HTTP, as the people and programs that use it. The files bear the names of the
//! slices.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod harness;
