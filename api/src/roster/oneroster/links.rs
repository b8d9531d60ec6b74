//! The two files beside the standard that say who is whose guardian: `relationships.csv` of Microsoft School Data Sync,
//! and `guardianships.csv` of Glans, which alone can say what a guardian may see.

use chrono::NaiveDate;

use super::row::Row;
use super::table::{Layout, Table, read_table};
use super::words::{ACCESS_LEVELS, RELATIONS, Relation, SDS_RELATIONS, StatedAccess};
use crate::roster::problem::Problems;

pub const RELATIONSHIPS_FILE: &str = "relationships.csv";
pub const GUARDIANSHIPS_FILE: &str = "guardianships.csv";

/// One row of `relationships.csv`.
#[derive(Debug)]
pub struct Relationship {
    pub line: u32,
    /// `sourcedId` of the pupil.
    pub student: String,
    /// `sourcedId` of the other person.
    pub guardian: String,
    /// `None` for a doctor or an aide, who is nobody's guardian.
    pub relation: Option<Relation>,
}

/// One row of `guardianships.csv`. What is blank is not stated.
#[derive(Debug)]
pub struct StatedGuardianship {
    pub line: u32,
    pub student: String,
    pub guardian: String,
    pub relation: Option<Relation>,
    /// Whether the guardian has legal authority (*ouderlijk gezag*).
    pub legal_authority: Option<bool>,
    pub access: Option<StatedAccess>,
    /// Order in which a school calls, from 1.
    pub contact_priority: Option<i16>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    /// Language of the guardian, BCP 47.
    pub locale: Option<String>,
}

const RELATIONSHIPS: Layout = Layout {
    file: RELATIONSHIPS_FILE,
    columns: &["userSourcedId", "relationshipUserSourcedId", "relationshipRole"],
    tail: &[],
    used: &["userSourcedId", "relationshipUserSourcedId", "relationshipRole"],
};

const GUARDIANSHIPS: Layout = Layout {
    file: GUARDIANSHIPS_FILE,
    columns: &["student", "guardian"],
    tail: &["relation", "legalAuthority", "accessLevel", "contactPriority", "validFrom", "validTo", "locale"],
    used: &[
        "student",
        "guardian",
        "relation",
        "legalAuthority",
        "accessLevel",
        "contactPriority",
        "validFrom",
        "validTo",
        "locale",
    ],
};

pub fn relationships(bytes: &[u8], problems: &mut Problems) -> Table<Relationship> {
    read_table(&RELATIONSHIPS, bytes, problems, |row| {
        let (student, guardian) = (row.required("userSourcedId"), row.required("relationshipUserSourcedId"));
        let relation = row.choice("relationshipRole", SDS_RELATIONS);
        Some(Relationship { line: row.line(), student: student?, guardian: guardian?, relation: relation? })
    })
}

pub fn guardianships(bytes: &[u8], problems: &mut Problems) -> Table<StatedGuardianship> {
    read_table(&GUARDIANSHIPS, bytes, problems, stated)
}

fn stated(row: &mut Row<'_>) -> Option<StatedGuardianship> {
    let (student, guardian) = (row.required("student"), row.required("guardian"));
    let relation = row.optional_choice("relation", RELATIONS);
    let (authority, access) = (row.boolean("legalAuthority"), row.optional_choice("accessLevel", ACCESS_LEVELS));
    let (priority, locale) = (priority(row), locale(row));
    let (from, to) = (row.date("validFrom"), row.date("validTo"));
    let (valid_from, valid_to) = (from?, to?);
    if valid_from.zip(valid_to).is_some_and(|(from, to)| to < from) {
        row.error("validTo", "lies before validFrom");
        return None;
    }
    Some(StatedGuardianship {
        line: row.line(),
        student: student?,
        guardian: guardian?,
        relation: relation?,
        legal_authority: authority?,
        access: access?,
        contact_priority: priority?,
        valid_from,
        valid_to,
        locale: locale?,
    })
}

