//! A board, as who types a command names it: the same way for every command.

use std::fmt;
use std::str::FromStr;

use glans_entity::ids::BoardId;
use glans_entity::organisation::board;

use super::Failure;
use crate::access::CLOSED;
use crate::call::Call;
use crate::organisation::boards;
use crate::organisation::register::is_board_number;

/// A board by its id, or by its number in the national register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NamedBoard {
    Id(BoardId),
    Number(String),
}

impl FromStr for NamedBoard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if is_board_number(text) => Ok(Self::Number(text.to_owned())),
            Err(_) => Err("write the id of a board, as `board_01jd…`, or its number of five digits, as 41613"),
        }
    }
}

impl fmt::Display for NamedBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Number(number) => f.write_str(number),
        }
    }
}

impl NamedBoard {
    /// The board, where it is there and not closed.
    pub(super) async fn find(&self, call: &Call) -> Result<board::Model, Failure> {
        let (db, scope) = (call.read().await?, call.scope());
        let found = match self {
            Self::Id(id) => boards::store::by_id(&*db, &scope, *id).await?,
            Self::Number(number) => boards::store::by_number(&*db, &scope, number).await?,
        };
        let found = found.ok_or_else(|| {
            Failure::Failed(format!(
                "there is no board {self}; `glans import duo` makes one from the national register"
            ))
        })?;
        if found.archived_at.is_some() {
            return Err(Failure::Failed(CLOSED.to_owned()));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_named_by_its_id_or_by_its_number() {
        let id = BoardId::new();
        assert_eq!(id.to_string().parse::<NamedBoard>(), Ok(NamedBoard::Id(id)));
        assert_eq!("41613".parse::<NamedBoard>(), Ok(NamedBoard::Number("41613".to_owned())));
        for wrong in ["", "4161", "De Brug", "school_01h455vb4pex5vsknk084sn02q"] {
            let said = wrong.parse::<NamedBoard>().unwrap_err();
            assert!(said.contains("`board_01jd…`") && said.contains("41613"), "{wrong}: {said}");
        }
    }
}
