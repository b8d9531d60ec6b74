//! A OneRoster bundle of invented people, to change line by line.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use glans::roster::Source;

const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,\
                     identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,\
                     preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns";
const ROLES: &str = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,\
                     userProfileSourcedId";
const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,\
                       schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods";
const ENROLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,\
                          beginDate,endDate";
const STANDARD: [(&str, &str); 6] = [
    ("academicSessions", SESSIONS),
    ("classes", CLASSES),
    ("enrollments", ENROLMENTS),
    ("orgs", ORGS),
    ("roles", ROLES),
    ("users", USERS),
];

/// Students per class of the sound bundle. Each has two parents.
pub const STUDENTS_PER_CLASS: usize = 10;

/// The files of a bundle by name.
#[derive(Debug, Clone)]
pub struct Bundle {
    files: BTreeMap<String, String>,
    mode: &'static str,
    /// Files of another mode than the others.
    modes: BTreeMap<String, &'static str>,
}

impl Bundle {
    /// A bundle with headers and no rows; `mode` is bulk or delta.
    pub fn empty(mode: &'static str) -> Self {
        let files = STANDARD.iter().map(|(file, header)| (format!("{file}.csv"), format!("{header}\n"))).collect();
        Self { files, mode, modes: BTreeMap::new() }
    }

    /// A delta with rows in some files; the others are absent.
    pub fn delta(rows: &[(&str, &str)]) -> Self {
        let mut bundle = Self { files: BTreeMap::new(), mode: "delta", modes: BTreeMap::new() };
        for (file, row) in rows {
            let header = STANDARD.iter().find(|(name, _)| name == file).expect("a standard file").1;
            let text = bundle.files.entry(format!("{file}.csv")).or_insert_with(|| format!("{header}\n"));
            text.push_str(row);
            text.push('\n');
        }
        bundle
    }

    /// One board, one cluster, two schools, a class each, staff, students and two parents of every student.
    pub fn sound() -> Self {
        let mut bundle = Self::empty("bulk");
        bundle.add("orgs", "d1,,,De Sterrenwacht,district,41613,");
        bundle.add("orgs", "c1,,,Noord,local,,d1");
        bundle.add("orgs", "s1,,,De Zwaluw,school,03AB00,c1");
        bundle.add("orgs", "s2,,,De Meent,school,03AC00,c1");
        bundle.add("academicSessions", "y1,,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027");
        bundle.add("academicSessions", "t1,,,Herfst,term,2026-08-01,2026-12-31,y1,2027");
        bundle.add("classes", "g1,,,Groep 3,03,k1,,homeroom,,s1,t1,,,");
        bundle.add("classes", "g2,,,Groep 7/8,\"7,8\",k1,,homeroom,,s2,t1,,,");
        bundle.add("classes", "m1,,,Muziek,,k1,,scheduled,,s1,t1,,,");
        bundle.staff("admin1", "Bo", "Bakker", "districtAdministrator", "d1");
        bundle.staff("dir1", "Dina", "Dekker", "ext:clusterDirector", "c1");
        bundle.staff("lead1", "Lars", "Lok", "principal", "s1");
        bundle.staff("teach1", "Tara", "Timmer", "teacher", "s1");
        bundle.staff("teach2", "Timo", "Tol", "teacher", "s2");
        bundle.add("enrollments", "e-t1,,,g1,s1,teach1,teacher,true,,");
        bundle.add("enrollments", "e-t2,,,g2,s2,teach2,teacher,,,");
        for (school, class) in [("s1", "g1"), ("s2", "g2")] {
            for number in 1..=STUDENTS_PER_CLASS {
                bundle.family(school, class, number);
            }
        }
        bundle
    }

    fn staff(&mut self, id: &str, given: &str, family: &str, role: &str, org: &str) {
        let row = format!("{id},,,TRUE,{id},,{given},{family},,,{id}@school.example,,,,,geheim,,,,,,");
        self.add("users", &row);
        self.add("roles", &format!("r-{id},,,{id},primary,{role},,,{org},"));
    }

