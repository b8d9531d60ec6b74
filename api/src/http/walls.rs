//! What every operation passes, whatever it came by: a request, a socket or an event stream.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;
use std::time::Instant;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Executor, Name, Request as Operation, Value, Variables};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;

use super::cost;
use super::cost::bucket::{Payer, Standing};
use super::documents::Meant;
use super::endpoint::Endpoint;
use super::envelope::Envelope;
use super::guard::{CallerKind, shape};
use super::house::{Bill, Denied, House, Knock, Visitor, within};
use super::refusal::Refusal;
use super::stream::Caller;

/// The operation of a request, and what it costs.
pub(super) struct Chosen {
    pub name: Option<Name>,
    pub kind: OperationType,
    pub cost: u64,
}

impl<S: Executor, H: House> Endpoint<S, H> {
    /// Who knocks. What that takes of the time for look-ups, the look-up of the document has not.
    pub(super) async fn admitted(&self, knock: Knock<'_>) -> Result<Visitor, Denied> {
        let (start, patience) = (Instant::now(), self.settings.lookup_timeout);
        let mut visitor = within(patience, self.house.admit(knock)).await?;
        visitor.patience = patience.saturating_sub(start.elapsed());
        Ok(visitor)
    }

    /// The operation that `envelope` names, of a form that can run.
    pub(super) fn chosen(&self, meant: &Meant, envelope: &Envelope, variables: &Variables) -> Result<Chosen, Refusal> {
        let document = &meant.document.syntax;
        let (name, operation) = shape::chosen(document, envelope.operation_name.as_deref())?;
        if operation.ty == OperationType::Subscription {
            one_field(operation)?;
        }
        if !self.settings.introspection && asks_for_schema(document, &operation.selection_set.node) {
            return Err(Refusal::invalid(
                "Introspection is switched off here. Ask a server of your own for the schema.",
            ));
        }
        let misused = meant.document.misused.get_or_init(|| self.inputs.misused(&self.types, document));
        if let Some(message) = misused {
            return Err(Refusal::invalid(message.as_str()));
        }
        provided(operation, variables)?;
        if let Some(message) = self.inputs.mistaken(operation, variables) {
            return Err(Refusal::mistaken_variable(message));
        }
        let cost = cost::of(&self.types, document, operation, variables);
        Ok(Chosen { name: name.cloned(), kind: operation.ty, cost })
    }

    /// Refuses what is to go from the schema.
    pub(super) fn lasts(&self, meant: &Meant, variables: &Variables) -> Result<(), Refusal> {
        let misses = self.departing.misses(&self.types, &meant.document.syntax, variables);
        if misses.is_empty() { Ok(()) } else { Err(Refusal::to_go(misses)) }
    }

    pub(super) async fn pay(&self, payer: Payer, kind: CallerKind, cost: u64) -> Result<Standing, Refusal> {
        let paid = self.till.pay(payer, kind, cost).await;
        paid.map_err(|empty| Refusal::rate_limited(empty.retry_after))
    }

    /// The operation as the engine takes it, still without its data.
    pub(super) fn operation(&self, meant: &Meant, envelope: &Envelope, variables: Variables) -> Operation {
        let mut operation = Operation::new(String::new()).variables(variables);
        operation.operation_name.clone_from(&envelope.operation_name);
        operation.set_parsed_query(meant.document.syntax.clone());
        if self.settings.introspection { operation } else { operation.disable_introspection() }
    }

    /// Leads an operation that is answered as a stream through all of the walls.
    pub(super) async fn passed(
        &self,
        mut envelope: Envelope,
        visitor: &Visitor,
        caller: &Caller,
    ) -> Result<(Chosen, Operation), Refusal> {
        let limits = visitor.kind.limits();
        let meant = self.documents.meant(&envelope, &self.house, &self.settings, visitor).await?;
        let variables = Variables::from_json(std::mem::take(&mut envelope.variables).into());
        let chosen = self.chosen(&meant, &envelope, &variables)?;
        if caller.by_get && chosen.kind == OperationType::Mutation {
            return Err(Refusal::mutation_by_get());
        }
        if caller.without_deprecated {
            self.lasts(&meant, &variables)?;
        }
        if chosen.cost > limits.cost {
            return Err(Refusal::too_dear(chosen.cost, limits.cost));
        }
        self.pay(payer(visitor, caller.address), visitor.kind, chosen.cost).await?;
        let operation = self.operation(&meant, &envelope, variables);
        Ok((chosen, operation))
    }
}

