//! `glans documents`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use glans_entity::scope::Scope;

use super::{Failure, open};
use crate::call::today;
use crate::http::documents::{manifest, sha256};
use crate::platform::config::Config;
use crate::platform::{alone, documents};

/// The trusted documents of the apps.
#[derive(Debug, Subcommand)]
pub(super) enum Documents {
    /// Register the documents of a release of an app, in place of those it brought before.
    Import {
        /// A manifest of Apollo, Relay or GraphQL Code Generator.
        file: PathBuf,
        /// The app and its release, as `ios-2.4`. Releases stand side by side until they are removed.
        #[arg(long, value_name = "NAME", value_parser = release)]
        client: String,
    },
    /// Show which releases are registered.
    List,
    /// Forget the documents of a release that is no longer on any phone.
    Remove {
        /// As it was imported.
        #[arg(long, value_name = "NAME")]
        client: String,
    },
}

/// Letters at most in the name of a release.
const LONGEST_NAME: usize = 100;

/// The name of a release: `list` shows one in a line, with a tab behind.
fn release(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(format!("a name of 1 to {LONGEST_NAME} characters in one line is expected, as `ios-2.4`"));
    }
    Ok(name.to_owned())
}

/// Runs the command. A running server takes notice within five seconds.
pub(super) async fn run(config: Config, command: Documents) -> Result<(), Failure> {
    match command {
        Documents::Import { file, client } => import(config, &file, &client).await,
        Documents::List => list(config).await,
        Documents::Remove { client } => remove(config, &client).await,
    }
}

async fn import(config: Config, file: &Path, client: &str) -> Result<(), Failure> {
    // Before the database is opened: a broken file leaves nothing behind.
    let documents = read(file)?;
    let count = documents.len();
    let app = open::known(config).await?;
    let now = app.clock.now();
    let db = app.db.write(&Scope::system(today(now))).await?;
    // Of two imports at once, the second sees what the first brought.
    alone::wait(&db, "documents of the apps").await?;
    if let Some((id, other)) = documents::taken(&db, client, &documents).await? {
        return Err(Failure::Failed(format!(
            "document `{id}` of {client} has another text than under {other}; give it another id, or forget the other by \
             `glans documents remove --client {other}`"
        )));
    }
    documents::replace(&db, client, documents, now).await?;
    db.commit().await?;
    say!("registered {count} ids of {client}");
    Ok(())
}

async fn list(config: Config) -> Result<(), Failure> {
    let app = open::known(config).await?;
    let db = app.db.read(&Scope::system(today(app.clock.now()))).await?;
    for (client, count) in documents::releases(&db).await? {
        say!("{client}\t{count}");
    }
    Ok(())
}

async fn remove(config: Config, client: &str) -> Result<(), Failure> {
    let app = open::known(config).await?;
    let db = app.db.write(&Scope::system(today(app.clock.now()))).await?;
    let removed = documents::remove(&db, client).await?;
    db.commit().await?;
    if removed == 0 {
        return Err(Failure::Failed(format!("no release is registered as `{client}`; see `glans documents list`")));
    }
    say!("removed {removed} ids of {client}");
    Ok(())
}

/// Each document under the id of the app's build tool and under its SHA-256.
fn read(file: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let wrong = |cause: String| Failure::Failed(format!("{}: {cause}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|cause| wrong(cause.to_string()))?;
    let entries = manifest::read(&text).map_err(|error| wrong(error.to_string()))?;
    Ok(entries
        .into_iter()
        .flat_map(|entry| [(format!("sha256:{}", sha256(&entry.text)), entry.text.clone()), (entry.id, entry.text)])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_a_name_of_one_line() {
        assert_eq!(release("ios-2.4"), Ok("ios-2.4".to_owned()));
        assert_eq!(release(" Ouder-app 2 "), Ok("Ouder-app 2".to_owned()));
        assert!(release(&"é".repeat(100)).is_ok());
        for wrong in ["", " ", "ios\t2.4", "ios\n2.4", &"é".repeat(101)] {
            assert!(release(wrong).is_err(), "{wrong:?}");
        }
    }
}