#[expect(clippy::option_option, reason = "refused, blank and given are three answers")]
fn priority(row: &mut Row<'_>) -> Option<Option<i16>> {
    if row.is_blank("contactPriority") {
        return Some(None);
    }
    let priority = row.raw("contactPriority").parse().ok().filter(|priority| (1..=99).contains(priority));
    if priority.is_none() {
        row.error("contactPriority", "is no number from 1 to 99");
    }
    priority.map(Some)
}

#[expect(clippy::option_option, reason = "refused, blank and given are three answers")]
fn locale(row: &mut Row<'_>) -> Option<Option<String>> {
    let text = row.raw("locale");
    if text.is_empty() {
        return Some(None);
    }
    let mut parts = text.split('-');
    let language =
        parts.next().is_some_and(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !language || !rest {
        row.error("locale", "is no language tag; write it as nl, en or zh-Hant");
        return None;
    }
    Some(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(problems: Problems) -> Vec<String> {
        let line = |p: &crate::roster::problem::Problem| p.place.line.unwrap_or_default();
        let column = |p: &crate::roster::problem::Problem| p.place.column.clone().unwrap_or_default();
        problems.into_sorted().iter().map(|p| format!("{} {}: {}", line(p), column(p), p.message)).collect()
    }

    #[test]
    fn reads_guardianships_with_as_many_columns_as_the_school_has() {
        let mut problems = Problems::default();
        let table =
            guardianships(b"student,guardian,accessLevel,locale\ns1,g1,on_request,pl\ns1,g2,,\n", &mut problems);
        let read: Vec<_> = table.rows.iter().map(|r| (r.access, r.locale.as_deref())).collect();
        assert_eq!(read, [(Some(StatedAccess::OnRequest), Some("pl")), (None, None)]);
        assert!(!problems.is_broken());
    }

    #[test]
    fn a_column_that_is_almost_one_of_ours_is_refused_and_another_is_dropped() {
        for (columns, expected) in [
            ("AccessLevel", "1 AccessLevel: there is no such column; did you mean accessLevel?"),
            ("acessLevel", "1 acessLevel: there is no such column; did you mean accessLevel?"),
            ("legalauthority", "1 legalauthority: there is no such column; did you mean legalAuthority?"),
            ("locales", "1 locales: there is no such column; did you mean locale?"),
            ("bsn", ""),
        ] {
            let mut problems = Problems::default();
            let file = format!("student,guardian,{columns}\ns1,g1,NONE\n");
            let read = guardianships(file.as_bytes(), &mut problems).rows.len();
            assert_eq!(
                (problems.is_broken(), read),
                (!expected.is_empty(), usize::from(expected.is_empty())),
                "{columns}"
            );
            let told = messages(problems).concat();
            assert!(told.contains(expected), "{columns}: {told}");
        }
    }

    #[test]
    fn a_file_with_semicolons_is_told_so() {
        let mut problems = Problems::default();
        assert!(guardianships(b"student;guardian\ns1;g1\n", &mut problems).rows.is_empty());
        let told = "1 : the columns are separated by semicolons or tabs; they must be separated by commas";
        assert_eq!(messages(problems), [told]);
    }

    #[test]
    fn reports_every_wrong_cell() {
        let mut problems = Problems::default();
        let file = b"student,guardian,relation,legalAuthority,accessLevel,contactPriority,validFrom,validTo,locale\n\
                     s1,g1,uncle,perhaps,ALL,0,2026-09-01,2026-08-01,dutch!\n";
        assert!(guardianships(file, &mut problems).rows.is_empty());
        let columns: Vec<_> =
            messages(problems).iter().map(|m| m.split(':').next().unwrap_or_default().to_owned()).collect();
        assert_eq!(
            columns,
            ["2 relation", "2 legalAuthority", "2 accessLevel", "2 contactPriority", "2 locale", "2 validTo"]
        );
    }

    #[test]
    fn a_doctor_is_no_guardian() {
        let mut problems = Problems::default();
        let table = relationships(
            b"userSourcedId,relationshipUserSourcedId,relationshipRole\ns1,d1,doctor\ns1,g1,Parent\n",
            &mut problems,
        );
        let read: Vec<_> = table.rows.iter().map(|r| r.relation).collect();
        assert_eq!(read, [None, Some(Relation::Parent)]);
    }
}
