//! The export, and the input and payload of starting one.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use glans_entity::metrics::{ExportBreakdown, ExportFormat, ExportState, export};

use super::route;
use super::rules::Asked;
use crate::call::Call;
use crate::metrics::engagement::types::{Breakdown, Interval, Metric};
use crate::payload;
use crate::platform::scalars::{LocalDate, Url};

pub struct MetricExport(pub export::Model);

impl From<export::Model> for MetricExport {
    fn from(row: export::Model) -> Self {
        Self(row)
    }
}

/// Where an export stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "ExportState")]
pub enum MetricExportStatus {
    /// It waits for its turn. While figures of the board are being published anew, as where it just changed
    /// `Board.leastShown`, it also waits until all of them are there: some minutes. After an hour it is FAILED.
    Queued,
    /// The file is being written.
    Running,
    /// The file can be fetched.
    Ready,
    /// There will be no file; `failure` says why.
    Failed,
}

/// How a file of figures is written.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "ExportFormat")]
pub enum MetricExportFormat {
    /// Comma-separated values with a header (RFC 4180), in UTF-8. A text that a spreadsheet would take for a formula has an
    /// apostrophe before it.
    Csv,
    /// A JSON object per line, with the names of the columns as keys, in UTF-8.
    Ndjson,
}

/// Engagement figures as a file. A row for each period, metric and place or language, in the order of the metrics, with these
/// columns: `period_start`, `period_end`, `interval`, `metric`, `definition_version`, `level`, `place_id`, `place_name`,
/// `language`, `value`, `numerator`, `denominator`, `unknown`, `suppressed`. A period is named by its dates, October by
/// 2026-10-01 and 2026-10-31; which days it covers stands at `Interval`. Of a figure that is not shown, `suppressed`
/// says why and the four before it are none. Seen by who started it, as long as they see these figures.
#[Object]
impl MetricExport {
    /// Opaque, stable, sortable by time of making.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where it stands.
    async fn status(&self) -> MetricExportStatus {
        self.0.state.into()
    }

    /// How the file is written.
    async fn format(&self) -> MetricExportFormat {
        self.0.format.into()
    }

    /// Rows of the file, without its header; null until it is READY.
    async fn row_count(&self) -> Option<i32> {
        self.0.row_count
    }

    /// Bytes of the file; null until it is READY.
    async fn byte_length(&self) -> Option<i32> {
        self.0.byte_length
    }

    /// Where to get the file, with the same access token as here; null until it is READY. `Range` gets a part of it, so that
    /// a download that broke off goes on where it was.
    async fn url(&self, ctx: &Context<'_>) -> Option<Url> {
        let is_ready = self.0.state == ExportState::Ready;
        is_ready.then(|| Url::stored(&route::url(Call::of(ctx).app(), self.0.id)))
    }

    /// Why there is no file, as a sentence in English; null unless it is FAILED.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// When it was started.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the file was ready, or given up; null before that.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// When the export goes, with its file: seven days after it was started, or before that for a newer one
    /// (`exportStart`), or because the board changed `Board.leastShown`.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}

/// Which figures are written into a file.
#[derive(InputObject)]
pub struct ExportStartInput {
    /// The id that it is to have, made by the app as a TypeID over a UUIDv7, so that what was made offline keeps its id;
    /// made by the server when absent.
    pub id: Option<ID>,
    /// The board, cluster, school or class group whose figures these are. A class group is for who leads its school.
    pub scope: ID,
    /// Which metrics, each once; all there are when absent.
    pub metrics: Option<Vec<Metric>>,
    /// The first day. Only periods that lie wholly within the two days are told: weeks from Monday to Sunday, months
    /// and school years by their dates, as 2026-10-01 to 2026-10-31 for October.
    pub from: LocalDate,
    /// The last day, inclusive.
    pub to: LocalDate,
    /// How long a period is; WEEK when absent.
    #[graphql(default_with = "Interval::Week")]
    pub interval: Interval,
    /// Into what the figures are broken down; NONE when absent. Class groups are for who leads the school.
    #[graphql(default_with = "Breakdown::None")]
    pub breakdown: Breakdown,
    /// How the file is written.
    pub format: MetricExportFormat,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

impl From<ExportStartInput> for Asked {
    fn from(input: ExportStartInput) -> Self {
        Self {
            metrics: input.metrics.map(|metrics| metrics.into_iter().map(Into::into).collect()),
            from: input.from.0,
            to: input.to.0,
            span: input.interval.into(),
            breakdown: match input.breakdown {
                Breakdown::None => ExportBreakdown::None,
                Breakdown::Cluster => ExportBreakdown::Cluster,
                Breakdown::School => ExportBreakdown::School,
                Breakdown::ClassGroup => ExportBreakdown::ClassGroup,
                Breakdown::Language => ExportBreakdown::Language,
            },
        }
    }
}

payload! {
    /// The answer to `exportStart`.
    ExportStartPayload {
        /// The export, which waits to be written; null when refused.
        metric_export: MetricExport,
        metric_export_edge
    }
}
