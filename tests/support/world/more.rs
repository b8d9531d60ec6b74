//! Somebody more in the first board of a world.

use glans_entity::ids::StudentId;
use glans_entity::people::GuardianAccess;

use super::World;
use crate::seed::{self, Someone};

impl World {
    /// A child more, in the first or second group of the first board.
    pub async fn child(&self, name: &str, at: usize) -> StudentId {
        let db = self.writing().await;
        let child = seed::child(&db, &self.ours, name, at).await;
        self.written(db).await;
        child
    }

    /// A guardian more, in the first board.
    pub async fn guardian(&self, name: &str, children: &[(StudentId, GuardianAccess)]) -> Someone {
        let db = self.writing().await;
        let guardian = seed::guardian(&db, &self.ours, name, children).await;
        self.written(db).await;
        guardian
    }

    /// A child of the first group with two guardians, Sara and Omar, who have everything of it and come together.
    pub async fn family(&self) -> (StudentId, Someone, Someone) {
        let child = self.child("Fien", 0).await;
        let sara = self.guardian("Sara", &[(child, GuardianAccess::Full)]).await;
        let omar = self.guardian("Omar", &[(child, GuardianAccess::Full)]).await;
        (child, sara, omar)
    }

    /// Somebody becomes a guardian of one more child of the first board, with access FULL.
    pub async fn guardian_of_another(&self, someone: Someone, child: StudentId) {
        let db = self.writing().await;
        seed::guardianship(&db, &self.ours, someone, child).await;
        self.written(db).await;
    }

    /// A teacher more, of the first or second group of the first board.
    pub async fn teacher(&self, name: &str, at: usize) -> Someone {
        let db = self.writing().await;
        let teacher = seed::teacher(&db, &self.ours, name, at).await;
        self.written(db).await;
        teacher
    }
}
