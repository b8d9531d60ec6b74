//! The program over a migrated database with nothing in it: for imports and commands.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glans::app::App;
use glans::call::Call;
use glans::platform::clock::Clock;
use glans::platform::config::Config;
use glans_entity::scope::Scoped;
use sea_orm::{Iterable, PrimaryKeyToColumn, QueryOrder};
use tokio::sync::OnceCell;

use crate::actor::Actor;
use crate::database::TestDatabase;
use crate::engine::Engine;
use crate::ground::{Ground, Left};
use crate::setting::Setting;
use crate::site::Site;

/// The program, and the database that it works in.
pub struct Program {
    pub app: Arc<App>,
    database: TestDatabase,
    server: OnceCell<Site>,
}

impl Program {
    /// Somebody who is not signed in, speaking HTTP to a server over this database.
    pub async fn newcomer(&self, name: &str) -> Actor {
        let server = self.server.get_or_init(|| Site::start(&self.app)).await;
        Actor::anonymous(name, &server.address)
    }

    /// All rows of a table of tenant data, in the order of the primary key.
    pub async fn rows<E: Scoped>(&self) -> Vec<E::Model> {
        let call = Call::system(&self.app, "test");
        let snapshot = call.read().await.expect("a snapshot");
        let mut select = E::within(&call.scope());
        for key in E::PrimaryKey::iter() {
            select = select.order_by_asc(key.into_column());
        }
        select.all(&*snapshot).await.expect("the rows of a table")
    }
}

impl Setting for Program {
    async fn prepare(engine: Engine) -> Option<Self> {
        let Ground { database, db } = Ground::migrated(engine).await?;
        let secret_key = Some(BASE64.encode([7; 32]));
        let config = Config { database_url: database.url().to_owned(), secret_key, ..Config::default() };
        let app = App::new(config, db, Clock::default()).expect("a sound configuration");
        Some(Self { app, database, server: OnceCell::new() })
    }

    async fn remove(self) -> Left {
        if let Some(server) = self.server.into_inner() {
            server.stop();
        }
        Left::of(self.database, self.app).await
    }
}
