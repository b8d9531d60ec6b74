//! What is not known, and what is the sum of which of it.

use std::collections::BTreeMap;

use glans_entity::metrics::Metric;
use uuid::Uuid;

use crate::metrics::figures::equations::Line;
use crate::metrics::figures::invented::{Atom, Invented};

/// What is not known of an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::metrics::figures) enum What {
    Counted,
    Met,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Unknown<'a> {
    what: What,
    metric: Metric,
    cluster: Uuid,
    school: Uuid,
    /// None: of all class groups together.
    group: Option<Uuid>,
    language: &'a str,
    /// The number of a stretch, or of a day for those who are counted.
    time: usize,
}

/// The numbers of what is not known.
#[derive(Default)]
pub(in crate::metrics::figures) struct Numbers<'a>(BTreeMap<Unknown<'a>, usize>);

impl<'a> Numbers<'a> {
    fn of(&mut self, unknown: Unknown<'a>) -> usize {
        let next = self.0.len();
        *self.0.entry(unknown).or_insert(next)
    }

    /// Of a metric what is not known of an atom, or of all class groups there.
    pub fn sum(&mut self, invented: &Invented, atom: &'a Atom, group: Option<Uuid>) -> Sum {
        let Atom { cluster, school, ref language, stretch, .. } = *atom;
        let (metric, time) = (invented.metric, stretch);
        let met = Unknown { what: What::Met, metric, cluster, school, group, language, time };
        let counted = match metric {
            // As many answers as guardians who answered.
            Metric::GuardianTrust => Unknown { metric: Metric::SurveyResponse, ..met },
            _ => Unknown { what: What::Counted, metric: counted_by(metric), time: invented.days[stretch], ..met },
        };
        let unknown = Unknown { what: What::Unknown, ..met };
        Sum {
            counted: vec![self.of(counted)],
            met: vec![self.of(met)],
            unknown: if invented.has_unknown { vec![self.of(unknown)] } else { Vec::new() },
        }
    }
}

/// Whose denominators the metric has.
fn counted_by(metric: Metric) -> Metric {
    match metric {
        Metric::TwoWay | Metric::PositiveContact | Metric::ConversationCoverage => Metric::Contactability,
        _ => metric,
    }
}

/// What a figure is the sum of.
#[derive(Clone, Debug, Default)]
pub(in crate::metrics::figures) struct Sum {
    pub counted: Vec<usize>,
    pub met: Vec<usize>,
    pub unknown: Vec<usize>,
}

impl Sum {
    pub fn add(&mut self, other: &Self) {
        self.counted.extend(&other.counted);
        self.met.extend(&other.met);
        self.unknown.extend(&other.unknown);
    }

    /// What is told where the sum is.
    pub fn lines(&self) -> impl Iterator<Item = Line> {
        let all = [&self.counted, &self.met, &self.unknown].into_iter();
        all.filter(|unknowns| !unknowns.is_empty()).map(|unknowns| sum_of(unknowns))
    }

    /// That the parts are this sum.
    pub fn links(&self, parts: &Self) -> impl Iterator<Item = Line> {
        let all = [(&self.counted, &parts.counted), (&self.met, &parts.met), (&self.unknown, &parts.unknown)];
        all.into_iter().filter(|(whole, _)| !whole.is_empty()).map(|(whole, parts)| difference(parts, whole))
    }
}

pub(super) fn sum_of(unknowns: &[usize]) -> Line {
    let mut line = Line::default();
    line.add(unknowns);
    line
}

pub(in crate::metrics::figures) fn difference(one: &[usize], other: &[usize]) -> Line {
    let mut line = sum_of(one);
    line.subtract(other);
    line
}
