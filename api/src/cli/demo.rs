//! `glans demo`

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::ActiveEnum;

use super::{Failure, open};
use crate::app::App;
use crate::demo::actions::{self, Filled};
use crate::demo::{DemoAccount, Size};
use crate::platform::config::Config;
use crate::platform::db::Database;

/// How large the demo is.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct DemoArgs {
    /// School boards.
    #[arg(long, value_name = "N", default_value_t = Size::default().boards)]
    boards: usize,
    /// Schools of all boards together.
    #[arg(long, value_name = "N", default_value_t = Size::default().schools)]
    schools: usize,
    /// Guardians whom each school adds.
    #[arg(long, value_name = "N", default_value_t = Size::default().guardians_per_school)]
    guardians_per_school: usize,
    /// For how many weeks leaders and teachers have had the course, so that some of it is read.
    #[arg(long, value_name = "N", default_value_t = Size::default().weeks)]
    weeks: usize,
    /// The same seed makes the same rows, within one school year.
    #[arg(long, value_name = "N", default_value_t = Size::default().seed)]
    seed: u64,
    /// Print JSON in place of a table.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    filled: &'a Filled,
    accounts: &'a [DemoAccount],
}

pub(super) async fn run(config: Config, args: DemoArgs) -> Result<(), Failure> {
    let DemoArgs { boards, schools, guardians_per_school, weeks, seed, json } = args;
    let size = Size { boards, schools, guardians_per_school, weeks, seed };
    let size = size.check().map_err(|wrong| Failure::Usage(wrong.to_string()))?;
    allowed(&config)?;
    let app = open::app(config).await?;
    let turn = open::turn(&app.config).await?;
    whole(&app).await?;
    let filled = fill(&app, size).await?;
    drop(turn);
    let accounts = actions::accounts(&app).await?;
    if json {
        let answer = Answer { filled: &filled, accounts: &accounts };
        say!("{}", serde_json::to_string_pretty(&answer).map_err(|cause| Failure::Failed(cause.to_string()))?);
    } else {
        say!("{}\n\n{}", counts(&filled), table(&accounts));
    }
    Ok(())
}

/// Asked before the database is opened, so that a refusal leaves it as it was.
pub(super) fn allowed(config: &Config) -> Result<(), Failure> {
    if config.production {
        let message = "the password of a demo is published, so there is none in production mode; start without --demo";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// In production mode, refuses a database that holds a demo: whoever reads the documentation could sign in.
pub(super) async fn none_in_production(config: &Config, db: &Database, today: NaiveDate) -> Result<(), Failure> {
    if config.production && actions::is_there(db, today).await? {
        let message = "this database holds a demo, whose password is published, so it is not for production mode; name \
                       another database with --database-url, or in the configuration";
        return Err(Failure::Failed(message.to_owned()));
    }
    Ok(())
}

/// Refuses a database that holds a part of a demo.
pub(super) async fn none_by_halves(config: &Config, db: &Database, today: NaiveDate) -> Result<(), Failure> {
    if actions::is_half(db, today).await? {
        return Err(Failure::Failed(format!("{}, unless it is being filled just now", broken_off(config))));
    }
    Ok(())
}

/// Fills a database that is empty with the small demo; gives the accounts to try it with. A part of a demo is refused.
pub(super) async fn ensure(app: &Arc<App>) -> Result<Vec<DemoAccount>, Failure> {
    if actions::is_empty(app).await? {
        fill(app, Size::default()).await?;
    }
    whole(app).await
}

/// The accounts of the demo that is there; none where there is none. A part of one is refused.
async fn whole(app: &Arc<App>) -> Result<Vec<DemoAccount>, Failure> {
    let accounts = actions::accounts(app).await?;
    if !accounts.is_empty() && !actions::is_whole(app).await? {
        return Err(broken_off(&app.config));
    }
    Ok(accounts)
}

fn broken_off(config: &Config) -> Failure {
    let remedy = match open::file(config) {
        Some(file) => format!("remove {}", file.display()),
        None => "make the database anew".to_owned(),
    };
    Failure::Failed(format!(
        "the demo in this database is not whole: filling it broke off; {remedy}, or name another database with \
         --database-url, and start again"
    ))
}

/// The bar goes to standard error, and only where that is a terminal.
async fn fill(app: &Arc<App>, size: Size) -> Result<Filled, Failure> {
    const TEMPLATE: &str = "{elapsed_precise} {wide_bar} {pos} of {len} schools, {eta} left";
    let style = ProgressStyle::with_template(TEMPLATE).map_err(|cause| Failure::Failed(cause.to_string()))?;
    let bar = ProgressBar::new(size.schools as u64).with_style(style);
    let filled = actions::fill(app, size, || bar.inc(1)).await;
    bar.finish_and_clear();
    Ok(filled?)
}

fn counts(filled: &Filled) -> String {
    let Filled { boards, schools, class_groups, students, persons, guardianships } = filled;
    format!(
        "boards {boards}, schools {schools}, class groups {class_groups}, students {students}, people {persons}, \
         guardianships {guardianships}"
    )
}

/// The accounts, one in a line.
pub(super) fn table(accounts: &[DemoAccount]) -> String {
    const HEADER: [&str; 4] = ["role", "e-mail", "password", "name"];
    let row = |account: &DemoAccount| {
        let role = account.role.to_value();
        [role, account.email.clone(), account.password.to_owned(), account.name.clone()]
    };
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(accounts.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    let line = |[role, email, password, name]: &[String; 4]| {
        format!("{role:0$}  {email:1$}  {password:2$}  {name}", widths[0], widths[1], widths[2])
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use glans_entity::people::Role;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let account = |role, name: &str| DemoAccount {
            role,
            name: name.to_owned(),
            email: "a@demo.example".to_owned(),
            password: "samen",
        };
        assert_eq!(
            table(&[account(Role::Teacher, "Zoë Prins"), account(Role::SchoolLeader, "Bas Vos")]),
            "role           e-mail          password  name\n\
             TEACHER        a@demo.example  samen     Zoë Prins\n\
             SCHOOL_LEADER  a@demo.example  samen     Bas Vos"
        );
    }
}
