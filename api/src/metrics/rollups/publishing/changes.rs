//! How the figures that are decided of a metric differ from those that stand.
//!
//! What stands is laid beside them one by one, in whatever order the database gives it, and none of it is kept. What is
//! kept until a school year is written is about a hundred bytes for each figure that is new, less for each that goes,
//! both for one that stands otherwise, and nothing for one that stays.

use chrono::NaiveDate;
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Level, Metric, Span, figure};
use uuid::Uuid;

use super::store::Versions;
use crate::metrics::figures::{Counts, Figure};

/// Rows that one statement writes.
const AT_ONCE: usize = 500;
/// Rows that one statement takes away, each by its whole key.
const AWAY_AT_ONCE: usize = 50;
/// Rows of one transaction at most. Whoever else writes waits for it, on SQLite about a tenth of a second.
const BATCH: usize = 3_000;

/// What a figure is known by among those of its metric: with its language, the key of its period, its parent and its
/// place.
pub(super) type Key<L> = (Span, Level, L, NaiveDate, Uuid, Uuid);

fn key(figure: &Figure) -> Key<&str> {
    (figure.span, figure.level, figure.language.as_str(), figure.starts_on, figure.parent, figure.place)
}

fn key_of(row: &figure::Model) -> Key<&str> {
    (row.span, row.level, row.language.as_str(), row.starts_on, row.parent_id, row.place_id)
}

/// The figures that are decided of a metric in a school year, beside those that stand.
pub(super) struct Comparison {
    pub metric: Metric,
    /// By their keys.
    figures: Vec<Figure>,
    versions: Versions,
    /// Of each of `figures`, whether it stands as it was decided.
    stands: Vec<bool>,
    gone: Vec<Key<String>>,
}

impl Comparison {
    /// Beside nothing yet.
    pub fn of(metric: Metric, mut figures: Vec<Figure>, versions: Versions) -> Self {
        figures.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        let stands = vec![false; figures.len()];
        Self { metric, figures, versions, stands, gone: Vec::new() }
    }

    /// Lays a figure beside them that stands.
    pub fn lay(&mut self, row: &figure::Model) {
        if let Ok(at) = self.figures.binary_search_by(|figure| key(figure).cmp(&key_of(row)))
            && is_same(&self.figures[at], version(&self.versions, &self.figures[at]), row)
        {
            self.stands[at] = true;
            return;
        }
        let (span, level, language, starts_on, parent, place) = key_of(row);
        self.gone.push((span, level, language.to_owned(), starts_on, parent, place));
    }

    /// What is to be written, once all that stands was laid beside them.
    pub fn changes(self) -> Changes {
        let Self { metric, mut figures, versions, stands, mut gone } = self;
        gone.sort_unstable();
        gone.shrink_to_fit();
        let mut stands = stands.into_iter();
        figures.retain(|_| stands.next() != Some(true));
        figures.shrink_to_fit();
        Changes { metric, new: figures, versions, gone }
    }
}

/// Figures of a metric in a school year that are to be written.
pub(super) struct Changes {
    metric: Metric,
    /// Those that are new, and those that stand otherwise.
    new: Vec<Figure>,
    versions: Versions,
    /// What stands otherwise, or is not decided.
    gone: Vec<Key<String>>,
}

/// How the figures that are decided of a school year differ from those that stand.
pub struct Difference(Vec<Changes>);

/// Some of what differs, which is written in one transaction.
pub struct Batch<'d> {
    pub(super) steps: Vec<Step<'d>>,
    /// With it the school year is published.
    pub(super) is_last: bool,
}

/// What one statement writes.
pub(super) enum Step<'d> {
    /// What stands of a metric is taken away.
    Away(Metric, &'d [Key<String>]),
    Add(&'d Changes, &'d [Figure]),
}

impl Step<'_> {
    fn rows(&self) -> usize {
        match self {
            Self::Away(_, keys) => keys.len(),
            Self::Add(_, figures) => figures.len(),
        }
    }
}

impl Difference {
    /// One of each metric.
    pub(super) fn of(metrics: Vec<Changes>) -> Self {
        Self(metrics)
    }

    /// What is to be written, in this order. All that goes goes first: at no time something that is decided stands beside
    /// something that is not any more, so that one could tell what the other hides. Few changes are one batch.
    pub fn batches(&self) -> Vec<Batch<'_>> {
        let steps = self.0.iter().flat_map(Changes::away).chain(self.0.iter().flat_map(Changes::add));
        let (mut batches, mut batch, mut rows) = (Vec::new(), Vec::new(), 0);
        for step in steps {
            if rows + step.rows() > BATCH {
                batches.push(Batch { steps: std::mem::take(&mut batch), is_last: false });
                rows = 0;
            }
            rows += step.rows();
            batch.push(step);
        }
        batches.push(Batch { steps: batch, is_last: true });
        batches
    }
}

impl Changes {
    fn away(&self) -> impl Iterator<Item = Step<'_>> {
        self.gone.chunks(AWAY_AT_ONCE).map(|keys| Step::Away(self.metric, keys))
    }

    fn add(&self) -> impl Iterator<Item = Step<'_>> {
        self.new.chunks(AT_ONCE).map(|figures| Step::Add(self, figures))
    }

    /// The row of one of `new`.
    pub fn row(&self, board: BoardId, figure: &Figure) -> figure::Model {
        figure::Model {
            board_id: board,
            span: figure.span,
            metric: self.metric,
            level: figure.level,
            language: figure.language.clone(),
            starts_on: figure.starts_on,
            parent_id: figure.parent,
            place_id: figure.place,
            version: version(&self.versions, figure),
            numerator: figure.counts.numerator,
            denominator: figure.counts.denominator,
            unknown: figure.counts.unknown,
            inside: figure.inside,
            outside: figure.outside,
        }
    }
}

