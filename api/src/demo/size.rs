//! How large a demo is.

/// The flags of `glans demo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// School boards, from 1.
    pub boards: usize,
    /// Schools of all boards together; at least one per board.
    pub schools: usize,
    /// Guardians whom each school adds; the first school has one family of each kind, which takes this many.
    pub guardians_per_school: usize,
    /// For how many weeks leaders and teachers have had the course, so that some of it is read; 0 for none.
    pub weeks: usize,
    /// The same seed makes the same rows, within one school year.
    pub seed: u64,
}

/// A size that no story can be told of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    #[error("--boards must lie between 1 and {MAX_BOARDS}")]
    Boards,
    #[error(
        "--schools must lie between the number of boards and {MAX_SCHOOLS}; it counts the schools of all boards together"
    )]
    Schools,
    #[error("--weeks must not be more than {MAX_WEEKS}")]
    Weeks,
    #[error("--guardians-per-school must lie between {MIN_GUARDIANS} and {MAX_GUARDIANS}")]
    Guardians,
}

const MAX_BOARDS: usize = 1_000;
const MAX_SCHOOLS: usize = 10_000;
/// One family of each kind, and a teacher who is a parent.
const MIN_GUARDIANS: usize = 25;
const MAX_GUARDIANS: usize = 5_000;
/// The length of the course.
const MAX_WEEKS: usize = 104;

impl Size {
    pub fn check(self) -> Result<Self, SizeError> {
        match self {
            Self { boards, .. } if !(1..=MAX_BOARDS).contains(&boards) => Err(SizeError::Boards),
            Self { boards, schools, .. } if !(boards..=MAX_SCHOOLS).contains(&schools) => Err(SizeError::Schools),
            Self { guardians_per_school, .. } if !(MIN_GUARDIANS..=MAX_GUARDIANS).contains(&guardians_per_school) => {
                Err(SizeError::Guardians)
            }
            Self { weeks, .. } if weeks > MAX_WEEKS => Err(SizeError::Weeks),
            size => Ok(size),
        }
    }
}

impl Default for Size {
    /// One board that a person can oversee.
    fn default() -> Self {
        Self { boards: 1, schools: 6, guardians_per_school: 120, weeks: 12, seed: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sketches::guardians_of_one_of_each;
    use super::*;

    #[test]
    fn the_smallest_size_has_room_for_one_of_each() {
        assert!(guardians_of_one_of_each() < MIN_GUARDIANS);
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        let size = Size::default();
        assert_eq!(size.check(), Ok(size));
        assert_eq!(Size { boards: 0, ..size }.check(), Err(SizeError::Boards));
        assert_eq!(Size { boards: 7, ..size }.check(), Err(SizeError::Schools));
        assert_eq!(Size { guardians_per_school: 24, ..size }.check(), Err(SizeError::Guardians));
        assert_eq!(Size { weeks: 105, ..size }.check(), Err(SizeError::Weeks));
    }
}
