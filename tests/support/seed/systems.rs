//! What the systems of a board left: a client, what it asked for, and an import.

use glans_entity::ids::{ApiClientId, MetricQueryId, RosterImportId, SchoolId};
use glans_entity::localized::Strings;
use glans_entity::{identity, metrics, roster};

use super::CLIENT_SCOPES;
use super::sower::Sower;

pub(super) async fn client(sower: &Sower<'_>) -> ApiClientId {
    let id = ApiClientId::new();
    sower
        .put::<identity::api_client::Entity>(identity::api_client::Model {
            id,
            board_id: sower.board,
            name: sower.text("Koppeling"),
            scopes: Strings(CLIENT_SCOPES.map(str::to_owned).into()),
            school_ids: None,
            revoked_at: None,
            created_at: sower.now,
            updated_at: sower.now,
            version: 1,
        })
        .await;
    id
}

/// That the client asked for figures of the first school.
pub(super) async fn metric_query(sower: &Sower<'_>, client: ApiClientId, school: SchoolId) -> MetricQueryId {
    let id = MetricQueryId::new();
    let today = sower.now.date_naive();
    sower
        .put::<metrics::query::Entity>(metrics::query::Model {
            id,
            board_id: sower.board,
            actor: client.to_string(),
            scope_id: school.0,
            scope_kind: metrics::Level::School,
            metrics: Strings(vec!["REACH".to_owned()]),
            span: metrics::Span::Week,
            starts_on: today,
            ends_on: today,
            breakdown: "NONE".to_owned(),
            asked_at: sower.now,
            request_id: sower.text("request"),
        })
        .await;
    id
}

pub(super) async fn import(sower: &Sower<'_>) -> RosterImportId {
    let id = RosterImportId::new();
    sower
        .put::<roster::roster_import::Entity>(roster::roster_import::Model {
            id,
            board_id: sower.board,
            started_by: None,
            kind: "oneroster".to_owned(),
            state: roster::RosterImportState::Succeeded,
            dry_run: false,
            accept_removals: false,
            upload_hash: None,
            upload_expires_at: None,
            rows_total: 1,
            rows_done: 1,
            counts: serde_json::json!({}),
            left_out: None,
            finished_at: Some(sower.now),
            rolled_back_at: None,
            created_at: sower.now,
            updated_at: sower.now,
            version: 1,
        })
        .await;
    sower
        .put::<roster::roster_problem::Entity>(roster::roster_problem::Model {
            import_id: id,
            position: 1,
            board_id: sower.board,
            file: sower.text("users.csv"),
            line: Some(2),
            column_name: Some(sower.text("email")),
            severity: roster::RosterProblemSeverity::Error,
            message: sower.text("This is no e-mail address."),
        })
        .await;
    id
}
