//! The figures of a place that was in several clusters, put together.

use glans_entity::metrics::figure;

/// Puts together what is of one place. A school that changed its cluster within a period has a figure with each of them: the
/// sum is shown, and hidden if a part of it is.
#[derive(Debug, Default)]
pub(super) struct Merging(Option<figure::Model>);

impl Merging {
    /// Takes the next figure, in the order of the store; the one before, unless this one belongs to it.
    pub(super) fn push(&mut self, next: figure::Model) -> Option<figure::Model> {
        match self.0.take() {
            Some(open) if is_of_one(&open, &next) => {
                self.0 = Some(sum(open, &next));
                None
            }
            open => {
                self.0 = Some(next);
                open
            }
        }
    }

    /// The last one.
    pub(super) fn end(&mut self) -> Option<figure::Model> {
        self.0.take()
    }
}

fn is_of_one(one: &figure::Model, other: &figure::Model) -> bool {
    let of = |figure: &figure::Model| (figure.metric, figure.level, figure.starts_on, figure.place_id);
    of(one) == of(other) && one.language == other.language
}

fn sum(one: figure::Model, other: &figure::Model) -> figure::Model {
    figure::Model {
        numerator: one.numerator + other.numerator,
        denominator: one.denominator + other.denominator,
        unknown: one.unknown + other.unknown,
        version: one.version.max(other.version),
        inside: one.inside.or(other.inside),
        outside: one.outside.or(other.outside),
        ..one
    }
}

#[cfg(test)]
mod tests {
    use glans_entity::ids::BoardId;
    use glans_entity::metrics::{Level, Metric, Span, Suppression};
    use uuid::Uuid;

    use super::*;
    use crate::metrics::exports::rules::{View, hidden};

    #[test]
    fn the_parts_of_a_school_are_one() {
        let part = |place: u128, parent: u128, outside| figure::Model {
            board_id: BoardId(Uuid::from_u128(1)),
            span: Span::Week,
            metric: Metric::Reach,
            level: Level::School,
            language: String::new(),
            starts_on: "2026-08-03".parse().unwrap(),
            parent_id: Uuid::from_u128(parent),
            place_id: Uuid::from_u128(place),
            version: 1,
            numerator: 3,
            denominator: 10,
            unknown: 1,
            inside: None,
            outside,
        };
        let mut merging = Merging::default();
        assert_eq!(merging.push(part(5, 1, None)), None);
        assert_eq!(merging.push(part(5, 2, Some(Suppression::SmallDenominator))), None);
        let whole = merging.push(part(6, 1, None)).unwrap();
        assert_eq!((whole.numerator, whole.denominator, whole.unknown), (6, 20, 2));
        assert_eq!(hidden(&whole, View::Everybody), Some(Suppression::SmallDenominator));
        assert_eq!(hidden(&whole, View::Team), None);
        assert_eq!(merging.end(), Some(part(6, 1, None)));
        assert_eq!(merging.end(), None);
    }
}
