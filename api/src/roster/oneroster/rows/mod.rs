//! The rows of a bundle that mean something to Glans, and how each is read.
//!
//! Columns that no struct here has are dropped at this door: names of accounts, passwords, telephone numbers, birth
//! dates, pronouns, the second names. A bundle cannot make Glans hold what it has no purpose for.

mod class;
mod course;
mod enrolment;
mod org;
mod role;
mod session;
mod user;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

pub use self::class::Class;
pub use self::course::Course;
pub use self::enrolment::Enrolment;
pub use self::org::Org;
pub use self::role::Role;
pub use self::session::Session;
pub use self::user::User;
use super::manifest::{Mode, Version};
use super::row::Row;
use super::table::{Layout, read_table};
use crate::roster::problem::{Place, Problems, quoted};

/// A row that has an id and, in delta files, a status.
pub trait Record: Sized {
    /// Name of its file in the manifest.
    const NAME: &'static str;
    fn layout(version: Version) -> &'static Layout;
    fn read(row: &mut Row<'_>, version: Version) -> Option<Self>;
    /// A row that is to go, of which the id alone is required. `None` where the rest does not matter or is not there.
    fn read_leaving(_row: &Row<'_>) -> Option<Self> {
        None
    }
    fn source_id(&self) -> &str;
    fn line(&self) -> u32;
}

/// A file of the bundle: what stands in it, and what it says is to go.
#[derive(Debug)]
pub struct Records<T> {
    pub mode: Mode,
    pub active: Vec<T>,
    /// Ids with status `tobedeleted` and their lines; in delta files only.
    pub deleted: HashMap<String, u32>,
    /// Those among them that say what it is that ends.
    pub leaving: Vec<T>,
    /// Ids of rows that were refused.
    pub broken: HashSet<String>,
    /// Whether header and encoding allowed to read it at all.
    pub readable: bool,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self {
            mode: Mode::Absent,
            active: Vec::new(),
            deleted: HashMap::new(),
            leaving: Vec::new(),
            broken: HashSet::new(),
            readable: true,
        }
    }
}

impl<T: Record> Records<T> {
    /// Reads `sourcedId`, `status` and `dateLastModified` of each row, then the record itself unless it is to go.
    pub fn read(bytes: &[u8], version: Version, mode: Mode, problems: &mut Problems) -> Self {
        let layout = T::layout(version);
        let mut deleted = HashMap::new();
        let (mut leaving, mut repeated) = (Vec::new(), Vec::new());
        let table = read_table(layout, bytes, problems, |row| {
            let gone = status(row, mode);
            if gone == Some(true) {
                let (id, line) = (row.required("sourcedId")?, row.line());
                if deleted.insert(id.clone(), line).is_some() {
                    repeated.push((id, line));
                }
                leaving.extend(T::read_leaving(row));
                return Some(None);
            }
            let record = T::read(row, version);
            gone?;
            record.map(Some)
        });
        for (id, line) in repeated {
            let message = format!("{} stands in the file twice", quoted(&id));
            problems.error(Place::cell(layout.file, line, "sourcedId"), message);
        }
        let active = table.rows.into_iter().flatten().collect();
        Self { mode, active, deleted, leaving, broken: table.broken, readable: table.readable }
    }
}

/// Whether the record is to go. Blank in bulk, set in delta (OneRoster CSV binding, "bulk" and "delta").
fn status(row: &mut Row<'_>, mode: Mode) -> Option<bool> {
    if mode == Mode::Delta {
        let modified = row.required_instant("dateLastModified");
        let deleted = row.choice("status", &[("active", false), ("tobedeleted", true)]);
        modified?;
        return deleted;
    }
    if row.is_blank("status") {
        return Some(false);
    }
    // Several systems fill in `active` here; nothing is lost by reading it.
    let active = row.choice("status", &[("active", true), ("tobedeleted", false)])?;
    if !active {
        row.error("status", "tobedeleted has no meaning in a bulk file; leave the row out, or send a delta file");
    }
    active.then_some(false)
}

/// `beginDate` and `endDate`, either of which may be blank.
fn period(row: &mut Row<'_>) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
    let (begins, ends) = (row.date("beginDate"), row.date("endDate"));
    let (begins, ends) = (begins?, ends?);
    if begins.zip(ends).is_some_and(|(begins, ends)| ends < begins) {
        row.error("endDate", "lies before beginDate");
        return None;
    }
    Some((begins, ends))
}