    fn family(&mut self, school: &str, class: &str, number: usize) {
        let student = format!("{class}-{number}");
        let row = format!(
            "{student},,,true,{student},,Kind{number},Van {class},,{school}{number},,,,\"{student}-a,{student}-b\",,,,,,,{school},"
        );
        self.add("users", &row);
        self.add("roles", &format!("r-{student},,,{student},primary,student,,,{school},"));
        self.add("enrollments", &format!("e-{student},,,{class},{school},{student},student,,,"));
        for parent in ["a", "b"] {
            let id = format!("{student}-{parent}");
            let row = format!(
                "{id},,,false,{id},,Ouder{number}{parent},Van {class},,,{id}@thuis.example,,0612345678,,,,,,,,,"
            );
            self.add("users", &row);
            self.add("roles", &format!("r-{id},,,{id},primary,parent,,,{school},"));
        }
    }

    /// Adds a row to a standard file.
    pub fn add(&mut self, file: &str, row: &str) -> &mut Self {
        let text = self.files.get_mut(&format!("{file}.csv")).expect("a file of the bundle");
        text.push_str(row);
        text.push('\n');
        self
    }

    /// Says of a standard file that it is of another mode than the others.
    pub fn of_mode(&mut self, file: &str, mode: &'static str) -> &mut Self {
        self.modes.insert(file.to_owned(), mode);
        self
    }

    /// Puts a whole file in, by its full name.
    pub fn put(&mut self, file: &str, text: &str) -> &mut Self {
        self.files.insert(file.to_owned(), text.to_owned());
        self
    }

    /// Replaces a text that must be there.
    pub fn replace(&mut self, file: &str, old: &str, new: &str) -> &mut Self {
        let text = self.files.get_mut(&format!("{file}.csv")).expect("a file of the bundle");
        assert!(text.contains(old), "{old} is not in {file}.csv");
        *text = text.replacen(old, new, 1);
        self
    }

    /// Takes out the rows that hold any of these ids in any cell.
    pub fn without(&mut self, ids: &[&str]) -> &mut Self {
        let names =
            |row: &str| ids.iter().any(|id| row.split([',', '"']).any(|cell| cell == *id || cell == format!("r-{id}")));
        for text in self.files.values_mut() {
            *text = text.lines().filter(|row| !names(row)).flat_map(|row| [row, "\n"]).collect();
        }
        self
    }

    /// Leaves the header in a standard file, and the rows that begin with `start`.
    pub fn only(&mut self, file: &str, start: &str) -> &mut Self {
        let text = self.files.get_mut(&format!("{file}.csv")).expect("a file of the bundle");
        let rows = text.lines().zip(0..).filter(|(row, at)| *at == 0 || row.starts_with(start));
        *text = rows.flat_map(|(row, _)| [row, "\n"]).collect();
        self
    }

    /// Line of the first row that begins with `start`, as an editor counts it.
    pub fn line(&self, file: &str, start: &str) -> u32 {
        let text = &self.files[&format!("{file}.csv")];
        let position = text.lines().position(|row| row.starts_with(start)).expect("a row that begins so");
        u32::try_from(position + 1).expect("a short file")
    }

    fn manifest(&self) -> String {
        let mut text = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n".to_owned();
        for (file, _) in STANDARD {
            let own = self.modes.get(file).copied().unwrap_or(self.mode);
            let mode = if self.files.contains_key(&format!("{file}.csv")) { own } else { "absent" };
            text.extend(["file.", file, ",", mode, "\n"]);
        }
        text
    }

    /// As a ZIP archive.
    pub fn zip(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let manifest = ("manifest.csv".to_owned(), self.manifest());
        for (name, text) in self.files.iter().chain([(&manifest.0, &manifest.1)]) {
            writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Into a folder.
    pub fn write_to(&self, folder: &Path) {
        std::fs::write(folder.join("manifest.csv"), self.manifest()).unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }

    /// Opened from its ZIP archive.
    pub fn source(&self) -> Source {
        Source::upload(self.zip()).unwrap()
    }
}
