//! Which of the people from before, their places and their roles have ended.

use std::collections::HashSet;

use super::{Mapping, covered};
use crate::roster::oneroster::manifest::Version;
use crate::roster::oneroster::rows::Enrolment;
use crate::roster::oneroster::words::EnrolmentWord;

impl Mapping<'_> {
    pub(super) fn coverage(&mut self) {
        let reading = self.reading;
        let wanted = &mut self.mapped.wanted;
        let gone_users: HashSet<String> = reading.users.deleted.keys().cloned().collect();
        let left = self.left.iter().map(|&user| user.to_owned());
        wanted.students.gone = gone_users.iter().cloned().chain(left).collect();
        wanted.people.gone = gone_users;
        wanted.people.complete = covered(reading.users.mode, "");
        wanted.students.complete = covered(reading.users.mode, "");
        // A row says all of its place: one that is no such place any more has ended.
        let classes = &self.mapped.left_out.classes;
        let is_place = |row: &Enrolment, role: EnrolmentWord| row.role == role && !classes.contains(&row.class);
        let restated = || reading.enrolments.active.iter();
        let no_pupil = restated().filter(|row| !is_place(row, EnrolmentWord::Student)).map(|row| &row.source_id);
        let no_teacher = restated().filter(|row| !is_place(row, EnrolmentWord::Teacher)).map(|row| &row.source_id);
        wanted.enrolments.gone = reading.enrolments.deleted.keys().chain(no_pupil).cloned().collect();
        wanted.enrolments.complete = covered(reading.enrolments.mode, "");
        let memberships = &mut wanted.memberships;
        memberships.complete = covered(reading.enrolments.mode, "enrolment:");
        memberships.complete.extend(covered(reading.roles.mode, "role:"));
        if reading.version == Version::V1p1 {
            memberships.complete.extend(covered(reading.users.mode, "user:"));
            memberships.restated = reading.users.active.iter().map(|user| format!("user:{}", user.source_id)).collect();
        }
        let places = reading.enrolments.deleted.keys().chain(no_teacher);
        memberships.gone = places.map(|id| format!("enrolment:{id}")).collect();
        // A row says all of its role: what it gave before and gives no longer has ended.
        let restated = reading.roles.active.iter().map(|role| &role.source_id);
        memberships.gone.extend(reading.roles.deleted.keys().chain(restated).map(|id| format!("role:{id}")));
        self.disabled_staff();
    }

    /// A delta need not repeat the roles of who is disabled, so that all rights of the person go. Of a second id of a
    /// person only those go that the bundle names: the first may still be in use.
    fn disabled_staff(&mut self) {
        let (reading, disabled) = (self.reading, &self.disabled);
        let aliases = &self.mapped.left_out.aliases;
        let own = disabled.iter().filter(|user| !aliases.contains_key(**user)).map(|user| (*user).to_owned());
        self.mapped.wanted.without_rights.extend(own);
        let roles = reading.roles.active.iter().filter(|role| disabled.contains(role.user.as_str()));
        let places = reading.enrolments.active.iter().filter(|place| disabled.contains(place.user.as_str()));
        let gone = &mut self.mapped.wanted.memberships.gone;
        gone.extend(roles.map(|role| format!("role:{}", role.source_id)));
        gone.extend(places.map(|place| format!("enrolment:{}", place.source_id)));
    }
}