fn version(versions: &Versions, figure: &Figure) -> i32 {
    versions.get(&(figure.span, figure.starts_on)).copied().unwrap_or_default()
}

/// Whether two of the same key say the same.
fn is_same(figure: &Figure, version: i32, row: &figure::Model) -> bool {
    let counts = Counts { numerator: row.numerator, denominator: row.denominator, unknown: row.unknown };
    (figure.counts, figure.inside, figure.outside, version) == (counts, row.inside, row.outside, row.version)
}

#[cfg(test)]
mod tests {
    use glans_entity::metrics::Suppression;

    use super::*;

    const BOARD: BoardId = BoardId(Uuid::nil());
    const VERSION: i32 = 2;

    fn week() -> NaiveDate {
        "2026-11-09".parse().unwrap()
    }

    fn figure(place: u128, language: &str) -> Figure {
        Figure {
            span: Span::Week,
            starts_on: week(),
            level: Level::School,
            parent: Uuid::nil(),
            place: Uuid::from_u128(place),
            language: language.to_owned(),
            counts: Counts { numerator: 15, denominator: 20, unknown: 1 },
            inside: None,
            outside: None,
        }
    }

    fn compared(figures: Vec<Figure>) -> Comparison {
        Comparison::of(Metric::Reach, figures, Versions::from([((Span::Week, week()), VERSION)]))
    }

    fn row(figure: &Figure) -> figure::Model {
        compared(Vec::new()).changes().row(BOARD, figure)
    }

    /// The changes where `rows` stand.
    fn changes(figures: &[Figure], rows: &[figure::Model]) -> Changes {
        let mut compared = compared(figures.to_vec());
        for row in rows {
            compared.lay(row);
        }
        compared.changes()
    }

    #[test]
    fn what_stands_as_it_was_decided_is_not_written() {
        // Not in the order of their keys.
        let figures = [figure(3, "nl"), figure(1, "nl"), figure(2, ""), figure(1, "")];
        let changes = changes(&figures, &figures.each_ref().map(row));
        assert_eq!((changes.new, changes.gone), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_is_new_or_other_is_written_and_what_is_not_decided_goes() {
        let decided = [1, 2, 3, 4, 5, 6].map(|place| figure(place, ""));
        let mut stands = decided.each_ref().map(row);
        stands[1].numerator = 14;
        stands[2].inside = Some(Suppression::Complementary);
        stands[3].outside = Some(Suppression::SmallDenominator);
        stands[4].version = VERSION - 1;
        stands[5] = row(&figure(6, "ar"));
        let changes = changes(&decided, &stands);
        assert_eq!(changes.new, decided[1..]);
        // What stands otherwise goes before it is written anew.
        let gone = |place, language: &str| {
            (Span::Week, Level::School, language.to_owned(), week(), Uuid::nil(), Uuid::from_u128(place))
        };
        assert_eq!(changes.gone, [gone(2, ""), gone(3, ""), gone(4, ""), gone(5, ""), gone(6, "ar")]);
    }

    #[test]
    fn where_nothing_is_decided_all_goes() {
        let changes = changes(&[], &[row(&figure(1, ""))]);
        assert_eq!((changes.new.len(), changes.gone.len()), (0, 1));
    }

    /// Of each batch how many rows it takes away, how many it adds, and whether it is the last one.
    fn batches(difference: &Difference) -> Vec<(usize, usize, bool)> {
        let of = |batch: &Batch<'_>| {
            let rows =
                |of: fn(&Step<'_>) -> bool| batch.steps.iter().filter(|step| of(step)).map(Step::rows).sum::<usize>();
            let (away, add) = (rows(|step| matches!(step, Step::Away(..))), rows(|step| matches!(step, Step::Add(..))));
            (away, add, batch.is_last)
        };
        difference.batches().iter().map(of).collect()
    }

    #[test]
    fn few_changes_are_written_at_once() {
        assert_eq!(batches(&Difference::of(Vec::new())), [(0, 0, true)], "the school year is published all the same");
        let changes = changes(&[figure(1, "")], &[row(&figure(2, ""))]);
        assert_eq!(batches(&Difference::of(vec![changes])), [(1, 1, true)]);
    }

    #[test]
    fn of_many_changes_all_that_goes_goes_first_in_batches_that_are_not_large() {
        let many = |from: u128| (from..from + 2 * BATCH as u128).map(|place| figure(place, "")).collect::<Vec<_>>();
        let (decided, stands) = (many(0), many(BATCH as u128));
        let rows: Vec<_> = stands.iter().map(|figure| figure::Model { numerator: 14, ..row(figure) }).collect();
        let difference = Difference::of(vec![changes(&decided, &rows), changes(&decided, &[])]);
        let batches = batches(&difference);
        let sum = |of: fn(&(usize, usize, bool)) -> usize| batches.iter().map(of).sum::<usize>();
        assert_eq!((sum(|batch| batch.0), sum(|batch| batch.1)), (2 * BATCH, 4 * BATCH));
        assert!(batches.iter().all(|batch| batch.0 + batch.1 <= BATCH), "{batches:?}");
        let first_add = batches.iter().position(|batch| batch.1 > 0);
        assert_eq!(first_add, batches.iter().rposition(|batch| batch.0 > 0).map(|last| last + 1));
        assert_eq!(batches.iter().position(|batch| batch.2), Some(batches.len() - 1));
    }

    #[test]
    fn little_is_kept_of_a_figure() {
        assert!(size_of::<Figure>() <= 88, "{}", size_of::<Figure>());
        assert!(size_of::<Key<String>>() <= 64, "{}", size_of::<Key<String>>());
    }
}
