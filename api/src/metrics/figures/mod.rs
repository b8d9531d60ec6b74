//! From cells to figures: sums per place, and which of them are shown to whom.
//!
//! It is decided once for a whole board and all metrics, whoever asks, so that no two answers differ in what they hide.
//! There are two audiences. The **team of a school** (`inside`) sees its school and its class groups; **everybody
//! else** (`outside`) sees boards, clusters and schools. Who is inside sees what is shown outside as well: what is
//! hidden from the team is hidden from everybody.
//!
//! What is hidden, in the words of statistical disclosure control (A. Hundepool et al., *Statistical Disclosure
//! Control*, Wiley 2012, chapters 4 and 5):
//!
//! - **Primary** (`rules.rs`): a denominator under k. Outside also a part of the board of which a few are counted, are
//!   not, or are unknown: a count between 1 and k − 1 tells of these few nearly as much as their names. Of surveys the
//!   team of the school is not told that either, and of answers nobody is told that all are the same. A denominator
//!   of 0 is shown: nobody is counted there, so it tells of nobody; and where nobody is there is no row, which tells
//!   the same.
//! - **Of all metrics of the same people** (`decided.rs`): metrics of a family (`definitions::family`) are about the
//!   same students, guardians or staff, and several have the very same denominators. What each of them hid by itself,
//!   another one would tell. So it is decided once, by how many there are and nothing else, what tells of too few of
//!   them, and that is hidden in all metrics of the family. Each hides more for its own numerators; to hide that in
//!   all the others too would cost most figures. It is hidden in those that tell these numerators: a pulse has as many
//!   answers as guardians who answered (`definitions::tells_of`). Where a metric is within another one
//!   (`definitions::within`), it is also looked at how many are in the wider one alone, and where nobody is, it hides
//!   what that one hides.
//! - **Of a period within another one** (`Sheet::tally`): a month and its last week look at the same students on the
//!   same day, and who had contact in the week had it in the month. So of coverage it is also looked at how many are
//!   met in a month and not in its last week, and the same of a school year. It is the longer one that is hidden: weeks
//!   are what is looked at most. Where nobody is, it hides what the shorter one hides.
//! - **Secondary among siblings** (`balance.rs`): what is hidden under one sum is at least two figures, three schools
//!   for outside, of which the sum passes the same rules; still without the largest school, for its own team knows that
//!   one.
//! - **Beside figures that are the same** (`beside.rs`, `pool.rs`): where all who had contact had a conversation, both
//!   metrics are the same, and so is a month that adds nobody to its last week. A figure that is hidden in one of them
//!   alone protects nothing, and the sum of several that are known in one is known in the other. So what is the same does
//!   not count beside what is not; and where something that is not the same is hidden in the wider metric or the shorter
//!   period, it is here too. A sum is hidden as well where all of a few who are left over are in one of its parts.
//! - **Secondary across** (`slack.rs`): places × languages and places × periods are tables with sums on both sides, and
//!   what is hidden twice in every line can still be told. A hidden count is told exactly if it is the one bridge
//!   between two parts of the graph of hidden counts (D. Gusfield, *A Graph Theoretic Approach to Statistical Data
//!   Security*, SIAM J. Comput. 17, 1988). So whoever hides anything in a table hides the same one column too, the
//!   slack. Two hidden lines then meet in two columns, everything hidden lies on a ring of four, and no bridge is left.
//! - **Class groups × languages** (`weave.rs`): both sums are shown inside and the counts between them are not.
//!
//! Only counts of events add up over time: weeks to months, and months to school years. By language they are made per
//! month only, which leaves no third direction.
//!
//! Reasons do not tell which figure of a metric started it: outside all that is hidden of a period for another reason
//! than its denominator has the same reason.
//!
//! `attack` tries it: it solves all that is shown of all metrics as linear equations and looks for what is hidden.
//! In a thousand schools it finds nothing. Not covered is
//!
//! - who kept what was shown before cells changed;
//! - what differs from one period to the next. Of students and how they stand, figures of two weeks are of nearly the
//!   same people: 90 of 130 and then 91 of 131 tells of the one who came. Who knows that nobody came or left may also
//!   take figures of one week for those of another, and compare a month with a week that is not its last one;
//! - what follows from bounds: that of a sum of which nobody is met, or everybody, each part is so too, and that nobody
//!   answered where there is no trust;
//! - who came of `NO_SHOW` as those of `CONVERSATION_COVERAGE`: that what is hidden there is hidden here is tested by
//!   itself;
//! - that several events may be of the same few people: twelve addressed students may be four, three times. Where there
//!   are that few altogether, it is hidden as of a family; where a few were chosen among many, it is not.
//!
//! Time is O(n log n) in cells, but where siblings cannot be settled: then each is weighed against those hidden so far.

