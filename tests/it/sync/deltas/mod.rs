//! What changed since the last sync.

mod lost;
mod neighbours;
mod pages;
