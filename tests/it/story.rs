//! The circle of the course from the first meeting to the third, as the people in it tell it through HTTP.

use chrono::{DateTime, TimeDelta, Utc};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use serde_json::{Value, json};

const PASSWORD: &str = "een goede dag voor ouders";

/// Somebody of the board who signs in anew for each act, because tokens are short and the story is long.
struct Someone {
    id: String,
    name: &'static str,
    email: String,
}

/// The board in which it happens.
struct Stage<'w> {
    world: &'w World,
    anonymous: Actor,
}

impl Stage<'_> {
    /// Somebody of the first board, with a fresh token.
    async fn known(&self, who: Who) -> Actor {
        self.world.actor(who).await
    }

    /// Somebody new, who accepts an invitation on paper.
    async fn joins(&self, name: &'static str, roles: &[(&str, &str)]) -> Someone {
        let admin = self.known(Who::Admin).await;
        let email = format!("{}@school.example", name.to_lowercase());
        let details = json!({ "givenName": name, "familyName": "de Proef", "email": email });
        let made =
            admin.does("personCreate", "person { id }", json!({ "board": self.world.ours.id, "details": details }));
        let id = made.await.text_at("personCreate.person.id").to_owned();
        for (role, scope) in roles {
            let granted =
                admin.does("membershipGrant", "", json!({ "person": id, "role": role, "scope": scope })).await;
            assert_eq!(granted.refusals("membershipGrant"), Vec::<String>::new(), "{name}");
        }
        let invited = admin.does("invitationCreate", "code", json!({ "person": id, "delivery": "PAPER" })).await;
        let code = invited.text_at("invitationCreate.code");
        let accepted = self.anonymous.does("invitationAccept", "", json!({ "code": code, "password": PASSWORD })).await;
        assert_eq!(accepted.refusals("invitationAccept"), Vec::<String>::new(), "{name}");
        Someone { id, name, email }
    }

    async fn signs_in(&self, someone: &Someone) -> Actor {
        let input = json!({ "email": someone.email, "password": PASSWORD });
        let session = self.anonymous.does("sessionCreate", "tokens { accessToken }", input).await;
        Actor::anonymous(someone.name, self.anonymous.address())
            .with_token(session.text_at("sessionCreate.tokens.accessToken"))
    }

    /// One act that succeeds.
    async fn does(&self, someone: &Someone, mutation: &str, selection: &str, input: Value) -> Reply {
        let reply = self.signs_in(someone).await.does(mutation, selection, input).await;
        assert_eq!(reply.refusals(mutation), Vec::<String>::new(), "{} {mutation}: {}", someone.name, reply.text);
        reply
    }

    /// One act that is refused.
    async fn is_refused(&self, someone: &Someone, mutation: &str, input: Value) -> Vec<String> {
        self.signs_in(someone).await.does(mutation, "", input).await.refusals(mutation)
    }

    async fn school(&self, name: &str) -> String {
        let input = json!({ "board": self.world.ours.id, "name": name, "cluster": self.world.ours.clusters[0] });
        let made = self.known(Who::Admin).await.does("schoolCreate", "school { id }", input).await;
        made.text_at("schoolCreate.school.id").to_owned()
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.app.clock.now()
    }

    /// Days go by.
    fn days_later(&self, days: i64) {
        self.world.app.clock.turn(TimeDelta::days(days));
    }
}

/// What the trainer and the leaders work with.
struct Course {
    cohort: String,
    /// The schools in the cohort, in the order of [`SCHOOLS`].
    places: Vec<String>,
    lessons: Vec<String>,
}

const SCHOOLS: [&str; 5] = ["De Bron", "De Vlieger", "De Kiem", "De Boog", "De Eik"];

