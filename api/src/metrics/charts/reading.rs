//! From what was asked to what is drawn, by the figures that who asks may see.

use super::asked::{Asked, AskedMonth, Site};
use super::chart::Chart;
use super::report::{Month, Questions};
use super::store;
use crate::call::Call;
use crate::metrics::engagement::report;
use crate::metrics::texts;
use crate::platform::error::Result;
use crate::platform::speech::Speech;

/// A chart of what was asked.
pub(super) async fn chart(call: &Call, asked: &Asked) -> Result<Chart> {
    let answer = report(call, asked.site.id, asked.site.level, &asked.ask).await?;
    let place = name(call, asked.site).await?;
    Ok(Chart::of(speech(call, asked.language), &place, &asked.ask, &answer))
}

/// A month of a school or cluster.
pub(super) async fn month(call: &Call, asked: &AskedMonth) -> Result<Month> {
    let Site { level, id } = asked.site;
    let questions = Questions::of(asked.first);
    let months = report(call, id, level, &questions.months).await?;
    let weeks = report(call, id, level, &questions.weeks).await?;
    let place = name(call, asked.site).await?;
    Ok(Month::of(speech(call, asked.language), &place, &questions, (&months, &weeks), call.today()))
}

async fn name(call: &Call, site: Site) -> Result<String> {
    let db = call.read().await?;
    Ok(store::name(&*db, site).await?.unwrap_or_default())
}

/// As was asked, else as the client prefers.
fn speech(call: &Call, language: Option<&str>) -> &'static Speech {
    texts::speech_of_first(language.into_iter().chain(call.languages.iter().map(String::as_str)))
}
