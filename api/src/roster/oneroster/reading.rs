//! A bundle as a whole, read once from front to back.

use super::bundle::{Bundle, BundleError};
use super::links::{self, GUARDIANSHIPS_FILE, RELATIONSHIPS_FILE, Relationship, StatedGuardianship};
use super::manifest::{Manifest, Mode, Version};
use super::rows::{Class, Course, Enrolment, Org, Record, Records, Role, Session, User};
use super::table::Table;
use crate::roster::problem::{Place, Problems};

/// Files with special-category data or sign-in data. They are not even unpacked.
const DROPPED_FILES: &[(&str, &str)] = &[
    ("demographics.csv", "dropped unread: personal data of a special category, for which Glans has no purpose"),
    ("userProfiles.csv", "dropped unread: accounts of other systems, for which Glans has no purpose"),
];

/// All rows of a bundle.
#[derive(Debug)]
pub struct Reading {
    pub version: Version,
    /// Whether what a user is can be told from users and roles together.
    pub tells_who_is_what: bool,
    pub orgs: Records<Org>,
    pub sessions: Records<Session>,
    pub courses: Records<Course>,
    pub classes: Records<Class>,
    pub users: Records<User>,
    /// Empty in 1.1, where a user has one role.
    pub roles: Records<Role>,
    pub enrolments: Records<Enrolment>,
    pub relationships: Table<Relationship>,
    pub guardianships: Table<StatedGuardianship>,
    pub has_relationships: bool,
    pub has_guardianships: bool,
}

impl Reading {
    /// `None` where the manifest does not say how to read the rest; the problems tell why.
    pub fn of(bundle: &mut Bundle, problems: &mut Problems) -> Result<Option<Self>, BundleError> {
        let Some(manifest) = Manifest::read(bundle, problems)? else { return Ok(None) };
        for &(file, why) in DROPPED_FILES.iter().filter(|(file, _)| bundle.has(file)) {
            problems.notice(Place::file(file), why);
        }
        let (has_relationships, has_guardianships) = (bundle.has(RELATIONSHIPS_FILE), bundle.has(GUARDIANSHIPS_FILE));
        let mut source = Source { bundle, manifest: &manifest, problems };
        Ok(Some(Self {
            version: manifest.version,
            tells_who_is_what: manifest.tells_who_is_what(),
            orgs: source.records()?,
            sessions: source.records()?,
            courses: source.records()?,
            classes: source.records()?,
            users: source.records()?,
            roles: if manifest.version == Version::V1p1 { Records::default() } else { source.records()? },
            enrolments: source.records()?,
            relationships: source.links(RELATIONSHIPS_FILE, links::relationships)?,
            guardianships: source.links(GUARDIANSHIPS_FILE, links::guardianships)?,
            has_relationships,
            has_guardianships,
        }))
    }

    /// A file of guardianships that comes alone: it speaks of people who are known, and ends nothing.
    pub fn of_guardianships(bytes: &[u8], problems: &mut Problems) -> Self {
        Self {
            version: Version::V1p2,
            tells_who_is_what: true,
            orgs: Records::default(),
            sessions: Records::default(),
            courses: Records::default(),
            classes: Records::default(),
            users: Records::default(),
            roles: Records::default(),
            enrolments: Records::default(),
            relationships: Table::default(),
            guardianships: links::guardianships(bytes, problems),
            has_relationships: false,
            has_guardianships: true,
        }
    }

    /// Number of rows that were read, of all files.
    pub fn row_count(&self) -> usize {
        fn count<T>(records: &Records<T>) -> usize {
            records.active.len() + records.deleted.len()
        }
        let standard = count(&self.orgs) + count(&self.sessions) + count(&self.courses) + count(&self.classes);
        let people = count(&self.users) + count(&self.roles) + count(&self.enrolments);
        standard + people + self.relationships.rows.len() + self.guardianships.rows.len()
    }
}

/// What a bundle has under the name of a file.
enum Bytes {
    Whole(Vec<u8>),
    Absent,
    Unreadable,
}

struct Source<'a> {
    bundle: &'a mut Bundle,
    manifest: &'a Manifest,
    problems: &'a mut Problems,
}

impl Source<'_> {
    fn records<T: Record>(&mut self) -> Result<Records<T>, BundleError> {
        let mode = self.manifest.mode(T::NAME);
        if mode == Mode::Absent {
            return Ok(Records::default());
        }
        Ok(match self.bytes(T::layout(self.manifest.version).file)? {
            Bytes::Whole(bytes) => Records::read(&bytes, self.manifest.version, mode, self.problems),
            Bytes::Absent => Records::default(),
            Bytes::Unreadable => Records { mode, readable: false, ..Records::default() },
        })
    }

    fn links<T>(
        &mut self,
        file: &'static str,
        read: fn(&[u8], &mut Problems) -> Table<T>,
    ) -> Result<Table<T>, BundleError> {
        Ok(match self.bytes(file)? {
            Bytes::Whole(bytes) => read(&bytes, self.problems),
            Bytes::Absent => Table::default(),
            Bytes::Unreadable => Table::unreadable(),
        })
    }

    /// A file that is damaged is a problem as any other, and hides none.
    fn bytes(&mut self, file: &'static str) -> Result<Bytes, BundleError> {
        match self.bundle.read(file) {
            Ok(bytes) => Ok(bytes.map_or(Bytes::Absent, Bytes::Whole)),
            Err(BundleError::Unreadable { .. }) => {
                self.problems.error(Place::file(file), "cannot be read; check that it is whole and not encrypted");
                Ok(Bytes::Unreadable)
            }
            Err(error) => Err(error),
        }
    }
}
