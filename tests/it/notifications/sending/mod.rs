//! What is looked at when something is sent: what was read, withdrawn or switched off since it was told, whose right ended,
//! the time of day, and who has the phone in hand.

mod read;
mod rights;
mod wishes;
mod withdrawn;
