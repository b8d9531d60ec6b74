//! What may happen in a school, on the raw tables, told to the facts as the acts tell it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans::metrics::facts;
use glans::platform::outbox::Event;
use glans_entity::engagement::{RecipientKind, TargetKind, audience_target, recipient};
use glans_entity::ids::{AnnouncementId, EventId, PersonId, StudentId, SurveyId};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{GuardianAccess, GuardianshipStatus, enrolment, guardianship};
use glans_tests::World;
use glans_tests::seed::put;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use uuid::Uuid;

use super::calendar::today;
use super::chronicle::Chronicle;
use super::moves::Moves;
use super::town::Town;
use super::{Source, rows};

/// One history on its way.
pub(super) struct Course<'c> {
    pub world: &'c World,
    pub db: &'c DatabaseTransaction,
    pub town: &'c Town,
    pub chronicle: &'c mut Chronicle,
    pub dice: &'c mut StdRng,
    pub now: DateTime<Utc>,
    pub known: Known,
}

/// What there is already: what a course goes on with in another transaction.
#[derive(Default)]
pub(super) struct Known {
    pub announcements: Vec<AnnouncementId>,
    pub events: Vec<EventId>,
    pub surveys: Vec<SurveyId>,
}

impl<'c> Course<'c> {
    pub(super) fn new(
        world: &'c World,
        db: &'c DatabaseTransaction,
        (town, chronicle): (&'c Town, &'c mut Chronicle),
        dice: &'c mut StdRng,
        now: DateTime<Utc>,
    ) -> Self {
        Self { world, db, town, chronicle, dice, now, known: Known::default() }
    }

    /// Something happens, some hours later.
    pub(super) async fn go_on(&mut self) {
        let before = today(self.now);
        self.now += TimeDelta::hours(self.dice.random_range(1..20));
        if today(self.now) > before {
            self.moves().dawn().await;
        }
        self.happen().await;
    }

    /// Days pass on which nothing happens.
    pub(super) async fn rest(&mut self, days: u64) {
        for _ in 0..days {
            self.now += TimeDelta::days(1);
            self.moves().look().await;
        }
    }

    fn moves(&mut self) -> Moves<'_> {
        Moves {
            world: self.world,
            db: self.db,
            town: self.town,
            chronicle: &mut *self.chronicle,
            dice: &mut *self.dice,
            now: self.now,
        }
    }

    /// Something happens now.
    pub(super) async fn happen(&mut self) {
        match self.dice.random_range(0..16) {
            0 | 1 => self.publish().await,
            2 | 3 => self.read().await,
            4 | 5 => self.acknowledge().await,
            6 => self.withdraw().await,
            7 => self.invite().await,
            8 | 9 => self.check_in().await,
            10 => self.ask().await,
            11 | 12 => self.respond().await,
            13 => self.close().await,
            14 => self.hold_session().await,
            _ => self.night().await,
        }
        self.notify().await;
    }

    /// What runs every day.
    pub(super) async fn night(&mut self) {
        facts::daily_of(self.db, self.world.ours.id, self.now).await.unwrap();
    }

    pub(super) async fn tell(&self, kind: &'static str, payload: Value) {
        facts::record(self.db, self.world.ours.id, &Event { kind, payload }, self.now).await.unwrap();
    }

    pub(super) fn guardian(&mut self) -> PersonId {
        *self.town.guardians.choose(self.dice).unwrap()
    }

    /// Names a place for the item, and addresses it to the guardians there.
    pub(super) async fn address(&mut self, item: Uuid, kind: RecipientKind, least: GuardianAccess) {
        let at = self.dice.random_range(0..2_usize);
        let ours = &self.world.ours;
        let child = *self.town.children.choose(self.dice).unwrap();
        let places = [
            (TargetKind::Board, ours.id.0),
            (TargetKind::Cluster, ours.clusters[at].0),
            (TargetKind::School, ours.schools[at].0),
            (TargetKind::ClassGroup, ours.groups[at].0),
            (TargetKind::Student, child.0),
        ];
        let mut named = vec![(*places.choose(self.dice).unwrap(), false)];
        let other = *self.town.children.choose(self.dice).unwrap();
        if self.dice.random_bool(0.3) && named[0].0.1 != other.0 {
            named.push(((TargetKind::Student, other.0), true));
        }
        for ((target, id), excluded) in &named {
            let row = audience_target::Model {
                item_id: item,
                target_id: *id,
                board_id: ours.id,
                kind: *target,
                school_id: None,
                excluded: *excluded,
            };
            put::<audience_target::Entity>(self.db, row).await;
        }
        let src = Source { db: self.db, board: ours.id, chronicle: &*self.chronicle };
        let register = Register::of(src, today(self.now)).await;
        for link in rows::<guardianship::Entity>(src, guardianship::Column::BoardId).await {
            let enough = link.access == GuardianAccess::Full || link.access == least;
            let holds = matches!(link.status, GuardianshipStatus::Active | GuardianshipStatus::Invited)
                && link.ends_on.is_none_or(|last| last >= today(self.now));
            let excluded = named.iter().any(|((_, id), excluded)| *excluded && *id == link.student_id.0);
            if enough && holds && !excluded && register.is_at(link.student_id, named[0].0) {
                self.receive(item, kind, least, (link.guardian_id, link.student_id)).await;
            }
        }
    }

    async fn receive(
        &self,
        item: Uuid,
        kind: RecipientKind,
        least: GuardianAccess,
        (person_id, student_id): (PersonId, StudentId),
    ) {
        let row = recipient::Model {
            item_id: item,
            person_id,
            student_id,
            board_id: self.world.ours.id,
            kind,
            least,
            at: self.now,
            delivered_at: None,
            read_at: None,
            acknowledged_at: None,
        };
        put::<recipient::Entity>(self.db, row).await;
    }
}

/// In which groups children are or were last.
struct Register {
    on: NaiveDate,
    enrolments: Vec<enrolment::Model>,
    groups: Vec<class_group::Model>,
    schools: Vec<school::Model>,
}

impl Register {
    async fn of(src: Source<'_>, on: NaiveDate) -> Self {
        Self {
            on,
            enrolments: rows::<enrolment::Entity>(src, enrolment::Column::BoardId).await,
            groups: rows::<class_group::Entity>(src, class_group::Column::BoardId).await,
            schools: rows::<school::Entity>(src, school::Column::BoardId).await,
        }
    }

    /// As children are addressed: by their group, whether they are still in it or not.
    fn is_at(&self, student: StudentId, (target, id): (TargetKind, Uuid)) -> bool {
        let begun = self.enrolments.iter().filter(|row| row.student_id == student && row.starts_on <= self.on);
        let last = begun.max_by_key(|row| (row.ends_on.is_none(), row.starts_on));
        let Some(group) = last.and_then(|row| self.groups.iter().find(|group| group.id == row.class_group_id)) else {
            return false;
        };
        let school = self.schools.iter().find(|school| school.id == group.school_id).unwrap();
        match target {
            TargetKind::Board => true,
            TargetKind::Cluster => school.cluster_id.is_some_and(|cluster| cluster.0 == id),
            TargetKind::School => school.id.0 == id,
            TargetKind::ClassGroup => {
                let mut own = self.enrolments.iter().filter(|row| row.student_id == student);
                own.any(|row| row.class_group_id.0 == id)
            }
            TargetKind::Student => student.0 == id,
        }
    }
}