/// How far the lesson is at each school, for `who`.
async fn statuses(stage: &Stage<'_>, who: &Someone, course: &Course, lesson: usize) -> Vec<String> {
    let grid = "query($id: ID!) { cohort(id: $id) { schools { school { name } lessons { status overdue } } } }";
    let asked = stage.signs_in(who).await.asks_with(grid, json!({ "id": course.cohort })).await;
    let schools = asked.at("cohort.schools").as_array().expect("schools").clone();
    assert_eq!(schools.iter().map(|school| school["school"]["name"].as_str().unwrap()).collect::<Vec<_>>(), SCHOOLS);
    let cell = |school: &Value| {
        let cell = &school["lessons"][lesson];
        let overdue = if cell["overdue"] == true { " overdue" } else { "" };
        format!("{}{overdue}", cell["status"].as_str().unwrap())
    };
    schools.iter().map(cell).collect()
}

/// The points of an agenda, as `OBSTACLE of De Bron`.
async fn agenda(stage: &Stage<'_>, who: &Someone, meeting: &str) -> Vec<String> {
    let query = "query($id: ID!) { node(id: $id) { ... on Meeting { agenda { kind done text school { name }
        experience { kind } } } } }";
    let asked = stage.signs_in(who).await.asks_with(query, json!({ "id": meeting })).await;
    let point = |item: &Value| {
        let kind = item["experience"]["kind"].as_str().or(item["kind"].as_str()).unwrap();
        let school = item["school"]["name"].as_str().map(|name| format!(" of {name}")).unwrap_or_default();
        let done = if item["done"] == true { " (done)" } else { "" };
        format!("{kind}{school}{done}")
    };
    asked.at("node.agenda").as_array().expect("an agenda").iter().map(point).collect()
}

async fn lessons(stage: &Stage<'_>, cohort: &str) -> Vec<String> {
    let query = "query($id: ID!) { cohort(id: $id) { programme { years { modules { lessons { id } } } } } }";
    let asked = stage.known(Who::Admin).await.asks_with(query, json!({ "id": cohort })).await;
    let modules = asked.at("cohort.programme.years").as_array().expect("years").iter().flat_map(|year| {
        year["modules"]
            .as_array()
            .expect("modules")
            .iter()
            .flat_map(|module| module["lessons"].as_array().expect("lessons"))
    });
    modules.map(|lesson| lesson["id"].as_str().unwrap().to_owned()).collect()
}

/// The people of a cohort, and what they work with.
struct Story<'w> {
    stage: Stage<'w>,
    tom: Someone,
    anouk: Someone,
    bram: Someone,
    carla: Someone,
    daan: Someone,
    eva: Someone,
    finn: Someone,
    schools: Vec<String>,
    course: Course,
    /// Three, two weeks apart.
    meetings: Vec<String>,
}

/// What was told with the first lesson.
struct Told {
    child: String,
    obstacle: String,
    question: String,
    success: String,
    tip: String,
}

fn present(someone: &Someone) -> Value {
    json!({ "person": someone.id, "status": "PRESENT" })
}

impl<'w> Story<'w> {
    /// A director makes five schools a cohort with a trainer. One leader leads two of them.
    async fn begins(world: &'w World) -> Self {
        let anonymous = world.actor(Who::Anonymous).await;
        let stage = Stage { world, anonymous };
        let imported = glans::programme::import(&world.app, glans::programme::SAMPLE, None, true).await;
        let programme = imported.unwrap_or_else(|_| panic!("the sample course comes in")).programme.id.to_string();

        let mut schools = Vec::new();
        for name in SCHOOLS {
            schools.push(stage.school(name).await);
        }
        let board = world.ours.id.to_string();
        let tom = stage.joins("Tom", &[("TRAINER", &board)]).await;
        let anouk = stage.joins("Anouk", &[("SCHOOL_LEADER", &schools[0])]).await;
        let bram = stage.joins("Bram", &[("SCHOOL_LEADER", &schools[1])]).await;
        let carla = stage.joins("Carla", &[("SCHOOL_LEADER", &schools[2]), ("SCHOOL_LEADER", &schools[3])]).await;
        let daan = stage.joins("Daan", &[("SCHOOL_LEADER", &schools[4])]).await;
        let eva = stage.joins("Eva", &[("TEACHER", &schools[0])]).await;
        let finn = stage.joins("Finn", &[("TEACHER", &schools[0])]).await;
        let director = stage.known(Who::Director).await;
        let input = json!({ "name": "Voorop", "programme": programme, "schools": schools, "trainers": [tom.id] });
        let made = director.does("cohortCreate", "cohort { id schools { id } trainers { givenName } }", input).await;
        assert_eq!(made.texts_at("cohortCreate.cohort.trainers", "givenName"), ["Tom"]);
        let cohort = made.text_at("cohortCreate.cohort.id").to_owned();
        let places = made.texts_at("cohortCreate.cohort.schools", "id").into_iter().map(str::to_owned).collect();
        let course = Course { lessons: lessons(&stage, &cohort).await, cohort, places };
        let meetings = Vec::new();
        Self { stage, tom, anouk, bram, carla, daan, eva, finn, schools, course, meetings }
    }

