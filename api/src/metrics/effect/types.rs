//! The effect of a lesson.

use async_graphql::{Context, Object, SimpleObject};
use glans_entity::localized::Localized;

use super::rules::{Effect, Reading, Week};
use crate::call::Call;
use crate::platform::size::list_size;
use crate::programme::shelf::languages;

/// What an effect does not say, by language.
const CAVEATS: [(&str, &str); 2] = [
    (
        "nl",
        "Dit vergelijkt scholen die de les hebben gehad met scholen die haar nog niet hadden, in dezelfde weken. Het \
         bewijst geen oorzaak: scholen kiezen zelf wanneer zij de les geven, en er kan in die weken meer zijn gebeurd.",
    ),
    (
        "en",
        "This compares schools that had the lesson with schools that had not had it yet, in the same weeks. It proves \
         no cause: schools choose when they give the lesson, and more may have happened in those weeks.",
    ),
];

pub struct LessonEffect(pub(super) Reading);

/// How a metric moved after teams got a lesson, against schools that had not got it yet (difference in differences).
/// Every school counts once, however many students it has. Only figures that may be shown to anybody are used. The week
/// or weeks in which the team got the lesson are left out. The same question about the same figures has the same
/// answer.
#[Object]
impl LessonEffect {
    /// By how much the value of the metric changed more than elsewhere, as a difference of ratios from -1 to 1: 0.05 is
    /// five percentage points more. Null where `insufficientData` is true.
    pub async fn estimate(&self) -> Option<f64> {
        self.effect().map(|effect| effect.estimate)
    }

    /// The lower bound of the 95 % interval of `estimate`, from a bootstrap over schools; null where `insufficientData`
    /// is true. An interval that holds 0 means that no effect was found.
    pub async fn low(&self) -> Option<f64> {
        self.effect().map(|effect| effect.low)
    }

    /// The upper bound of the 95 % interval of `estimate`; null where `insufficientData` is true.
    pub async fn high(&self) -> Option<f64> {
        self.effect().map(|effect| effect.high)
    }

    /// Whether there are too few schools to say anything: fewer than three that got the lesson, or fewer than three to
    /// compare them with.
    pub async fn insufficient_data(&self) -> bool {
        self.effect().is_none()
    }

    /// Schools that got the lesson and could be compared: their four weeks after it are over, at least two weeks before
    /// and two after have figures, and there are three schools to compare each with.
    pub async fn taught_count(&self) -> i32 {
        shown(self.0.taught)
    }

    /// Schools that at least one of them was compared with: those that had not begun with the lesson by the end of its
    /// four weeks. One that got it later can be among both.
    pub async fn comparison_count(&self) -> i32 {
        shown(self.0.comparison)
    }

    /// The means by week, to draw: from four weeks before to four weeks after, nine of them; empty where
    /// `insufficientData` is true.
    #[graphql(directive = list_size::apply(9))]
    pub async fn weeks(&self) -> Vec<LessonEffectWeek> {
        let week =
            |week: &Week| LessonEffectWeek { week: week.offset, taught: week.taught, comparison: week.comparison };
        self.0.weeks.iter().map(week).collect()
    }

    /// What this does not say, for the reader, in the viewer's language (Dutch or English): show it wherever the
    /// estimate is shown.
    pub async fn caveat(&self, ctx: &Context<'_>) -> String {
        let call = Call::of(ctx);
        let caveat = Localized(CAVEATS.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into());
        let wanted = languages(call, &call.standing().actor);
        call.told.text(&caveat, wanted.iter().map(String::as_str)).to_owned()
    }
}

impl LessonEffect {
    fn effect(&self) -> Option<Effect> {
        self.0.effect
    }
}

fn shown(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A week before, of or after the lesson.
#[derive(SimpleObject)]
pub struct LessonEffectWeek {
    /// Weeks since the team got the lesson: -4 to -1 before it, 0 the first week in which it got it, 1 to 4 after it.
    pub week: i32,
    /// The mean value of the metric at the schools that got the lesson, 0 to 1; null where none of them has a figure.
    pub taught: Option<f64>,
    /// The mean value in the same calendar weeks at the schools that they are compared with, 0 to 1; null where there
    /// are fewer than three with a figure.
    pub comparison: Option<f64>,
}
