//! Roster imports: what comes in, what goes, what comes back, and what never does.

mod bundle;
mod deltas;
mod families;
mod imports;
mod office;
