//! The table of who may do what. Pure, and the only place where a right is written down.
//!
//! What somebody may *see* is the scope of their memberships (`glans_entity::scope`); this table says what they may
//! *do* in it.

use glans_entity::people::{Role, ScopeKind};

use super::{Actor, ApiScope, Held, Place};

/// Everything that needs a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
pub enum Action {
    BoardCreate,
    BoardUpdate,
    BoardArchive,
    ClusterCreate,
    ClusterUpdate,
    ClusterArchive,
    SchoolCreate,
    SchoolUpdate,
    SchoolMove,
    SchoolArchive,
    SchoolYearCreate,
    ClassGroupCreate,
    ClassGroupUpdate,
    ClassGroupArchive,
    StaffWrite,
    PersonErase,
    PersonExport,
    StudentWrite,
    StudentNumberRead,
    GuardianWrite,
    GuardianshipWrite,
    GrantBoardAdmin,
    GrantClusterDirector,
    GrantSchoolLeader,
    GrantTeacher,
    GrantTrainer,
    InviteGuardian,
    ApiClientWrite,
    WebhookWrite,
    RosterImport,
    FiguresExport,
    ProgrammeWrite,
    PlatformProgrammeWrite,
    MaterialStateSet,
    CohortCreate,
    CohortWrite,
    TeamSessionWrite,
    ExperienceWrite,
    ExperienceComment,
    OccasionRespond,
    PartnershipWrite,
    BookingRoundWrite,
    FamiliesAddress,
    FamiliesAddressUrgently,
    ThreadWrite,
    FamilyRulesWrite,
    ChildSpeakFor,
    Answer,
}

/// Whether a role may do `action` in the scope of its membership.
///
/// | | board admin | cluster director | school leader | teacher | trainer |
/// |---|---|---|---|---|---|
/// | organisation | all of the board | schools of the cluster | details and groups of the school | – | – |
/// | people | all | leaders | all of the school | guardians of the groups | – |
/// | access of guardians | all | – | all of the school | – | – |
/// | erasing a person, showing all that is kept of one | all | – | – | – | – |
/// | API clients, their webhooks | all | – | – | – | – |
/// | numbers of students | all | of the cluster | of the school | of the groups | – |
/// | programmes | of the board | – | – | – | of the board |
/// | cohorts, meetings | all | of schools of the cluster | – | – | the own |
/// | team sessions | – | – | of the school | – | – |
/// | experiences | – | – | write, comment | write, comment | comment |
/// | partnerships, conversations, rounds, threads | – | – | of the school | of the groups | – |
/// | announcements, events, surveys | of the board | of the cluster | of the school | of the groups | – |
/// | urgent announcements | of the board | of the cluster | of the school | – | – |
/// | figures as files | all | of the cluster | of the school | – | – |
/// | rules for contact with families, what consent is asked for | all | – | of the school | – | – |
///
/// Guardians speak for their own children and answer what is addressed to them: see [`permits`].
pub const fn allows(role: Role, action: Action) -> bool {
    use Action as A;
    match role {
        // What happens in a team is the team's to write, and what a school and a family say to each other is theirs.
        Role::BoardAdmin => !matches!(
            action,
            A::PlatformProgrammeWrite
                | A::TeamSessionWrite
                | A::ExperienceWrite
                | A::ExperienceComment
                | A::PartnershipWrite
                | A::BookingRoundWrite
                | A::ThreadWrite
                | A::ChildSpeakFor
        ),
        Role::ClusterDirector => {
            matches!(
                action,
                A::SchoolUpdate
                    | A::ClassGroupCreate
                    | A::ClassGroupUpdate
                    | A::ClassGroupArchive
                    | A::StudentNumberRead
                    | A::GrantSchoolLeader
                    | A::CohortCreate
                    | A::CohortWrite
                    | A::FamiliesAddress
                    | A::FamiliesAddressUrgently
                    | A::FiguresExport
            )
        }
        Role::SchoolLeader => matches!(
            action,
            A::SchoolUpdate
                | A::ClassGroupCreate
                | A::ClassGroupUpdate
                | A::ClassGroupArchive
                | A::StaffWrite
                | A::StudentWrite
                | A::StudentNumberRead
                | A::GuardianWrite
                | A::GuardianshipWrite
                | A::GrantTeacher
                | A::InviteGuardian
                | A::TeamSessionWrite
                | A::PartnershipWrite
                | A::BookingRoundWrite
                | A::FamiliesAddress
                | A::FamiliesAddressUrgently
                | A::ThreadWrite
                | A::FamilyRulesWrite
                | A::FiguresExport
        ),
        Role::Teacher => matches!(
            action,
            A::StudentNumberRead
                | A::GuardianWrite
                | A::InviteGuardian
                | A::PartnershipWrite
                | A::BookingRoundWrite
                | A::FamiliesAddress
                | A::ThreadWrite
        ),
        Role::Trainer => matches!(action, A::ProgrammeWrite | A::CohortWrite | A::ExperienceComment),
        Role::Guardian => false,
    }
}