    /// A session with the first lesson in some days.
    fn session(&self, place: usize, days: i64) -> Value {
        let starts = self.stage.now() + TimeDelta::days(days);
        json!({ "schoolCohort": self.course.places[place], "lesson": self.lesson(0), "startsAt": starts,
            "endsAt": starts + TimeDelta::hours(2) })
    }

    fn lesson(&self, at: usize) -> &str {
        &self.course.lessons[at]
    }

    /// The trainer plans three meetings, two weeks apart; the leaders find them.
    async fn plan(&mut self) {
        let begin = self.stage.now() + TimeDelta::days(1);
        for (week, prepares, reviews) in [(0, vec![0], vec![]), (2, vec![1], vec![0]), (4, vec![2], vec![1])] {
            let ids = |lessons: &[usize]| lessons.iter().map(|at| self.lesson(*at)).collect::<Vec<_>>();
            let (starts, ends) = (begin + TimeDelta::weeks(week), begin + TimeDelta::weeks(week) + TimeDelta::hours(3));
            let input = json!({ "cohort": self.course.cohort, "startsAt": starts, "endsAt": ends,
                "prepares": ids(&prepares), "reviews": ids(&reviews) });
            let planned =
                self.stage.does(&self.tom, "meetingPlan", "meeting { id attendance { status } }", input).await;
            assert_eq!(planned.texts_at("meetingPlan.meeting.attendance", "status"), ["INVITED"; 5]);
            self.meetings.push(planned.text_at("meetingPlan.meeting.id").to_owned());
        }
        assert_eq!(statuses(&self.stage, &self.anouk, &self.course, 0).await, ["NOT_STARTED"; 5]);
    }

    /// 1. Prepare. Bram is ill. Without attendance the meeting does not close.
    async fn prepare(&self) {
        let early = json!({ "id": self.meetings[0], "attendance": [{ "person": self.anouk.id, "status": "PRESENT" }] });
        assert_eq!(self.stage.is_refused(&self.tom, "meetingRecord", early).await, ["INVALID id"]);
        self.stage.days_later(2);
        let nobody = json!({ "id": self.meetings[0], "attendance": [] });
        assert_eq!(self.stage.is_refused(&self.tom, "meetingRecord", nobody).await, ["REQUIRED attendance"]);
        let stranger =
            json!({ "id": self.meetings[0], "attendance": [{ "person": self.eva.id, "status": "PRESENT" }] });
        assert_eq!(
            self.stage.is_refused(&self.tom, "meetingRecord", stranger).await,
            ["NOT_FOUND attendance.0.person"]
        );
        let were_there = json!([present(&self.anouk), present(&self.carla), present(&self.daan)]);
        let input = json!({ "id": self.meetings[0], "attendance": were_there, "notes": "Zes stappen geoefend." });
        let recorded = self.stage.does(
            &self.tom,
            "meetingRecord",
            "meeting { status attendance { status person { givenName } } }",
            input,
        );
        let recorded = recorded.await;
        assert_eq!(recorded.text_at("meetingRecord.meeting.status"), "HELD");
        let there = ["PRESENT", "ABSENT", "PRESENT", "PRESENT", "PRESENT"];
        assert_eq!(recorded.texts_at("meetingRecord.meeting.attendance", "status"), there);
        let so_far = ["PREPARED", "NOT_STARTED", "PREPARED", "PREPARED", "PREPARED"];
        assert_eq!(statuses(&self.stage, &self.tom, &self.course, 0).await, so_far);
        // Bram cannot plan the lesson yet. He reads the notes, and the trainer marks that he has caught up.
        assert_eq!(self.stage.is_refused(&self.bram, "teamSessionPlan", self.session(1, 3)).await, ["CONFLICT lesson"]);
        let caught_up = json!([{ "person": self.bram.id, "status": "CAUGHT_UP" }]);
        self.stage
            .does(&self.tom, "meetingRecord", "", json!({ "id": self.meetings[0], "attendance": caught_up }))
            .await;
        assert_eq!(statuses(&self.stage, &self.bram, &self.course, 0).await, ["PREPARED"; 5]);
    }

