//! How much of everything fits, in a document as in an update. Lengths are in characters (Unicode scalar values).

use std::ops::RangeInclusive;

pub(super) const KEY: usize = 63;
pub(super) const LANGUAGES: RangeInclusive<usize> = 1..=10;
pub(super) const TITLE: usize = 200;
pub(super) const SUMMARY: usize = 2_000;
pub(super) const GOAL: usize = 1_000;
pub(super) const OBJECTIVE: usize = 500;
pub(super) const THEORY: usize = 20_000;
pub(super) const TIP: usize = 1_000;
pub(super) const SCRIPT_STEP: usize = 2_000;
pub(super) const BODY: usize = 50_000;
pub(super) const URL: usize = 2_048;
pub(super) const BOOK_REFERENCE: usize = 200;

pub(super) const YEARS: RangeInclusive<usize> = 1..=10;
pub(super) const MODULES: RangeInclusive<usize> = 1..=20;
pub(super) const LESSONS: RangeInclusive<usize> = 1..=50;
pub(super) const OBJECTIVES: RangeInclusive<usize> = 1..=10;
pub(super) const TIPS: RangeInclusive<usize> = 0..=20;
pub(super) const SCRIPT_STEPS: RangeInclusive<usize> = 0..=30;
pub(super) const MATERIALS: RangeInclusive<usize> = 0..=50;

/// A lesson, a step of its script, a video: up to a working day.
pub(super) const MINUTES: RangeInclusive<i32> = 1..=480;
