//! Rounds, slots and bookings, by the batch.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use glans_entity::engagement::{booking_round, slot, slot_booking};
use glans_entity::ids::{BookingRoundId, ClassGroupId, SlotId, StudentId};
use glans_entity::people::student;
use glans_entity::scope::Scope;

use super::rules::Time;
use super::{rules, store, unbooked};
use crate::loaders::{Batch, BatchError, group};

#[async_trait::async_trait]
impl Loader<BookingRoundId> for Batch {
    type Value = booking_round::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[BookingRoundId]) -> Result<HashMap<BookingRoundId, booking_round::Model>, BatchError> {
        let rows = store::rounds(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SlotId> for Batch {
    type Value = slot::Model;
    type Error = BatchError;

    async fn load(&self, ids: &[SlotId]) -> Result<HashMap<SlotId, slot::Model>, BatchError> {
        let rows = store::slots(&*self.call.read().await?, &self.call.scope(), ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The class groups of a round that are in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupsOf(pub BookingRoundId);

#[async_trait::async_trait]
impl Loader<GroupsOf> for Batch {
    type Value = Vec<ClassGroupId>;
    type Error = BatchError;

    async fn load(&self, keys: &[GroupsOf]) -> Result<HashMap<GroupsOf, Vec<ClassGroupId>>, BatchError> {
        let rounds: Vec<BookingRoundId> = keys.iter().map(|key| key.0).collect();
        let rows = store::groups_of(&*self.call.read().await?, &self.call.scope(), &rounds).await?;
        let groups = group(rows, |row| GroupsOf(row.round_id)).into_iter();
        Ok(groups.map(|(key, rows)| (key, rows.into_iter().map(|row| row.class_group_id).collect())).collect())
    }
}

/// The slots of a round, earliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotsOf(pub BookingRoundId);

#[async_trait::async_trait]
impl Loader<SlotsOf> for Batch {
    type Value = Vec<slot::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[SlotsOf]) -> Result<HashMap<SlotsOf, Vec<slot::Model>>, BatchError> {
        let rounds: Vec<BookingRoundId> = keys.iter().map(|key| key.0).collect();
        let rows = store::slots_of(&*self.call.read().await?, &self.call.scope(), &rounds).await?;
        Ok(group(rows, |row| SlotsOf(row.round_id)))
    }
}

/// The booking of a slot, if it is the viewer's to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BookingOf(pub SlotId);

#[async_trait::async_trait]
impl Loader<BookingOf> for Batch {
    type Value = slot_booking::Model;
    type Error = BatchError;

    async fn load(&self, keys: &[BookingOf]) -> Result<HashMap<BookingOf, slot_booking::Model>, BatchError> {
        let slots: Vec<SlotId> = keys.iter().map(|key| key.0).collect();
        let rows = store::bookings_of(&*self.call.read().await?, &self.call.scope(), &slots).await?;
        Ok(rows.into_iter().map(|row| (BookingOf(row.slot_id), row)).collect())
    }
}

/// Whether a slot can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IsFree(pub Time);

#[async_trait::async_trait]
impl Loader<IsFree> for Batch {
    type Value = bool;
    type Error = BatchError;

    async fn load(&self, keys: &[IsFree]) -> Result<HashMap<IsFree, bool>, BatchError> {
        let (db, on) = (self.call.read().await?, self.call.today());
        let times: Vec<Time> = keys.iter().map(|key| key.0).collect();
        let free = store::free_among(&*db, on, &times, self.call.now()).await?;
        Ok(keys.iter().map(|key| (*key, free.contains(&key.0.slot))).collect())
    }
}

/// The children in a round for whom somebody is still to book and of whom the viewer has everything as staff, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnbookedIn(pub BookingRoundId);

#[async_trait::async_trait]
impl Loader<UnbookedIn> for Batch {
    type Value = Vec<student::Model>;
    type Error = BatchError;

    async fn load(&self, keys: &[UnbookedIn]) -> Result<HashMap<UnbookedIn, Vec<student::Model>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let ids: Vec<BookingRoundId> = keys.iter().map(|key| key.0).collect();
        let rounds = store::rounds(&*db, &scope, &ids).await?;
        let open = unbooked::in_rounds(&*db, &Scope::system(self.call.today()), &rounds).await?;
        let students: Vec<StudentId> = open.values().flatten().map(|open| open.student).collect();
        let seen = store::in_confidence(&*db, &scope, &students).await?;
        let of_round = |(round, open): (BookingRoundId, Vec<rules::Unbooked>)| {
            let is_open = |student: &&student::Model| open.iter().any(|open| open.student == student.id);
            (UnbookedIn(round), seen.iter().filter(is_open).cloned().collect())
        };
        Ok(open.into_iter().map(of_round).collect())
    }
}

/// The viewer's own children in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnChildrenIn(pub BookingRoundId);

#[async_trait::async_trait]
impl Loader<OwnChildrenIn> for Batch {
    type Value = Vec<StudentId>;
    type Error = BatchError;

    async fn load(&self, keys: &[OwnChildrenIn]) -> Result<HashMap<OwnChildrenIn, Vec<StudentId>>, BatchError> {
        let (db, scope) = (self.call.read().await?, self.call.scope());
        let rounds: Vec<BookingRoundId> = keys.iter().map(|key| key.0).collect();
        let links = store::groups_of(&*db, &scope, &rounds).await?;
        let groups: Vec<ClassGroupId> = links.iter().map(|link| link.class_group_id).collect();
        let children = store::children_in(&*db, &scope, &groups, Some(&scope.full_children)).await?;
        let of_round = |key: &OwnChildrenIn| {
            let there =
                |group: &ClassGroupId| links.iter().any(|link| link.round_id == key.0 && link.class_group_id == *group);
            let mut own: Vec<_> =
                children.iter().filter(|(_, group)| there(group)).map(|(student, _)| *student).collect();
            own.dedup();
            (*key, own)
        };
        Ok(keys.iter().map(of_round).collect())
    }
}
