//! What one school and its families say to each other in the weeks around today.

mod addressed;
mod between;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use glans_entity::engagement::{RecipientKind, TargetKind, audience_target, recipient};
use glans_entity::ids::{ClassGroupId, PersonId};
use glans_entity::people::GuardianAccess;
use uuid::Uuid;

use super::Rows;
use super::dice::Dice;
use super::line::{Child, Setting};

use addressed::ANNOUNCEMENTS;

/// The rows of it. `leader` writes to all.
pub(super) fn tell(setting: Setting, leader: PersonId, children: &[Child], dice: &mut Dice) -> Rows {
    let mut telling = Telling { setting, leader, dice, rows: Rows::default() };
    for (title, body, days, acknowledged) in ANNOUNCEMENTS {
        telling.announcement((title, body), setting.now - TimeDelta::days(days), acknowledged, children);
    }
    telling.event(children);
    let mut groups: Vec<(ClassGroupId, PersonId)> = children.iter().map(|child| (child.group, child.teacher)).collect();
    groups.sort_unstable();
    groups.dedup();
    for (number, (group, teacher)) in (0..).zip(groups) {
        telling.round((group, teacher), telling.at(14 + number, 14), children);
    }
    for (at, child) in children.iter().enumerate().filter(|(_, child)| !child.guardians.is_empty()) {
        if at % 6 == 0 {
            telling.thread(at / 6, child);
        }
        if at % 4 == 1 {
            telling.compliment(child);
        }
    }
    telling.consent();
    telling.rows
}

struct Telling<'s> {
    setting: Setting,
    leader: PersonId,
    dice: &'s mut Dice,
    rows: Rows,
}

impl Telling<'_> {
    fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        self.dice.uuid(at.timestamp_millis().unsigned_abs())
    }

    /// A time on the day so many days from today.
    fn at(&self, days: u64, hour: u32) -> DateTime<Utc> {
        let day = self.setting.now.date_naive() + Days::new(days);
        NaiveTime::from_hms_opt(hour, 0, 0).map_or(self.setting.now, |time| day.and_time(time).and_utc())
    }

    /// For whom it is, and a row in the list of each guardian and child; `done` says when somebody read and acknowledged it.
    fn address(
        &mut self,
        (item, kind, at): (Uuid, RecipientKind, DateTime<Utc>),
        children: &[&Child],
        mut done: impl FnMut(&mut Dice) -> (bool, bool),
    ) {
        let board_id = self.setting.board;
        for child in children {
            for guardian in &child.guardians {
                let (read, acknowledged) = done(self.dice);
                self.rows.recipients.push(recipient::Model {
                    item_id: item,
                    person_id: *guardian,
                    student_id: child.student,
                    board_id,
                    kind,
                    least: GuardianAccess::Full,
                    at,
                    delivered_at: Some(at),
                    read_at: read.then_some(at + TimeDelta::hours(3)),
                    acknowledged_at: acknowledged.then_some(at + TimeDelta::hours(3)),
                });
            }
        }
    }

    fn for_the_school(&mut self, item: Uuid) {
        self.rows.audience_targets.push(audience_target::Model {
            item_id: item,
            target_id: self.setting.school.0,
            board_id: self.setting.board,
            kind: TargetKind::School,
            school_id: Some(self.setting.school),
            excluded: false,
        });
    }
}
