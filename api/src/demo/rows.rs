//! Rows that are ready to be written.

use glans_entity::engagement::{
    agreement, agreement_confirmation, announcement, audience_target, booking_round, booking_round_group,
    consent_purpose, contact_moment, conversation, conversation_attendee, event, event_response, goal, goal_agreement,
    message, recipient, slot, thread, thread_participant,
};
use glans_entity::identity::account;
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::practice::{
    attendance, cohort, cohort_school, comment, experience, meeting, meeting_lesson, team_session,
};
use glans_entity::programme::material_state;

/// What one step of the demo adds, in the order in which tables refer to each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub boards: Vec<board::Model>,
    pub clusters: Vec<cluster::Model>,
    pub school_years: Vec<school_year::Model>,
    pub schools: Vec<school::Model>,
    pub class_groups: Vec<class_group::Model>,
    pub accounts: Vec<account::Model>,
    pub persons: Vec<person::Model>,
    pub students: Vec<student::Model>,
    pub memberships: Vec<membership::Model>,
    pub enrolments: Vec<enrolment::Model>,
    pub guardianships: Vec<guardianship::Model>,
    pub material_states: Vec<material_state::Model>,
    pub cohorts: Vec<cohort::Model>,
    pub cohort_schools: Vec<cohort_school::Model>,
    pub meetings: Vec<meeting::Model>,
    pub meeting_lessons: Vec<meeting_lesson::Model>,
    pub team_sessions: Vec<team_session::Model>,
    pub attendance: Vec<attendance::Model>,
    pub experiences: Vec<experience::Model>,
    pub comments: Vec<comment::Model>,
    pub conversations: Vec<conversation::Model>,
    pub conversation_attendees: Vec<conversation_attendee::Model>,
    pub agreements: Vec<agreement::Model>,
    pub agreement_confirmations: Vec<agreement_confirmation::Model>,
    pub goals: Vec<goal::Model>,
    pub goal_agreements: Vec<goal_agreement::Model>,
    pub announcements: Vec<announcement::Model>,
    pub events: Vec<event::Model>,
    pub event_responses: Vec<event_response::Model>,
    pub booking_rounds: Vec<booking_round::Model>,
    pub booking_round_groups: Vec<booking_round_group::Model>,
    pub slots: Vec<slot::Model>,
    pub threads: Vec<thread::Model>,
    pub thread_participants: Vec<thread_participant::Model>,
    pub messages: Vec<message::Model>,
    pub contact_moments: Vec<contact_moment::Model>,
    pub consent_purposes: Vec<consent_purpose::Model>,
    pub audience_targets: Vec<audience_target::Model>,
    pub recipients: Vec<recipient::Model>,
}
