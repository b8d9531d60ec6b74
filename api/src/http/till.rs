//! Where points are paid: for operations, and at the doors beside GraphQL.

use std::time::Instant;

use super::cost::bucket::{Allowance, Buckets, Empty, Payer, Standing};
use super::guard::CallerKind;

/// The buckets that callers pay from; a clone takes from the same ones.
#[derive(Debug, Clone)]
pub struct Till {
    buckets: Buckets,
    /// Whether anybody pays.
    is_open: bool,
}

impl Till {
    pub(super) fn new(is_open: bool) -> Self {
        Self { buckets: Buckets::default(), is_open }
    }

    /// Takes `cost` points, or says when to come back.
    pub async fn pay(&self, payer: Payer, kind: CallerKind, cost: u64) -> Result<Standing, Empty> {
        if !self.is_open {
            let allowance = Allowance::of(kind);
            return Ok(Standing { allowance, available: allowance.capacity });
        }
        self.buckets.spend(payer, kind, cost, Instant::now()).await
    }
}