#[cfg(test)]
mod attack;
mod balance;
mod beside;
mod decided;
#[cfg(test)]
mod equations;
mod index;
#[cfg(test)]
mod invented;
mod pool;
mod rules;
#[cfg(test)]
mod seen;
mod sheet;
mod sheets;
mod slack;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tied;
mod weave;

use std::ops::AddAssign;

use chrono::NaiveDate;
use glans_entity::ids::{ClassGroupId, ClusterId, SchoolId};
use glans_entity::metrics::{Level, Metric, Span, Suppression};
use uuid::Uuid;

pub use self::decided::Decided;
use self::rules::Look;
use super::definitions::{self, Counting, Unit};

/// Fewer students, guardians or the like are not shown, as the Dutch ministry of education does in its own open data.
pub const LEAST: i64 = 5;

/// Fewer are not shown of what somebody answered, and of who speaks a language at home.
pub const LEAST_SENSITIVE: i64 = 10;

/// A metric of a place in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Who or what met it, at most the denominator.
    pub numerator: i64,
    pub denominator: i64,
    /// Of the rest of the denominator: of whom it is not known.
    pub unknown: i64,
}

impl Counts {
    /// Between 0 and 1. `None` where nobody is counted.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer persons than a float has whole numbers")]
    pub fn value(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.unknown += other.unknown;
    }
}

/// The finest grain: a class group and a language of a school in a period.
#[derive(Clone, Debug)]
pub struct Cell {
    pub span: Span,
    /// The key of the period.
    pub starts_on: NaiveDate,
    pub school: SchoolId,
    /// Nil: the school was in none.
    pub cluster: ClusterId,
    /// Nil: of no group in particular.
    pub class_group: ClassGroupId,
    /// Empty: not known.
    pub language: String,
    pub counts: Counts,
}

/// A row of `metric_figure`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub span: Span,
    pub starts_on: NaiveDate,
    pub level: Level,
    /// Of a school the cluster in that period, of a class group the school, of a cluster the board; else nil.
    pub parent: Uuid,
    pub place: Uuid,
    /// Empty: of all languages together.
    pub language: String,
    pub counts: Counts,
    /// Why the team of the school itself does not see it. Of boards and clusters as `outside`. Of a school that was in
    /// two clusters it is the same in both rows: the team sees their sum.
    pub inside: Option<Suppression>,
    /// Why nobody outside the school sees it. Class groups are never shown outside.
    pub outside: Option<Suppression>,
}

/// What decides beside the counts.
#[derive(Clone, Copy, Debug)]
struct Terms {
    counting: Counting,
    /// k of all figures but those by language.
    least: i64,
    /// k of figures by language.
    least_by_language: i64,
    /// At what the team of a school is not to look.
    inside: Look,
    /// At what nobody else is to look.
    outside: Look,
}

impl Terms {
    /// For `metric`, at a board that wishes a k of at least `wished`; 0 if it has no wish.
    fn of(metric: Metric, wished: i64) -> Self {
        let definition = definitions::of(metric);
        let own = definitions::least(metric);
        let (inside, outside) = if definition.unit == Unit::Answer {
            (Look::Answers, Look::Answers)
        } else if own == LEAST_SENSITIVE {
            (Look::Everything, Look::Everything)
        } else {
            (Look::Denominator, Look::Everything)
        };
        Self {
            counting: definition.counting,
            // Lessons are nobody, whatever the board wishes.
            least: if own == 1 { own } else { own.max(wished) },
            least_by_language: LEAST_SENSITIVE.max(wished),
            inside,
            outside,
        }
    }

    /// The same where nothing but how many there are is told.
    fn of_numbers(self) -> Self {
        Self { inside: Look::Denominator, outside: Look::Denominator, ..self }
    }
}