    /// 2. Teach. Anouk's part-timers need two sessions; Daan does not come to it.
    async fn teach(&self) -> Vec<String> {
        let mut sessions = Vec::new();
        for (leader, place, days) in
            [(&self.anouk, 0, 3), (&self.anouk, 0, 4), (&self.bram, 1, 3), (&self.carla, 2, 3), (&self.carla, 3, 4)]
        {
            let planned =
                self.stage.does(leader, "teamSessionPlan", "teamSession { id }", self.session(place, days)).await;
            sessions.push(planned.text_at("teamSessionPlan.teamSession.id").to_owned());
        }
        assert_eq!(
            self.stage.is_refused(&self.carla, "teamSessionCancel", json!({ "id": sessions[0] })).await,
            ["NOT_FOUND id"]
        );
        assert_eq!(
            self.stage.is_refused(&self.eva, "teamSessionCancel", json!({ "id": sessions[0] })).await,
            ["FORBIDDEN"]
        );
        let scheduled = ["SCHEDULED", "SCHEDULED", "SCHEDULED", "SCHEDULED", "PREPARED"];
        assert_eq!(statuses(&self.stage, &self.tom, &self.course, 0).await, scheduled);
        self.stage.days_later(5);
        let record = |session: &str, someone: &Someone| json!({ "id": session, "attendance": [present(someone)] });
        let attendance = "teamSession { attendance { status isExpected person { givenName } } }";
        let first =
            self.stage.does(&self.anouk, "teamSessionRecord", attendance, record(&sessions[0], &self.eva)).await;
        assert_eq!(first.texts_at("teamSessionRecord.teamSession.attendance", "status"), ["PRESENT", "ABSENT"]);
        let half_way = ["SCHEDULED", "SCHEDULED", "SCHEDULED", "SCHEDULED", "PREPARED"];
        assert_eq!(statuses(&self.stage, &self.anouk, &self.course, 0).await, half_way);
        self.stage.does(&self.anouk, "teamSessionRecord", attendance, record(&sessions[1], &self.finn)).await;
        let alone =
            self.stage.does(&self.bram, "teamSessionRecord", attendance, record(&sessions[2], &self.bram)).await;
        assert_eq!(alone.at("teamSessionRecord.teamSession.attendance.0.isExpected"), false);
        self.stage.does(&self.carla, "teamSessionRecord", attendance, record(&sessions[3], &self.carla)).await;
        self.stage.does(&self.carla, "teamSessionRecord", attendance, record(&sessions[4], &self.carla)).await;
        assert_eq!(
            statuses(&self.stage, &self.tom, &self.course, 0).await,
            ["TAUGHT", "TAUGHT", "TAUGHT", "TAUGHT", "PREPARED"]
        );
        sessions
    }

