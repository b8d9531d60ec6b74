//! `manifest.csv`: which version the bundle follows and which files it holds (OneRoster CSV binding, "manifest").

use std::collections::HashMap;

use super::bundle::{Bundle, BundleError};
use super::row::Row;
use super::table::{Layout, read_table};
use crate::roster::problem::{Place, Problems, brief, quoted};

/// Name of the manifest in the bundle.
pub const FILE: &str = "manifest.csv";
const LAYOUT: Layout =
    Layout { file: FILE, columns: &["propertyName", "value"], tail: &[], used: &["propertyName", "value"] };

/// Every file that OneRoster names, 1.1 and 1.2 together.
const STANDARD_FILES: &[&str] = &[
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
];

/// Files beside the standard that Glans reads where they are in the bundle.
const OWN_FILES: &[&str] = &["relationships.csv", "guardianships.csv"];

/// Which standard the bundle follows. 1.2 and 1.2.1 differ in columns that stand at the end only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1p1,
    V1p2,
}

/// What a file says about records that are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The file is everything there is: a record that is not in it has ended.
    Bulk,
    /// The file is what changed since the last one.
    Delta,
    /// The file is not there, and says nothing.
    #[default]
    Absent,
}

/// A manifest that was read without errors.
#[derive(Debug)]
pub struct Manifest {
    pub version: Version,
    modes: HashMap<&'static str, Mode>,
}

impl Manifest {
    /// Mode of a standard file, by its name without `.csv`.
    pub fn mode(&self, file: &str) -> Mode {
        self.modes.get(file).copied().unwrap_or_default()
    }

    /// Whether it can be told what a user is: where one of the two files is everything and the other what changed, it
    /// cannot, and that has been reported.
    pub fn tells_who_is_what(&self) -> bool {
        self.version == Version::V1p1 || !differ(&self.modes)
    }

    /// Reads the manifest and compares it with the files that are there. `None` where the version stays unknown: then
    /// nothing else can be read.
    pub fn read(bundle: &mut Bundle, problems: &mut Problems) -> Result<Option<Self>, BundleError> {
        let Some(bytes) = bundle.read(FILE)? else {
            problems.error(Place::file(FILE), "the bundle has no manifest.csv; export it again as OneRoster CSV");
            return Ok(None);
        };
        let properties = properties(&bytes, problems);
        let Some(version) = version(&properties, problems) else { return Ok(None) };
        let modes = modes(&properties, bundle, problems);
        if version != Version::V1p1 {
            users_and_roles_in_one_mode(&properties, &modes, problems);
        }
        note_unknown_files(bundle, problems);
        Ok(Some(Self { version, modes }))
    }
}

struct Property {
    name: String,
    value: String,
    line: u32,
}

fn properties(bytes: &[u8], problems: &mut Problems) -> HashMap<String, Property> {
    let mut found: HashMap<String, Property> = HashMap::new();
    let table = read_table(&LAYOUT, bytes, problems, |row: &mut Row<'_>| {
        let (name, value) = (row.required("propertyName"), row.optional("value"));
        Some(Property { name: name?, value: value.unwrap_or_default(), line: row.line() })
    });
    for property in table.rows {
        if let Some(earlier) = found.get(&property.name) {
            let message = format!("{} stands on line {} already", quoted(&property.name), earlier.line);
            problems.error(Place::cell(FILE, property.line, "propertyName"), message);
        } else {
            found.insert(property.name.clone(), property);
        }
    }
    found
}

fn version(properties: &HashMap<String, Property>, problems: &mut Problems) -> Option<Version> {
    match properties.get("manifest.version") {
        Some(manifest) if manifest.value == "1.0" => {}
        Some(manifest) => {
            let message = format!("manifest.version is {}; 1.0 is the one that can be read", quoted(&manifest.value));
            problems.error(Place::cell(FILE, manifest.line, "value"), message);
        }
        None => problems.error(Place::file(FILE), "manifest.version is missing; it says 1.0"),
    }
    let Some(oneroster) = properties.get("oneroster.version") else {
        problems.error(Place::file(FILE), "oneroster.version is missing; it says 1.1, 1.2 or 1.2.1");
        return None;
    };
    match oneroster.value.as_str() {
        "1.1" => Some(Version::V1p1),
        "1.2" | "1.2.1" => Some(Version::V1p2),
        other => {
            let message = format!("oneroster.version is {}; 1.1, 1.2 and 1.2.1 can be read", quoted(other));
            problems.error(Place::cell(FILE, oneroster.line, "value"), message);
            None
        }
    }
}

fn modes(
    properties: &HashMap<String, Property>,
    bundle: &Bundle,
    problems: &mut Problems,
) -> HashMap<&'static str, Mode> {
    let mut modes = HashMap::new();
    for &file in STANDARD_FILES {
        let present = bundle.has(&format!("{file}.csv"));
        let Some(property) = properties.get(&format!("file.{file}")) else {
            if present {
                let message = format!("{file}.csv is in the bundle, and file.{file} is not in the manifest");
                problems.error(Place::file(FILE), message);
            }
            continue;
        };
        let place = || Place::cell(FILE, property.line, "value");
        match (property.value.to_ascii_lowercase().as_str(), present) {
            ("bulk", true) => drop(modes.insert(file, Mode::Bulk)),
            ("delta", true) => drop(modes.insert(file, Mode::Delta)),
            ("absent", false) => {}
            ("absent", true) => {
                problems.error(place(), format!("{file}.csv is said to be absent, and is in the bundle"));
            }
            ("bulk" | "delta", false) => {
                problems
                    .error(place(), format!("{file}.csv is said to be {}, and is not in the bundle", property.value));
            }
            (other, _) => problems.error(place(), format!("{} is none of bulk, delta, absent", quoted(other))),
        }
    }
    modes
}

fn differ(modes: &HashMap<&'static str, Mode>) -> bool {
    matches!((modes.get("users"), modes.get("roles")), (Some(users), Some(roles)) if users != roles)
}

/// Told here and once, in place of each user and each enrolment that does not fit.
fn users_and_roles_in_one_mode(
    properties: &HashMap<String, Property>,
    modes: &HashMap<&'static str, Mode>,
    problems: &mut Problems,
) {
    if let Some(roles) = properties.get("file.roles").filter(|_| differ(modes)) {
        let message =
            "users.csv and roles.csv go together; send users and roles in the same mode, both bulk or both delta";
        problems.error(Place::cell(FILE, roles.line, "value"), message);
    }
}

fn note_unknown_files(bundle: &Bundle, problems: &mut Problems) {
    for name in bundle.names() {
        let standard = name.strip_suffix(".csv").is_some_and(|stem| STANDARD_FILES.contains(&stem));
        if !standard && name != FILE && !OWN_FILES.contains(&name) {
            problems.notice(Place::file(brief(name)), "not a OneRoster file; it was not read");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::roster::oneroster::bundle::Limits;

    fn told(manifest: &str) -> Vec<String> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(FILE, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(manifest.as_bytes()).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        let mut bundle = Bundle::archive(Cursor::new(bytes), Limits::default()).unwrap();
        let mut problems = Problems::default();
        Manifest::read(&mut bundle, &mut problems).unwrap();
        problems.into_sorted().into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn says_which_versions_it_follows() {
        assert_eq!(told("propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"), Vec::<String>::new());
        assert_eq!(
            told("propertyName,value\nsource.systemName,Schoolplein\n"),
            ["manifest.version is missing; it says 1.0", "oneroster.version is missing; it says 1.1, 1.2 or 1.2.1"]
        );
    }
}
