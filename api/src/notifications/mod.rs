//! From a committed fact to the right phone, once.
//!
//! An act writes its event to the outbox, in its own transaction. [`telling`] turns the event into notifications, one for
//! each person whom it concerns ([`occasions`] knows who), and each of them into deliveries, one for each device and for
//! e-mail. [`deliveries`] carries them to the [`channels`]: whoever claims one holds a lease, looks once more whether it may
//! still be sent ([`preferences`], rights, what was read meanwhile), sends it and says what became of it.
//!
//! Nobody calls this: it reads the outbox and the tables of the slices, and runs in the server or in `glans worker`.
//!
//! - A notification and its deliveries are committed with the mark on the event that caused them: a process that dies leaves
//!   either all of it or nothing.
//! - Of one source a person is told once, and once at each address, whatever is tried again.
//! - Nothing that leaves the system names a child or quotes a message: a line for the category, and ids.

pub mod categories;
pub mod channels;
pub mod dead;
pub mod deliveries;
pub mod devices;
pub mod inbox;
pub mod occasions;
pub mod preferences;
pub mod reminders;
pub mod retention;
pub mod telling;
pub mod texts;
pub mod unsubscribe;
pub mod worker;
