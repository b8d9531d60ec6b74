//! Roster imports: what comes in, what goes, what comes back, and what never does.

mod api;
pub(crate) mod bundle;
mod deltas;
mod families;
mod histories;
mod imports;
mod office;
mod refused;
mod roles;
