//! Ids of rows that a statement makes out of others: `INSERT … SELECT`.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend};

use super::chance;
use super::error::{Error, Result};

/// Bytes that all ids of one statement share: 48 bits of the time, and 20 bits that tell statements apart.
const SHARED: usize = 9;

/// An expression that is another UUIDv7 (RFC 9562, section 5.7) in each row, later than those of earlier milliseconds.
///
/// Its last seven bytes are random for each row; those before them are of the statement.
pub fn in_each_row(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<SimpleExpr> {
    let mut shared = [0; SHARED];
    chance::fill(&mut shared).map_err(Error::fault)?;
    let millis = u64::try_from(now.timestamp_millis()).map_err(Error::fault)?;
    shared[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    shared[6] = 0x70 | (shared[6] & 0x0f);
    shared[8] = 0x80 | (shared[8] & 0x3f);
    let (shared, sql) = (
        shared.to_vec(),
        match db.get_database_backend() {
            // A UUID of version 4 is random from its tenth byte on.
            DbBackend::Postgres => "encode($1 || substring(uuid_send(gen_random_uuid()) FROM 10), 'hex')::uuid",
            _ => "unhex(hex(?) || hex(randomblob(7)))",
        },
    );
    Ok(Expr::cust_with_values(sql, [shared]))
}