    /// 3. Share. A child is not named; what Eva keeps within the team is not seen outside it until she widens it.
    async fn share(&self) -> Told {
        let admin = self.stage.known(Who::Admin).await;
        let child = json!({ "school": self.schools[0], "displayName": "Sietske", "classGroups": [] });
        let child =
            admin.does("studentCreate", "student { id }", child).await.text_at("studentCreate.student.id").to_owned();
        let tells = |place: usize, kind: &str, text: &str| json!({ "schoolCohort": self.course.places[place], "lesson": self.lesson(0), "kind": kind, "text": text });
        let named = tells(0, "OBSTACLE", "De ouders van Sietske kwamen niet.");
        assert_eq!(self.stage.is_refused(&self.anouk, "experienceShare", named).await, ["NAMES_SOMEBODY text"]);
        let shared = async |someone: &Someone, input: Value| {
            let shared = self.stage.does(someone, "experienceShare", "experience { id }", input).await;
            shared.text_at("experienceShare.experience.id").to_owned()
        };
        let tip = shared(&self.carla, tells(2, "TIP", "Zet de stoelen in een kring.")).await;
        let obstacle = shared(&self.anouk, tells(0, "OBSTACLE", "Drie ouders kwamen niet.")).await;
        let question = shared(&self.bram, tells(1, "QUESTION", "Hoe begin je zo'n gesprek?")).await;
        let mut within = tells(0, "SUCCESS", "Een vader bleef een uur.");
        within["visibility"] = json!("SCHOOL");
        let success = shared(&self.eva, within).await;
        let experience =
            "query($id: ID!) { node(id: $id) { ... on Experience { text author { givenName } school { name } } } }";
        let sees =
            async |actor: Actor, id: &str| !actor.asks_with(experience, json!({ "id": id })).await.at("node").is_null();
        assert!(
            sees(self.stage.signs_in(&self.finn).await, &success).await
                && sees(self.stage.signs_in(&self.anouk).await, &success).await
        );
        for outside in [&self.tom, &self.bram, &self.carla] {
            assert!(!sees(self.stage.signs_in(outside).await, &success).await, "{}", outside.name);
            assert!(sees(self.stage.signs_in(outside).await, &obstacle).await, "{}", outside.name);
        }
        assert!(
            !sees(self.stage.known(Who::Director).await, &success).await
                && sees(self.stage.known(Who::Director).await, &tip).await
        );
        let widened = json!({ "id": success, "visibility": "COHORT" });
        assert_eq!(self.stage.is_refused(&self.anouk, "experienceUpdate", widened.clone()).await, ["FORBIDDEN id"]);
        self.stage.does(&self.eva, "experienceUpdate", "", widened).await;
        let narrowed = json!({ "id": success, "visibility": "SCHOOL" });
        assert_eq!(self.stage.is_refused(&self.eva, "experienceUpdate", narrowed).await, ["INVALID visibility"]);
        let comment = json!({ "experience": obstacle, "text": "Bij ons hielp een huisbezoek." });
        self.stage.does(&self.carla, "experienceComment", "comment { author { givenName } }", comment).await;
        assert_eq!(
            statuses(&self.stage, &self.tom, &self.course, 0).await,
            ["REFLECTED", "REFLECTED", "REFLECTED", "TAUGHT", "PREPARED"]
        );
        Told { child, obstacle, question, success, tip }
    }

    /// The second meeting opens with it, obstacles first; schools without an experience are not hidden.
    async fn look_back(&self) {
        self.stage.days_later(8);
        assert_eq!(
            agenda(&self.stage, &self.bram, &self.meetings[1]).await,
            [
                "OBSTACLE of De Bron",
                "QUESTION of De Vlieger",
                "SUCCESS of De Bron",
                "TIP of De Kiem",
                "NO_EXPERIENCE_YET of De Boog",
                "NO_EXPERIENCE_YET of De Eik",
                "THEORY",
                "TIPS",
                "REHEARSAL",
                "PLANNING",
            ]
        );
        let overdue = ["REFLECTED", "REFLECTED", "REFLECTED", "TAUGHT", "PREPARED overdue"];
        assert_eq!(statuses(&self.stage, &self.tom, &self.course, 0).await, overdue);
    }

