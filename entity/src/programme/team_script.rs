//! How a leader gives a lesson to the own team.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::localized::Localized;

/// The steps of a team session in their order, as `[{"minutes": 10, "text": {"nl": "…"}}]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct TeamScript(pub Vec<ScriptStep>);

/// One step, and how long it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptStep {
    pub minutes: i32,
    pub text: Localized,
}

impl TeamScript {
    /// How long all steps take together.
    pub fn minutes(&self) -> i32 {
        self.0.iter().map(|step| step.minutes).sum()
    }
}
