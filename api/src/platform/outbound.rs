//! Requests to services outside: how long they may take, where they may go, and what came of them.

use std::error::Error as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{ClientBuilder, RequestBuilder, Response, Url};
use tokio::sync::Semaphore;

/// For the whole of a try, its answer included.
pub const TRY: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(3);
/// How often it is looked whether a connection that many share still leads anywhere.
const PING: Duration = Duration::from_mins(1);
/// What is read of an answer; the rest is not waited for.
const ANSWER_MAX: usize = 64 * 1024;
/// Names that are looked up at a time by one client; tokio has 512 threads for all that waits.
const LOOKUPS: usize = 64;
/// Whoever asks for more patience is asked again after this.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// What a service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// How long it wants to be left alone, a day at most.
    pub retry_after: Option<TimeDelta>,
    pub body: Vec<u8>,
}

/// Why a service said nothing. Its texts name no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing was sent.
    #[error("{0}")]
    Unreached(&'static str),
    /// It may have been received.
    #[error("{0}")]
    Unanswered(&'static str),
    /// The name leads to an address that is not on the public internet.
    #[error("not a public address")]
    NotPublic,
}

/// A client that follows no redirects and uses no proxy of the environment.
pub fn client() -> ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TRY)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(TRY)
        .http2_keep_alive_while_idle(true)
        .user_agent(concat!("glans/", env!("CARGO_PKG_VERSION")))
}

/// One exchange.
pub async fn exchange(request: RequestBuilder, now: DateTime<Utc>) -> Result<Answer, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let body = read(&mut response).await.map_err(|error| failure(&error))?;
    Ok(Answer { body, ..head(&response, now) })
}

/// As [`exchange`], of somebody who says with the status all that there is to say: what goes wrong after it does not
/// matter.
pub async fn notify(request: RequestBuilder, now: DateTime<Utc>) -> Result<Answer, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    // A connection whose answer was read can be used again.
    let _ = read(&mut response).await;
    Ok(head(&response, now))
}

fn head(response: &Response, now: DateTime<Utc>) -> Answer {
    let retry_after = retry_after(response.headers(), now);
    Answer { status: response.status().as_u16(), retry_after, body: Vec::new() }
}

async fn read(response: &mut Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= ANSWER_MAX {
            break;
        }
    }
    Ok(body)
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return Failure::NotPublic;
        }
        source = cause.source();
    }
    if error.is_builder() {
        Failure::Unreached("the request could not be made")
    } else if error.is_dns() {
        Failure::Unreached("the name is not known")
    } else if error.is_connect() {
        Failure::Unreached("no connection")
    } else if error.is_timeout() {
        Failure::Unanswered("no answer in time")
    } else {
        Failure::Unanswered("the connection was lost")
    }
}

/// Seconds or a date (RFC 9110, section 10.2.3).
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.signed_duration_since(now),
    };
    Some(wait.clamp(TimeDelta::zero(), PATIENCE))
}

/// Whether the address in the URL, if it is written as one, is on the public internet. A name is looked at by
/// [`PublicOnly`] when it is resolved.
pub fn may_be_public(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(!host.is_empty(), is_public)
}

/// Resolves names to public addresses only, so that nobody can make the server call its neighbours. The connection goes to
/// what was looked at: a name that changes its mind in between gains nothing.
#[derive(Clone)]
pub struct PublicOnly {
    names: Arc<dyn Resolve>,
}

impl PublicOnly {
    /// Over what `names` says.
    pub fn over(names: Arc<dyn Resolve>) -> Self {
        Self { names }
    }
}

impl Default for PublicOnly {
    /// Over what the machine says.
    fn default() -> Self {
        Self::over(Arc::new(Machine::of(LOOKUPS)))
    }
}

/// The resolver of the machine. Each look-up keeps a thread of its own until it ends, also when nobody waits for it any
/// more: names that are slow to find must not take up all of them.
struct Machine {
    free: Arc<Semaphore>,
}

impl Machine {
    /// One that looks up so many names at a time.
    fn of(lookups: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(lookups)) }
    }
}