    /// 4. Discuss. Time is short: two are taken up, two carry over.
    async fn discuss(&self, told: &Told) {
        let everybody = json!([present(&self.anouk), present(&self.bram), present(&self.carla), present(&self.daan)]);
        let input =
            json!({ "id": self.meetings[1], "attendance": everybody, "discussed": [told.obstacle, told.question] });
        self.stage.does(&self.tom, "meetingRecord", "", input).await;
        let after = ["DISCUSSED", "DISCUSSED", "REFLECTED", "TAUGHT", "PREPARED overdue"];
        assert_eq!(statuses(&self.stage, &self.daan, &self.course, 0).await, after);
        assert_eq!(statuses(&self.stage, &self.daan, &self.course, 1).await, ["PREPARED"; 5]);
        assert_eq!(
            agenda(&self.stage, &self.tom, &self.meetings[1]).await[..4],
            ["OBSTACLE of De Bron (done)", "QUESTION of De Vlieger (done)", "SUCCESS of De Bron", "TIP of De Kiem"]
        );
        // Daan's school leaves the lesson out, for a reason; and the third meeting opens with what was carried over.
        let skips =
            json!({ "schoolCohort": self.course.places[4], "lesson": self.lesson(0), "reason": "De school verhuist." });
        assert_eq!(self.stage.is_refused(&self.daan, "lessonSkip", skips.clone()).await, ["FORBIDDEN"]);
        self.stage.does(&self.tom, "lessonSkip", "progress { skippedReason }", skips).await;
        assert_eq!(
            agenda(&self.stage, &self.anouk, &self.meetings[2]).await,
            [
                "SUCCESS of De Bron",
                "TIP of De Kiem",
                "NO_EXPERIENCE_YET of De Bron",
                "NO_EXPERIENCE_YET of De Vlieger",
                "NO_EXPERIENCE_YET of De Kiem",
                "NO_EXPERIENCE_YET of De Boog",
                "NO_EXPERIENCE_YET of De Eik",
                "THEORY",
                "TIPS",
                "REHEARSAL",
                "PLANNING",
            ]
        );
        self.stage.days_later(14);
        let input = json!({ "id": self.meetings[2], "attendance": [present(&self.carla)], "discussed": [told.success, told.tip] });
        self.stage.does(&self.tom, "meetingRecord", "", input).await;
        let end = ["DISCUSSED", "DISCUSSED", "DISCUSSED", "TAUGHT", "SKIPPED"];
        assert_eq!(statuses(&self.stage, &self.tom, &self.course, 0).await, end);
    }

    /// The trainer sees no child and no guardian anywhere; a leader of another cohort sees nothing of all this.
    async fn stays_within(&self, sessions: &[String], told: &Told) {
        let everyone = "query($id: ID!) { node(id: $id) { id } cohorts(first: 2) { nodes { schools { school { classGroups(first: 2) { nodes {
            students(first: 2) { nodes { displayName } } } } } } } } }";
        for id in [
            &told.child,
            &self.stage.world.ours.guardianships[0].to_string(),
            &self.stage.world.ours.guardians[0].person.to_string(),
        ] {
            let asked = self.stage.signs_in(&self.tom).await.asks_with(everyone, json!({ "id": id })).await;
            assert!(asked.at("node").is_null() && !asked.text.contains("Sietske"), "{}", asked.text);
        }
        for id in [&self.course.cohort, &self.course.places[0], &self.meetings[0], &sessions[0], &told.obstacle] {
            let node = "query($id: ID!) { node(id: $id) { id } }";
            for who in [Who::Leader, Who::Teacher, Who::Trainer, Who::Guardian] {
                let asked = self.stage.known(who).await.asks_with(node, json!({ "id": id })).await;
                assert!(asked.at("node").is_null(), "{} sees {id}", who.name());
            }
        }
    }
}

async fn the_circle_turns_from_the_first_meeting_to_the_third(world: &World) {
    let mut story = Story::begins(world).await;
    story.plan().await;
    story.prepare().await;
    let sessions = story.teach().await;
    let told = story.share().await;
    story.look_back().await;
    story.discuss(&told).await;
    story.stays_within(&sessions, &told).await;
}

on_each_database!(the_circle_turns_from_the_first_meeting_to_the_third);
