//! Typed identifiers: a UUIDv7 inside, a [TypeID] outside.
//!
//! `school_01jd7w4xkse3p9bq0h3m5v8r2c` is the one form in which an id leaves the program: in the API, in events, in
//! exports. The prefix says what it names, so that an id of another kind is refused instead of looked up.
//!
//! [TypeID]: https://github.com/jetify-com/typeid/tree/main/spec (specification 0.3.0)

use std::fmt;
use std::str::FromStr;

use sea_orm::DeriveValueType;
use uuid::Uuid;

/// Crockford's base32 in lower case, as the TypeID specification has it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in groups of five: 26 characters, the first of which holds three bits.
const SUFFIX_LENGTH: usize = 26;

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that was expected, as `school`.
    pub expected: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id that starts with `{}_` is expected", self.expected)
    }
}

impl std::error::Error for NotAnId {}

/// Splits `prefix_suffix` and decodes the suffix. `None` for anything that is not a well-formed TypeID.
pub fn parse_any(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, suffix) = text.rsplit_once('_')?;
    Some((prefix, decode(suffix)?))
}

/// The TypeID of `uuid` under `prefix`.
pub fn format_any(prefix: &str, uuid: Uuid) -> String {
    format!("{prefix}_{}", encode(uuid))
}

fn encode(uuid: Uuid) -> String {
    let mut rest = uuid.as_u128();
    let mut characters = [0_u8; SUFFIX_LENGTH];
    for character in characters.iter_mut().rev() {
        *character = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    characters.iter().copied().map(char::from).collect()
}

fn decode(suffix: &str) -> Option<Uuid> {
    if suffix.len() != SUFFIX_LENGTH || suffix.as_bytes()[0] > b'7' {
        return None;
    }
    let mut value = 0_u128;
    for byte in suffix.bytes() {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        value = (value << 5) | digit as u128;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal in $table:literal;)+) => {
        /// What stands before the underscore, and the table whose key it is: one for each kind.
        pub const TABLES: &[(&str, &str)] = &[$(($prefix, $table)),+];
    $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, later than all ids made before it on this machine.
            #[expect(clippy::new_without_default, reason = "a default id would look like a value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&format_any(Self::PREFIX, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match parse_any(text) {
                    Some((prefix, uuid)) if prefix == Self::PREFIX => Ok(Self(uuid)),
                    _ => Err(NotAnId { expected: Self::PREFIX }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// What a guardian says of a day that a child does not come.
    AbsenceNoticeId = "absence" in "absence_notice";
    /// A line of the access log.
    AccessLogEntryId = "access" in "access_log";
    /// A login. It belongs to a human being and spans boards.
    AccountId = "account" in "account";
    /// What a conversation agreed on.
    AgreementId = "agreement" in "agreement";
    /// A word of the school to many.
    AnnouncementId = "announcement" in "announcement";
    /// A client of an integrator.
    ApiClientId = "client" in "api_client";
    /// One of the two live secrets of a client.
    ApiClientSecretId = "secret" in "api_client_secret";
    /// Somebody at an occasion.
    AttendanceId = "attendance" in "attendance";
    /// A line of the audit log.
    AuditId = "audit" in "audit";
    /// A school board, the tenant.
    BoardId = "board" in "board";
    /// A time in which guardians book a conversation.
    BookingRoundId = "round" in "booking_round";
    /// A class group of one school and school year.
    ClassGroupId = "group" in "class_group";
    /// A cluster of schools.
    ClusterId = "cluster" in "cluster";
    /// Schools that follow a programme together.
    CohortId = "cohort" in "cohort";
    /// A comment on an experience.
    CommentId = "comment" in "comment";
    /// A worry about a child.
    ConcernId = "concern" in "concern";
    /// The answer of a guardian to a purpose.
    ConsentId = "consent" in "consent";
    /// What consent is asked for.
    ConsentPurposeId = "purpose" in "consent_purpose";
    /// A short contact with a guardian.
    ContactMomentId = "contact" in "contact_moment";
    /// A conversation about a child.
    ConversationId = "conversation" in "conversation";
    /// What carries a notification to a device or an e-mail address.
    DeliveryId = "delivery" in "delivery";
    /// Where push notifications of a signed-in app go.
    DeviceId = "device" in "device";
    /// A student's place in a class group.
    EnrolmentId = "enrolment" in "enrolment";
    /// Something to come to.
    EventId = "event" in "event";
    /// An experience with a lesson.
    ExperienceId = "experience" in "experience";
    /// Figures to be fetched as a file.
    ExportId = "export" in "export";
    /// A goal of a child for a year.
    GoalId = "goal" in "goal";
    /// The relation of a guardian to a student.
    GuardianshipId = "guardianship" in "guardianship";
    /// An invitation to an account.
    InvitationId = "invitation" in "invitation";
    /// A lesson of a version of a programme.
    LessonId = "lesson" in "lesson";
    /// A decision about a lesson at a school.
    LessonMarkId = "mark" in "lesson_mark";
    /// A material of a lesson.
    MaterialId = "material" in "material";
    /// A meeting of a cohort.
    MeetingId = "meeting" in "meeting";
    /// A role of a person in a scope.
    MembershipId = "membership" in "membership";
    /// A message in a thread.
    MessageId = "message" in "message";
    /// A line of the log of what was asked of metrics.
    MetricQueryId = "metricquery" in "metric_query";
    /// A module of a year of a programme.
    ModuleId = "module" in "module";
    /// That somebody is told of something.
    NotificationId = "notification" in "notification";
    /// Child, guardians and teacher in a school year.
    PartnershipId = "partnership" in "partnership";
    /// A request for a new password.
    PasswordResetId = "reset" in "password_reset";
    /// A person as one board knows it.
    PersonId = "person" in "person";
    /// A programme over all its versions.
    ProgrammeId = "programme" in "programme";
    /// A version of a programme.
    ProgrammeVersionId = "edition" in "programme_version";
    /// A year of a version of a programme.
    ProgrammeYearId = "courseyear" in "programme_year";
    /// A roster import.
    RosterImportId = "import" in "roster_import";
    /// A school in a cohort.
    SchoolCohortId = "schoolcohort" in "cohort_school";
    /// A school.
    SchoolId = "school" in "school";
    /// A school year of a board.
    SchoolYearId = "schoolyear" in "school_year";
    /// A signed-in device.
    SessionId = "session" in "session";
    /// A time that can be booked.
    SlotId = "slot" in "slot";
    /// A student.
    StudentId = "student" in "student";
    /// Questions to many.
    SurveyId = "survey" in "survey";
    /// A question of a survey.
    SurveyQuestionId = "question" in "survey_question";
    /// What somebody answered to a survey.
    SurveyResponseId = "response" in "survey_response";
    /// A session of one school's team.
    TeamSessionId = "teamsession" in "team_session";
    /// Messages between a school and guardians.
    ThreadId = "thread" in "thread";
    /// Bytes that were sent to an address of their own.
    UploadId = "upload" in "upload";
    /// Something that endpoints of an integrator are told of.
    WebhookEventId = "msg" in "webhook_event";
    /// That something is told to an endpoint.
    WebhookDeliveryId = "attempt" in "webhook_delivery";
    /// An endpoint of an integrator.
    WebhookEndpointId = "endpoint" in "webhook_endpoint";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The valid and invalid vectors of the specification that bear on the suffix.
    #[test]
    fn the_codec_agrees_with_the_specification() {
        let vectors = [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
            ("00000000000000000000000010", "00000000-0000-0000-0000-000000000020"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ];
        for (suffix, uuid) in vectors {
            let uuid = Uuid::parse_str(uuid).unwrap();
            assert_eq!(encode(uuid), suffix);
            assert_eq!(decode(suffix), Some(uuid));
        }
        for wrong in [
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0123456789abcdefghjkmnpqr",
            "0123456789abcdefghjkmnpqrst",
            "0123456789ABCDEFGHJKMNPQRS",
            "ooooooiiiiiiuuuuuuulllllll",
            "",
        ] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let school = SchoolId::new();
        assert_eq!(school.to_string().parse::<SchoolId>(), Ok(school));
        assert_eq!(school.to_string().parse::<BoardId>(), Err(NotAnId { expected: "board" }));
        assert_eq!(serde_json::to_value(school).unwrap(), serde_json::json!(school.to_string()));
    }
}