/// A teacher of a school without a class group has colleagues there, and no students; a trainer of the board writes its
/// programmes, one of a cohort the cohort.
fn held_allows(held: &Held, action: Action) -> bool {
    allows(held.role, action)
        && match held.role {
            Role::Teacher => held.kind == ScopeKind::ClassGroup,
            Role::Trainer => (held.kind == ScopeKind::Cohort) != (action == Action::ProgrammeWrite),
            _ => true,
        }
}

/// What a team does together: the school of a role counts, not its class group. School leaders comment on what another
/// school shares with them.
fn joins_in(held: &Held, action: Action, place: &Place) -> bool {
    let leads = held.role == Role::SchoolLeader;
    let here = held.school.is_some() && held.school == place.school;
    place.board == Some(held.board)
        && match action {
            Action::ExperienceWrite => here && (leads || held.role == Role::Teacher),
            Action::ExperienceComment => leads || (here && held.role == Role::Teacher),
            _ => false,
        }
}

/// Whether a client with `scope` may do `action` in its board.
const fn client_allows(scope: ApiScope, action: Action) -> bool {
    matches!(
        (scope, action),
        (ApiScope::RosterWrite, Action::RosterImport) | (ApiScope::MetricsRead, Action::FiguresExport)
    )
}

/// Whether `actor` may do `action` at `place`.
pub fn permits(actor: &Actor, action: Action, place: &Place) -> bool {
    match actor {
        Actor::Anonymous => false,
        Actor::System(_) => true,
        // The own progress with a material in sight: whose board it is does not matter.
        Actor::Person(_) if action == Action::MaterialStateSet => true,
        // To come or not to come: whether one is to come at all is the occasion's to know.
        Actor::Person(_) if action == Action::OccasionRespond => true,
        // Whether it is addressed to the caller is for the row to say.
        Actor::Person(person) if action == Action::Answer => {
            place.board.is_some_and(|board| person.at(board).is_some())
        }
        // Whether the child is the caller's own, and how much of it the guardianship opens, is for the scope to say.
        Actor::Person(person) if action == Action::ChildSpeakFor => {
            place.board.is_some_and(|board| person.guardian_in.contains(&board))
        }
        // Who administers a board may found another one, and becomes its first administrator.
        Actor::Person(person) if action == Action::BoardCreate => person.holds(Role::BoardAdmin),
        Actor::Person(person) => person
            .held
            .iter()
            .any(|held| (held_allows(held, action) && held.covers(place)) || joins_in(held, action, place)),
        // Its own endpoints, whatever schools it is narrowed to. Whether one is its own is for the scope to say.
        Actor::Client(client) if action == Action::WebhookWrite => {
            place.board == Some(client.board) && client.scopes.contains(&ApiScope::WebhooksWrite)
        }
        Actor::Client(client) => {
            place.board == Some(client.board)
                && client.schools.as_ref().is_none_or(|schools| place.school.is_some_and(|at| schools.contains(&at)))
                && client.scopes.iter().any(|scope| client_allows(*scope, action))
        }
    }
}

/// Whether `action` changes something of the board, which a closed board does not allow. Closing it once more changes
/// nothing, figures and numbers are only read, the own progress with a material belongs to the person, and a closed board
/// still owes people what is kept of them, and to forget it.
pub const fn changes_board(action: Action) -> bool {
    !matches!(
        action,
        Action::BoardArchive
            | Action::FiguresExport
            | Action::MaterialStateSet
            | Action::PersonErase
            | Action::PersonExport
            | Action::StudentNumberRead
    )
}

/// The action of granting `role`. Guardians are granted by their guardianship.
pub const fn granting(role: Role) -> Action {
    match role {
        Role::BoardAdmin => Action::GrantBoardAdmin,
        Role::ClusterDirector => Action::GrantClusterDirector,
        Role::SchoolLeader => Action::GrantSchoolLeader,
        Role::Teacher => Action::GrantTeacher,
        Role::Trainer => Action::GrantTrainer,
        Role::Guardian => Action::InviteGuardian,
    }
}