/// The bill of an operation, which the house gets when it is over, also where nobody waits for its end.
pub(super) struct Tab<'h, H: House> {
    house: &'h H,
    payer: Option<String>,
    pub paid: u64,
    pub refused: bool,
}

impl<'h, H: House> Tab<'h, H> {
    pub(super) fn of(house: &'h H, visitor: &Visitor) -> Self {
        Self { house, payer: visitor.payer.clone(), paid: 0, refused: false }
    }
}

impl<H: House> Drop for Tab<'_, H> {
    fn drop(&mut self) {
        if let Some(payer) = &self.payer {
            self.house.billed(Bill { payer, cost: self.paid, refused: self.refused });
        }
    }
}

/// Who pays for what `visitor` asks.
pub(super) fn payer(visitor: &Visitor, address: IpAddr) -> Payer {
    visitor.payer.clone().map_or_else(|| Payer::address(address), Payer::Known)
}

/// The caller's address: of the connection, or what our own proxy says it is.
pub fn address(head: &Parts, behind_proxy: bool) -> IpAddr {
    let connection = head.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = head.headers.get_all("x-forwarded-for").iter().next_back().filter(|_| behind_proxy);
    let forwarded = forwarded.and_then(|value| {
        let last = value.to_str().ok().and_then(last_address);
        if last.is_none() {
            UNREADABLE.call_once(|| {
                tracing::warn!(
                    "the proxy sends an X-Forwarded-For whose last entry is no address: its own counts as everybody's"
                );
            });
        }
        last
    });
    forwarded.or(connection).unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}

/// Told once: it would be told with every request.
static UNREADABLE: Once = Once::new();

/// The last address of an `X-Forwarded-For`; some proxies add the port, and some put IPv6 in brackets.
fn last_address(forwarded: &str) -> Option<IpAddr> {
    let last = forwarded.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(last);
    bare.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// Refuses a subscription to more or less than one field (specification, section 5.2.4.1). The engine would take
/// several, and would not look into a fragment.
fn one_field(operation: &OperationDefinition) -> Result<(), Refusal> {
    let items = &operation.selection_set.node.items;
    match items.as_slice() {
        [item] if matches!(item.node, Selection::Field(_)) => Ok(()),
        _ => Err(Refusal::invalid("A subscription asks for exactly one field, outside of any fragment.")),
    }
}

/// The engine would answer null, where null cannot be.
fn asks_for_schema(document: &ExecutableDocument, asked: &SelectionSet) -> bool {
    asked.items.iter().any(|item| match &item.node {
        Selection::Field(field) => ["__schema", "__type"].contains(&field.node.name.node.as_str()),
        Selection::InlineFragment(fragment) => asks_for_schema(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node);
            fragment.is_some_and(|fragment| asks_for_schema(document, &fragment.node.selection_set.node))
        }
    })
}

/// Refuses an operation whose required variables are not all there (specification, section 6.1.2). The engine would run
/// it, with null where null cannot be.
fn provided(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    let missing = operation.variable_definitions.iter().find(|definition| {
        let given = variables.get(&definition.node.name.node);
        let absent = given.is_none() && definition.node.default_value.is_none();
        !definition.node.var_type.node.nullable && (absent || given == Some(&Value::Null))
    });
    missing.map_or(Ok(()), |definition| Err(Refusal::missing_variable(&definition.node.name.node)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_is_read_in_all_of_its_forms() {
        for (forwarded, address) in [
            ("10.7.7.7", "10.7.7.7"),
            ("192.0.2.1, 10.7.7.7:1234", "10.7.7.7"),
            ("192.0.2.1,2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("unknown, [2001:db8::1]:443 ", "2001:db8::1"),
        ] {
            assert_eq!(last_address(forwarded), address.parse().ok(), "{forwarded}");
        }
        for no_address in ["", "10.7.7.7,", "unknown", "[10.7.7.7", "10.7.7.7:x", "_hidden"] {
            assert_eq!(last_address(no_address), None, "{no_address}");
        }
    }
}
