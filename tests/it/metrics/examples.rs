//! The snippets of `docs/examples` run as an integrator would run them, against a demo board.

use std::path::Path;
use std::process::Command;

use glans::demo::{Size, actions};
use glans::metrics::rollups;
use glans_entity::people::Role;
use glans_tests::{Actor, Program, on_each_database};
use serde_json::{Value, json};

use crate::demo::sign_in;
use crate::http_audits::skip;

const SMALL: Size = Size { boards: 1, schools: 2, guardians_per_school: 30, weeks: 12, seed: 7 };
/// As in the snippets.
const QUERY: &str = "query($scope: ID!, $input: EngagementInput!) { engagement(scope: $scope, input: $input) {
    series { metric group { name } points { periodStart numerator denominator suppressed } } } }";
/// Weeks before today of which figures are fetched.
const WEEKS: i64 = 12;

/// What a snippet is told by its environment.
struct Setting {
    url: String,
    scope: String,
    client: String,
    secret: String,
    from: String,
    to: String,
}

impl Setting {
    /// A client of metrics, made by the administrator of the demo board.
    async fn of(program: &Program, admin: &Actor) -> Self {
        let scope = admin.asks("{ boards { nodes { id } } }").await.text_at("boards.nodes.0.id").to_owned();
        let input = json!({ "board": scope, "name": "Dashboard", "scopes": ["METRICS_READ", "ORGANISATION_READ"] });
        let made = admin.does("apiClientCreate", "apiClient { id } secret", input).await;
        let to = glans::call::today(program.app.clock.now());
        Self {
            url: admin.address().to_owned(),
            scope,
            client: made.text_at("apiClientCreate.apiClient.id").to_owned(),
            secret: made.text_at("apiClientCreate.secret").to_owned(),
            from: (to - chrono::TimeDelta::weeks(WEEKS)).to_string(),
            to: to.to_string(),
        }
    }

    /// The lines that the snippet prints; none where its interpreter is not there.
    fn lines(&self, program: &str, file: &Path) -> Option<Vec<String>> {
        let mut command = Command::new(program);
        command.arg(file).env("GLANS_URL", &self.url).env("GLANS_SCOPE", &self.scope);
        command.env("GLANS_CLIENT_ID", &self.client).env("GLANS_CLIENT_SECRET", &self.secret);
        command.env("GLANS_FROM", &self.from).env("GLANS_TO", &self.to);
        command.env("PYTHONIOENCODING", "utf-8").env("NO_PROXY", "127.0.0.1");
        let output = command.output().ok()?;
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
    }

    /// The lines that it should print, from what the API answers to somebody else.
    async fn expected(&self, actor: &Actor) -> Vec<String> {
        let input = json!({
            "metrics": ["REACH", "TWO_WAY", "CONVERSATION_COVERAGE"], "from": self.from, "to": self.to,
            "interval": "WEEK", "breakdown": "SCHOOL",
        });
        let answer = actor.asks_with(QUERY, json!({ "scope": self.scope, "input": input })).await;
        let mut lines = Vec::new();
        for series in answer.at("engagement.series").as_array().unwrap() {
            let group = series["group"]["name"].as_str().unwrap_or_default();
            let metric = series["metric"].as_str().unwrap();
            lines.extend(series["points"].as_array().unwrap().iter().map(|point| line(metric, group, point)));
        }
        lines
    }
}

fn line(metric: &str, group: &str, point: &Value) -> String {
    let shown = match point["suppressed"].as_str() {
        Some(why) => format!("hidden: {why}"),
        None => format!("{} of {}", point["numerator"], point["denominator"]),
    };
    format!("{metric}\t{group}\t{}\t{shown}", point["periodStart"].as_str().unwrap())
}

/// The TypeScript snippet as JavaScript, checked as strictly as there is; none where the compiler is not there.
fn compiled(into: &Path) -> Option<std::path::PathBuf> {
    let clients = crate::repository().join("tests/clients");
    let compiler = clients.join("node_modules/typescript/bin/tsc");
    if !compiler.exists() {
        return None;
    }
    let mut command = Command::new("node");
    command.arg(compiler).current_dir(clients).args(["--strict", "--noEmitOnError", "--skipLibCheck"]);
    command.args(["--target", "es2022", "--module", "commonjs"]);
    command.args(["--types", "node", "--typeRoots", "node_modules/@types"]);
    command.arg("--outDir").arg(into).arg(crate::repository().join("docs/examples/engagement.ts"));
    let output = command.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Some(into.join("engagement.js"))
}

async fn the_snippets_print_what_the_api_answers(program: &Program) {
    actions::fill(&program.app, SMALL, || {}).await.unwrap();
    rollups::round(&program.app).await.unwrap();
    let admin = sign_in(program, Role::BoardAdmin).await;
    let setting = Setting::of(program, &admin).await;
    let expected = setting.expected(&admin).await;
    assert!(expected.iter().any(|line| line.contains(" of ")), "no figure of the demo is shown: {expected:#?}");

    match setting.lines("python3", &crate::repository().join("docs/examples/engagement.py")) {
        Some(lines) => assert_eq!(lines, expected, "by Python"),
        None => skip("the Python snippet needs python3"),
    }
    let folder = tempfile::tempdir().unwrap();
    match compiled(folder.path()).and_then(|file| setting.lines("node", &file)) {
        Some(lines) => assert_eq!(lines, expected, "by TypeScript"),
        None => skip("the TypeScript snippet needs node, and `npm ci` in tests/clients"),
    }
}

on_each_database!(the_snippets_print_what_the_api_answers);