impl Resolve for Machine {
    fn resolve(&self, name: Name) -> Resolving {
        let free = Arc::clone(&self.free);
        Box::pin(async move {
            let permit = free.acquire_owned().await?;
            let looking = tokio::spawn(async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                let found = found.map(Iterator::collect::<Vec<SocketAddr>>);
                drop(permit);
                found
            });
            let addresses: Addrs = Box::new(looking.await??.into_iter());
            Ok(addresses)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
struct NotPublic;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = self.names.resolve(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = answer.await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let public: Vec<_> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether anybody on the internet could reach the address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// All but the special-purpose addresses of RFC 6890.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = matches!(
        address.octets(),
        [0 | 127 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..]
    );
    !(special
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// What is allotted (`2000::/3`), without what carries an IPv4 address or goes nowhere.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match address.segments() {
        // The well-known prefix of NAT64, through which networks without IPv4 reach it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        // Teredo and other protocols, documentation, 6to4.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn neighbours_are_not_public() {
        let inside = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 \
                      255.255.255.255 192.0.0.8 198.18.0.1 203.0.113.5 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 \
                      ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::a00:1 2001:db8::1 2002:a00:1:: 2001::1 ::7f00:1";
        for address in inside.split(' ') {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_in_a_url_is_looked_at_however_it_is_written() {
        for inside in ["http://127.1/", "https://0x7f000001/", "https://2130706433", "https://[::ffff:7f00:1]/a"] {
            assert!(!may_be_public(&Url::parse(inside).unwrap()), "{inside}");
        }
        assert!(may_be_public(&Url::parse("https://push.example.org/a").unwrap()));
        assert!(may_be_public(&Url::parse("https://8.8.8.8/a").unwrap()));
    }

    #[tokio::test]
    async fn a_name_of_a_neighbour_is_not_called() {
        let client = client().dns_resolver(PublicOnly::default()).build().unwrap();
        let said = exchange(client.get("http://localhost:9/"), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Err(Failure::NotPublic));
    }

    /// Answers who asks with 200 and half a body.
    async fn half_an_answer() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 1024];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
            }
        });
        format!("http://{address}/")
    }

    #[tokio::test]
    async fn a_status_counts_whatever_becomes_of_the_body() {
        let (client, url) = (client().build().unwrap(), half_an_answer().await);
        let said = exchange(client.get(&url), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Err(Failure::Unanswered("the connection was lost")));
        let said = notify(client.get(&url), DateTime::UNIX_EPOCH).await;
        assert_eq!(said, Ok(Answer { status: 200, retry_after: None, body: Vec::new() }));
    }

    #[tokio::test]
    async fn a_name_waits_until_there_is_room_to_look_it_up() {
        let names = Machine::of(1);
        let look = || names.resolve("localhost".parse().unwrap());
        assert!(look().await.is_ok());
        let taken = Arc::clone(&names.free).try_acquire_owned().expect("given back");
        assert!(tokio::time::timeout(Duration::from_millis(50), look()).await.is_err());
        drop(taken);
        assert!(look().await.is_ok());
    }

    /// Answers each question with the next of its lists.
    struct Changing(std::sync::Mutex<Vec<Vec<&'static str>>>);

    impl Resolve for Changing {
        fn resolve(&self, _: Name) -> Resolving {
            let next = self.0.lock().unwrap().remove(0);
            let found: Vec<SocketAddr> = next.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
            Box::pin(async move {
                let addresses: Addrs = Box::new(found.into_iter());
                Ok(addresses)
            })
        }
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_gains_nothing() {
        let answers = vec![vec!["8.8.8.8", "127.0.0.1", "::1"], vec!["127.0.0.1"], Vec::new()];
        let names = PublicOnly::over(Arc::new(Changing(answers.into())));
        let mut found = names.resolve("hooks.example.org".parse().unwrap()).await.unwrap();
        assert_eq!(found.next(), Some("8.8.8.8:0".parse().unwrap()));
        assert_eq!(found.next(), None, "what is not public is left out");
        let second = names.resolve("hooks.example.org".parse().unwrap()).await.err().unwrap();
        assert!(second.is::<NotPublic>(), "{second}");
        assert!(names.resolve("hooks.example.org".parse().unwrap()).await.is_err(), "nowhere");
    }

    #[test]
    fn patience_is_asked_for_in_seconds_or_with_a_date() {
        let now = DateTime::parse_from_rfc3339("1994-11-06T08:49:00Z").unwrap().to_utc();
        let of = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]), now);
        assert_eq!(of("120"), Some(TimeDelta::seconds(120)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(TimeDelta::seconds(37)));
        assert_eq!(of("Sun, 06 Nov 1994 08:00:00 GMT"), Some(TimeDelta::zero()));
        assert_eq!(of("4294967295"), Some(PATIENCE));
        for unreadable in ["soon", "-5", "", "Sun, 06 Nov"] {
            assert_eq!(of(unreadable), None, "{unreadable}");
        }
    }
}
