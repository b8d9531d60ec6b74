//! What happens, act by act.

use chrono::TimeDelta;
use glans_tests::{Actor, Who};
use serde_json::{Value, json};

use super::stage::{Someone, agenda, statuses};
use super::{Story, Told};

fn present(someone: &Someone) -> Value {
    json!({ "person": someone.id, "status": "PRESENT" })
}

impl Story<'_> {
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
    pub(super) async fn plan(&mut self) {
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
    pub(super) async fn prepare(&self) {
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
    pub(super) async fn teach(&self) -> Vec<String> {
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
    pub(super) async fn share(&self) -> Told {
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
    pub(super) async fn look_back(&self) {
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
    pub(super) async fn discuss(&self, told: &Told) {
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
    pub(super) async fn stays_within(&self, sessions: &[String], told: &Told) {
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
