//! What the matrix and the walk ask for: of each type one that is the actors' own, one of elsewhere in their board, one
//! of the other board, and one that nobody ever made.

use std::fmt;

use glans_entity::ids::{format_any, parse_any};
use glans_tests::World;
use glans_tests::seed::{Board, Course};
use uuid::Uuid;

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Whose {
    /// Where the actors have their role: the first school, its group, its student.
    Own,
    /// Elsewhere in the same board: the second school and what is in it.
    Sibling,
    /// In the other board.
    Other,
    /// Nobody's.
    Unknown,
}

impl Whose {
    pub(crate) const ALL: [Self; 4] = [Self::Own, Self::Sibling, Self::Other, Self::Unknown];
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "own",
            Self::Sibling => "sibling",
            Self::Other => "other",
            Self::Unknown => "unknown",
        })
    }
}

/// The id to ask for; none where there is no such thing, as a sibling of the board itself.
pub(crate) fn id(world: &World, of_type: &str, whose: Whose) -> Option<String> {
    let own = own_and_sibling(&world.ours, of_type)?;
    match whose {
        Whose::Own => Some(own.0),
        Whose::Sibling => own.1,
        Whose::Other => Some(own_and_sibling(&world.theirs, of_type)?.0),
        Whose::Unknown => Some(nobodys(&own.0)),
    }
}

/// A fresh id of the same kind.
fn nobodys(id: &str) -> String {
    let (prefix, _) = parse_any(id).expect("an id of this program");
    format_any(prefix, Uuid::now_v7())
}

fn own_and_sibling(board: &Board, of_type: &str) -> Option<(String, Option<String>)> {
    fn two<Id: ToString>([own, sibling]: [Id; 2]) -> (String, Option<String>) {
        (own.to_string(), Some(sibling.to_string()))
    }
    let (published, draft): (&Course, &Course) = (&board.published, &board.draft);
    Some(match of_type {
        "Board" => (board.id.to_string(), None),
        "Cluster" => two(board.clusters),
        "School" => two(board.schools),
        "SchoolYear" => (board.school_year.to_string(), None),
        "ClassGroup" => two(board.groups),
        "Student" => two(board.students),
        "Person" => two([board.guardians[0].person, board.guardians[1].person]),
        "Viewer" => (board.admin.account.to_string(), None),
        "Cohort" => two(board.cohorts),
        "Meeting" => two(board.meetings),
        "TeamSession" => two(board.sessions),
        "Experience" => two(board.experiences),
        "Comment" => two(board.comments),
        "Announcement" => two(board.announcements),
        "Survey" => two(board.surveys),
        "SurveyQuestion" => two(board.questions),
        "Thread" => two(board.threads),
        "Message" => two(board.messages),
        "ContactMoment" => two(board.contact_moments),
        "Concern" => two(board.concerns),
        "BookingRound" => two(board.rounds),
        "Slot" => two(board.slots),
        "Event" => two(board.events),
        "AbsenceNotice" => two(board.absences),
        "ConsentPurpose" => two(board.purposes),
        "Consent" => two(board.consents),
        "SchoolCohort" => two(board.school_cohorts),
        "Partnership" => two(board.partners.map(|partners| partners.partnership)),
        "Conversation" => two(board.partners.map(|partners| partners.planned)),
        "Agreement" => two(board.partners.map(|partners| partners.agreement)),
        "Goal" => two(board.partners.map(|partners| partners.goal)),
        "Session" => (board.session.to_string(), None),
        "Notification" => two(board.notifications),
        "DeadDelivery" => (board.dead_delivery.to_string(), None),
        "MetricQuery" => (board.metric_query.to_string(), None),
        "AccessLogEntry" => (board.look.to_string(), None),
        "Device" => (board.device.to_string(), None),
        "Membership" => two(board.memberships),
        "Guardianship" => two(board.guardianships),
        "ApiClient" => (board.client.to_string(), None),
        "WebhookEndpoint" | "Endpoint" => (board.webhook_endpoint.to_string(), None),
        "WebhookDelivery" => (board.webhook_delivery.to_string(), None),
        "RosterImport" => (board.import.to_string(), None),
        "MetricExport" => (board.export.to_string(), None),
        "Programme" => two([published.programme, draft.programme]),
        "ProgrammeEdition" => two([published.version, draft.version]),
        "ProgrammeYear" => two([published.year, draft.year]),
        "Module" => two([published.module, draft.module]),
        "Lesson" => two([published.lesson, draft.lesson]),
        "Material" => two([published.material, draft.material]),
        _ => return None,
    })
}

/// Every id of the other board that a leak could show.
pub(crate) fn ids_of_the_other_board(world: &World, types: &[&str]) -> Vec<String> {
    types
        .iter()
        .filter_map(|of_type| own_and_sibling(&world.theirs, of_type))
        .flat_map(|(own, sibling)| [Some(own), sibling])
        .flatten()
        .collect()
}
