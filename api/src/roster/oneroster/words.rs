//! The closed word lists of OneRoster, as Glans uses them (its CSV bindings, enumerations of 1.1 and 1.2).

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrgKind {
    District,
    /// Type `local` or `ext:cluster`: schools under one director.
    Cluster,
    School,
    /// Department, state, national, or a word of the sending system: nothing in Glans.
    Other,
}

pub const ORG_KINDS: &[(&str, OrgKind)] = &[
    ("district", OrgKind::District),
    ("local", OrgKind::Cluster),
    ("ext:cluster", OrgKind::Cluster),
    ("school", OrgKind::School),
    ("department", OrgKind::Other),
    ("state", OrgKind::Other),
    ("national", OrgKind::Other),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    SchoolYear,
    /// A part of a school year.
    Part,
}

pub const SESSION_KINDS: &[(&str, SessionKind)] = &[
    ("schoolYear", SessionKind::SchoolYear),
    ("term", SessionKind::Part),
    ("semester", SessionKind::Part),
    ("gradingPeriod", SessionKind::Part),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    Homeroom,
    Scheduled,
}

pub const CLASS_KINDS: &[(&str, ClassKind)] = &[("homeroom", ClassKind::Homeroom), ("scheduled", ClassKind::Scheduled)];

/// What a user is at an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleWord {
    Student,
    /// Guardian, parent or relative.
    Guardian(Relation),
    /// Teacher or aide.
    Teacher,
    /// Principal or site administrator.
    SchoolLeader,
    ClusterDirector,
    BoardAdmin,
    /// No right in Glans follows from it.
    Other,
}

const SHARED_ROLES: [(&str, RoleWord); 6] = [
    ("student", RoleWord::Student),
    ("guardian", RoleWord::Guardian(Relation::LegalGuardian)),
    ("parent", RoleWord::Guardian(Relation::Parent)),
    ("relative", RoleWord::Guardian(Relation::Other)),
    ("teacher", RoleWord::Teacher),
    ("aide", RoleWord::Teacher),
];

/// `role` of 1.2. `ext:clusterDirector` is the word of Glans for what OneRoster has no word for.
pub const ROLES: &[(&str, RoleWord)] = &[
    SHARED_ROLES[0],
    SHARED_ROLES[1],
    SHARED_ROLES[2],
    SHARED_ROLES[3],
    SHARED_ROLES[4],
    SHARED_ROLES[5],
    ("principal", RoleWord::SchoolLeader),
    ("siteAdministrator", RoleWord::SchoolLeader),
    ("ext:clusterDirector", RoleWord::ClusterDirector),
    ("districtAdministrator", RoleWord::BoardAdmin),
    ("counselor", RoleWord::Other),
    ("proctor", RoleWord::Other),
    ("systemAdministrator", RoleWord::Other),
];

/// `role` in `users.csv` of 1.1. Its `administrator` may be anybody at the office, so no right follows from it: leaders
/// of a 1.1 school are invited.
pub const ROLES_1P1: &[(&str, RoleWord)] = &[
    SHARED_ROLES[0],
    SHARED_ROLES[1],
    SHARED_ROLES[2],
    SHARED_ROLES[3],
    SHARED_ROLES[4],
    SHARED_ROLES[5],
    ("administrator", RoleWord::Other),
    ("proctor", RoleWord::Other),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentWord {
    Student,
    Teacher,
    Other,
}

pub const ENROLMENT_ROLES: &[(&str, EnrolmentWord)] = &[
    ("student", EnrolmentWord::Student),
    ("teacher", EnrolmentWord::Teacher),
    // A word of 1.1 that senders of 1.2 still use.
    ("aide", EnrolmentWord::Teacher),
    ("administrator", EnrolmentWord::Other),
    ("proctor", EnrolmentWord::Other),
];

/// `true` for primary, of `roleType`.
pub const ROLE_TYPES: &[(&str, bool)] = &[("primary", true), ("secondary", false)];

/// How a guardian is related, as the files say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    Parent,
    StepParent,
    FosterParent,
    Grandparent,
    LegalGuardian,
    Other,
}

/// `relationshipRole` of Microsoft's `relationships.csv`; `None` is nobody's guardian.
pub const SDS_RELATIONS: &[(&str, Option<Relation>)] = &[
    ("parent", Some(Relation::Parent)),
    ("guardian", Some(Relation::LegalGuardian)),
    ("relative", Some(Relation::Other)),
    ("other", Some(Relation::Other)),
    ("doctor", None),
    ("aide", None),
];

/// `relation` of `guardianships.csv`: the names of the API, and their camel-case twins.
pub const RELATIONS: &[(&str, Relation)] = &[
    ("PARENT", Relation::Parent),
    ("STEP_PARENT", Relation::StepParent),
    ("FOSTER_PARENT", Relation::FosterParent),
    ("GRANDPARENT", Relation::Grandparent),
    ("LEGAL_GUARDIAN", Relation::LegalGuardian),
    ("OTHER", Relation::Other),
    ("stepParent", Relation::StepParent),
    ("fosterParent", Relation::FosterParent),
    ("legalGuardian", Relation::LegalGuardian),
    ("guardian", Relation::LegalGuardian),
];

/// What a guardian may see and receive, as a file states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatedAccess {
    Full,
    OnRequest,
    EmergencyOnly,
    None,
    /// The school has to look first.
    Unverified,
}

pub const ACCESS_LEVELS: &[(&str, StatedAccess)] = &[
    ("FULL", StatedAccess::Full),
    ("ON_REQUEST", StatedAccess::OnRequest),
    ("EMERGENCY_ONLY", StatedAccess::EmergencyOnly),
    ("NONE", StatedAccess::None),
    ("UNVERIFIED", StatedAccess::Unverified),
];
