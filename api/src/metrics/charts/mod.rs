//! Figures as pictures: charts as SVG and PNG, and a page for a meeting as PDF.
//!
//! There is one drawing: SVG, from which the pixels and the chart on the page are made. All figures are those that
//! `engagement` shows to who asks. A request goes `asked` → `reading` → `chart` (what is shown) → `layout` (where) →
//! `drawing` (how) → `picture`, or `report`.

mod asked;
mod chart;
mod drawing;
mod layout;
mod letters;
#[cfg(test)]
mod looking;
mod marks;
mod picture;
mod reading;
mod refused;
mod report;
mod route;
#[cfg(test)]
mod samples;
mod store;
mod studio;

pub use route::routes;
