//! A file is fetched whole or in parts.

use chrono::Days;
use glans_entity::metrics::{Level, Metric};
use glans_tests::{Actor, Reply, Who, World, on_each_database};
use reqwest::{Method, header};
use sea_orm::{ActiveEnum, Iterable};
use serde_json::json;

use super::{fetched, made, monday, wanted, with};

async fn part(actor: &Actor, id: &str, headers: &[(header::HeaderName, &str)]) -> Reply {
    let request = actor.request(Method::GET, &format!("/exports/{id}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
    actor.sends(request).await
}

/// A file of several blocks.
async fn large(world: &World, actor: &Actor) -> String {
    let ours = &world.ours;
    let metrics: Vec<Metric> = Metric::iter().take(8).collect();
    world
        .sow(ours, async |sower| {
            let weeks = (0..52).map(|week| monday() + Days::new(7 * week));
            let figures = weeks.flat_map(|week| {
                metrics.iter().flat_map(move |metric| {
                    ours.schools.map(|school| sower.figure(*metric, Level::School, school.0, week))
                })
            });
            sower.figures(figures).await;
        })
        .await;
    let names: Vec<String> = metrics.iter().map(ActiveEnum::to_value).collect();
    let more = json!({ "metrics": names, "to": "2027-08-01", "breakdown": "SCHOOL" });
    made(world, actor, with(wanted(ours.id), more)).await
}

async fn a_download_goes_on_where_it_broke_off(world: &World) {
    let admin = world.actor(Who::Admin).await;
    let id = large(world, &admin).await;
    let whole = fetched(&admin, &id).await;
    let length = whole.text.len();
    assert!(length > 64 * 1024, "{length} bytes are several blocks");
    assert_eq!(whole.text.matches("\r\n").count(), 1 + 52 * 8 * 2);
    let tag = format!("\"{id}\"");

    let mut pieces = String::new();
    while pieces.len() < length {
        let last = pieces.len() + 9_999;
        let range = format!("bytes={}-{last}", pieces.len());
        let piece = part(&admin, &id, &[(header::RANGE, range.as_str()), (header::IF_RANGE, tag.as_str())]).await;
        assert_eq!(piece.status.as_u16(), 206);
        let told = format!("bytes {}-{}/{length}", pieces.len(), last.min(length - 1));
        assert_eq!(piece.headers[header::CONTENT_RANGE], told.as_str());
        assert_eq!(piece.headers[header::CONTENT_LENGTH], piece.text.len().to_string().as_str());
        pieces.push_str(&piece.text);
    }
    assert_eq!(pieces, whole.text);

    let first = (header::RANGE, "bytes=0-1");
    let known = part(&admin, &id, &[(header::IF_NONE_MATCH, tag.as_str()), first.clone()]).await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    assert_eq!(known.headers[header::ETAG], tag.as_str());
    let another = part(&admin, &id, &[(header::IF_MATCH, "\"another\""), first.clone()]).await;
    assert_eq!(another.status.as_u16(), 412);
    let both = [(header::IF_MATCH, tag.as_str()), (header::IF_NONE_MATCH, "\"another\""), first];
    let same = part(&admin, &id, &both).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (206, &whole.text[..2]));

    let end = part(&admin, &id, &[(header::RANGE, "bytes=-7")]).await;
    assert_eq!((end.status.as_u16(), end.text.as_str()), (206, &whole.text[length - 7..]));
    let after = format!("bytes={length}-");
    let nothing = part(&admin, &id, &[(header::RANGE, after.as_str())]).await;
    assert_eq!(nothing.status.as_u16(), 416);
    assert_eq!(nothing.headers[header::CONTENT_RANGE], format!("bytes */{length}").as_str());
    for headers in [
        &[(header::RANGE, "bytes=0-1,4-5")][..],
        &[(header::RANGE, "lines=0-1")],
        &[(header::RANGE, "bytes=0-1"), (header::IF_RANGE, "\"another\"")],
        // Parts are of the bytes as they are stored.
        &[(header::ACCEPT_ENCODING, "gzip")],
    ] {
        let reply = part(&admin, &id, headers).await;
        assert_eq!((reply.status.as_u16(), reply.text.len()), (200, length), "{headers:?}");
        assert!(!reply.headers.contains_key(header::CONTENT_ENCODING), "{headers:?}");
    }
    let head = admin.request(Method::HEAD, &format!("/exports/{id}")).header(header::RANGE, "bytes=0-1");
    let head = admin.sends(head).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(head.headers[header::CONTENT_LENGTH], length.to_string().as_str());
}

on_each_database!(a_download_goes_on_where_it_broke_off);
