//! Where the integrator of a board is told of what happens, and something that did not arrive.

use glans_entity::ids::{ApiClientId, WebhookDeliveryId, WebhookEndpointId, WebhookEventId};
use glans_entity::localized::Strings;
use glans_entity::metrics::{WebhookDisabled, WebhookState, webhook_delivery, webhook_endpoint, webhook_event};

use super::sower::Sower;

const KIND: &str = "lesson.taught";

impl Sower<'_> {
    /// An endpoint that is disabled: what a test lets happen goes nowhere.
    pub(super) async fn webhook_endpoint(&self, client_id: ApiClientId) -> WebhookEndpointId {
        let id = WebhookEndpointId::new();
        self.put::<webhook_endpoint::Entity>(webhook_endpoint::Model {
            id,
            board_id: self.board,
            client_id,
            url: format!("https://{}hooks.example.org/glans", self.mark),
            description: Some(self.text("Dashboard")),
            kinds: Strings(vec![KIND.to_owned()]),
            secret: "sealed".to_owned(),
            previous_secret: None,
            previous_until: None,
            failing_since: None,
            disabled_at: Some(self.now),
            disabled_because: Some(WebhookDisabled::ByHand),
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        })
        .await;
        id
    }

    /// What an endpoint was not told of.
    pub(super) async fn webhook_delivery(&self, endpoint_id: WebhookEndpointId) -> WebhookDeliveryId {
        let (id, event_id) = (WebhookDeliveryId::new(), WebhookEventId::new());
        self.put::<webhook_event::Entity>(webhook_event::Model {
            id: event_id,
            board_id: self.board,
            body: self.text("{}"),
            created_at: self.now,
        })
        .await;
        self.put::<webhook_delivery::Entity>(webhook_delivery::Model {
            id,
            board_id: self.board,
            endpoint_id,
            event_id,
            kind: KIND.to_owned(),
            state: WebhookState::Failed,
            attempts: 10,
            due_at: self.now,
            lease: None,
            leased_until: None,
            last_status: Some(500),
            failure: Some(self.text("answered 500")),
            attempted_at: Some(self.now),
            finished_at: Some(self.now),
            created_at: self.now,
        })
        .await;
        id
    }
}
