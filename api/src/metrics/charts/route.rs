//! `GET /charts/engagement.svg`, `/charts/engagement.png` and `/reports/engagement.pdf`, for who has an access token.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};

use super::asked::{Asked, AskedMonth, MOST_LINES, Problem};
use super::chart::Chart;
use super::layout::{Size, TooLow};
use super::refused::Refused;
use super::studio::Studio;
use super::{drawing, picture, reading, report};
use crate::app::App;
use crate::call::Call;
use crate::door;
use crate::http::house::in_time;
use crate::http::{RequestId, Till, revalidated};
use crate::platform::error::Result;

/// Points for a chart: its figures as an operation that asks for as many of them, and the drawing.
const CHART: u64 = 250;
/// Points for a page with the figures of two months and a chart.
const REPORT: u64 = 500;
/// A picture needs nothing and runs nothing, wherever it is opened.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml; charset=utf-8");
const PNG: HeaderValue = HeaderValue::from_static("image/png");
const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
/// What an answer depends on beside the address.
const VARY: HeaderValue = HeaderValue::from_static("Authorization, Accept-Language, Glans-Board");

/// The routes, for the server to mount.
pub fn routes(app: Arc<App>, till: Till) -> Router {
    Router::new()
        .route("/charts/engagement.svg", get(svg))
        .route("/charts/engagement.png", get(png))
        .route("/reports/engagement.pdf", get(pdf))
        .with_state(Desk { app, till, studio: Studio::default() })
}

/// What the routes share.
#[derive(Clone)]
struct Desk {
    app: Arc<App>,
    till: Till,
    studio: Studio,
}

type Pairs = Query<Vec<(String, String)>>;

async fn svg(
    State(desk): State<Desk>,
    Extension(request_id): Extension<RequestId>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let drawn = async {
        let wanted = chart(&desk, &headers, &request_id, &pairs).await?;
        let drawn = desk.studio.draw(move || wanted.drawn()).await?.ok_or(Refused::Busy)?;
        Ok(drawn.map_err(too_low)?.into_bytes())
    };
    answered(drawn.await, vec![(header::CONTENT_TYPE, SVG)], &headers, &request_id)
}

async fn png(
    State(desk): State<Desk>,
    Extension(request_id): Extension<RequestId>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let drawn = async {
        let wanted = chart(&desk, &headers, &request_id, &pairs).await?;
        let work = move || match wanted.drawn()? {
            Ok(drawn) => picture::png(&drawn).map(Ok),
            Err(low) => Ok(Err(low)),
        };
        desk.studio.draw(work).await?.ok_or(Refused::Busy)?.map_err(too_low)
    };
    answered(drawn.await, vec![(header::CONTENT_TYPE, PNG)], &headers, &request_id)
}

async fn pdf(
    State(desk): State<Desk>,
    Extension(request_id): Extension<RequestId>,
    Query(pairs): Pairs,
    headers: HeaderMap,
) -> Response {
    let mut told = vec![(header::CONTENT_TYPE, PDF)];
    let drawn = async {
        let call = caller(&desk, &headers, &request_id, REPORT).await?;
        let asked = AskedMonth::of(&pairs, call.today()).map_err(Refused::Problems)?;
        let month = in_time(Box::pin(reading::month(&call, &asked))).await?;
        if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}\"", month.file())) {
            told.push((header::CONTENT_DISPOSITION, name));
        }
        desk.studio.draw(move || report::pdf(&month)).await?.ok_or(Refused::Busy)
    };
    let drawn = drawn.await;
    answered(drawn, told, &headers, &request_id)
}

/// Who asks, signed in, once they paid.
async fn caller(desk: &Desk, headers: &HeaderMap, request_id: &RequestId, cost: u64) -> Result<Call, Refused> {
    let call = door::call(&desk.app, headers, request_id).await?;
    door::pay(&desk.till, &call, cost).await?;
    Ok(call)
}

/// What is to be drawn, and how large.
struct Wanted {
    chart: Chart,
    width: u32,
    height: Option<u32>,
}

impl Wanted {
    fn drawn(&self) -> Result<std::result::Result<String, TooLow>> {
        let size = match self.height {
            Some(height) => Size { width: self.width, height },
            None => Size::of_width(self.width, &self.chart),
        };
        drawing::svg(&self.chart, size)
    }
}

async fn chart(
    desk: &Desk,
    headers: &HeaderMap,
    request_id: &RequestId,
    pairs: &[(String, String)],
) -> Result<Wanted, Refused> {
    let call = caller(desk, headers, request_id, CHART).await?;
    let asked = Asked::of(pairs).map_err(Refused::Problems)?;
    let chart = in_time(Box::pin(reading::chart(&call, &asked))).await?;
    let lines = chart.lines.len();
    if lines > MOST_LINES {
        let detail = format!(
            "A chart shows {MOST_LINES} lines at most, these are {lines}: take fewer metrics or a smaller scope."
        );
        return Err(Refused::Problems(vec![Problem::new("breakdown", detail)]));
    }
    Ok(Wanted { chart, width: asked.width, height: asked.height })
}

fn too_low(TooLow { needed }: TooLow) -> Refused {
    let detail = match needed {
        Some(needed) => format!("At this width the chart needs a height of {needed} pixels."),
        None => "The chart does not fit: take more width, or fewer lines.".to_owned(),
    };
    Refused::Problems(vec![Problem::new("height", detail)])
}

fn answered(
    drawn: Result<Vec<u8>, Refused>,
    told: Vec<(HeaderName, HeaderValue)>,
    headers: &HeaderMap,
    request_id: &RequestId,
) -> Response {
    match drawn {
        Ok(bytes) => {
            let mut response = Response::new(bytes);
            response.headers_mut().extend(told);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
            response.headers_mut().insert(header::VARY, VARY);
            revalidated(response, headers)
        }
        Err(refused) => refused.response(request_id),
    }
}
