//! Names that lead to the public internet, and to nowhere else.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::is_public;

/// Names that are looked up at a time by one client; tokio has 512 threads for all that waits.
const LOOKUPS: usize = 64;

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
pub(super) struct NotPublic;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
}
