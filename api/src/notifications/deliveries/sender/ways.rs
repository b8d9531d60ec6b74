//! What is known of the gateways: whether they are in order.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use glans_entity::notifications::PushPlatform;

use crate::notifications::channels::{Push, Verdict, web_push};
use crate::notifications::deliveries::breaker::Breaker;

/// A gateway that takes so long does not answer.
const LINGERING: Duration = Duration::from_secs(8);
/// A push service of browsers that takes so long for each is left alone for a while, whatever it says: other boards'
/// browsers wait for the places that it holds.
const SLOW: Duration = Duration::from_secs(4);
/// Gateways of which something is known at once: of push services there are as many as browsers name.
const WAYS: usize = 1_000;

/// One gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    Push(PushPlatform),
    /// A push service of browsers. One that is out of order says nothing of another: anybody can name one.
    Origin(String),
    Mail,
}

impl Way {
    pub fn of(push: &Push) -> Self {
        let origin = (push.platform == PushPlatform::WebPush).then(|| web_push::origin(&push.token)).flatten();
        origin.map_or(Self::Push(push.platform), Self::Origin)
    }
}

/// All gateways that were tried.
#[derive(Default)]
pub(super) struct Ways(Mutex<HashMap<Way, Breaker>>);

impl Ways {
    /// Until when nothing goes this way; none where something may.
    pub fn rest(&self, way: &Way, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.breaker(way, |breaker| breaker.rest(now))
    }

    /// Lets a try go this way, or says when to come again.
    pub fn admit(&self, way: &Way, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        self.breaker(way, |breaker| breaker.admit(now))
    }

    /// What a verdict that took so long tells of the gateway.
    pub fn note(&self, way: &Way, verdict: &Verdict, took: Duration, now: DateTime<Utc>) {
        self.breaker(way, |breaker| note(breaker, way, verdict, took, now));
    }

    fn breaker<T>(&self, way: &Way, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut breakers);
        act(breakers.entry(way.clone()).or_default())
    }
}

fn note(breaker: &mut Breaker, way: &Way, verdict: &Verdict, took: Duration, now: DateTime<Utc>) {
    match verdict {
        Verdict::Down { after, .. } => breaker.failed(now, *after),
        // It answers, and asks for a rest, for the whole project. APNs and the push services of browsers ask for one
        // device.
        Verdict::Later { after: Some(after), .. } if *way == Way::Push(PushPlatform::Fcm) => {
            breaker.failed(now, Some(*after));
        }
        // As good as down: each try holds a place for so long.
        Verdict::Later { .. } if took >= SLOW && matches!(way, Way::Origin(_)) => breaker.failed(now, None),
        Verdict::Later { .. } if took >= LINGERING => breaker.failed(now, None),
        Verdict::Later { .. } => breaker.answered(),
        _ if took >= SLOW && matches!(way, Way::Origin(_)) => breaker.slow(now - took, now),
        Verdict::Sent | Verdict::Gone { .. } | Verdict::Refused(_) => breaker.worked(now),
    }
}

/// Of push services that work nothing needs to be known; of too many that do not, it is found out anew.
fn make_room(breakers: &mut HashMap<Way, Breaker>) {
    let is_one_of_ours = |way: &Way| !matches!(way, Way::Origin(_));
    if breakers.len() >= WAYS {
        breakers.retain(|way, breaker| is_one_of_ours(way) || breaker.is_failing());
    }
    if breakers.len() >= WAYS {
        breakers.retain(|way, _| is_one_of_ours(way));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::notifications::deliveries::sender::PUSHES;

    #[test]
    fn a_push_service_that_takes_its_time_is_left_alone_whatever_it_says() {
        let now = DateTime::UNIX_EPOCH;
        let rests = |way: &Way, verdict: &Verdict, took: Duration| {
            let mut breaker = Breaker::default();
            for _ in 0..PUSHES {
                note(&mut breaker, way, verdict, took, now);
            }
            breaker.rest(now).is_some()
        };
        let origin = Way::Origin("https://push.example.org".to_owned());
        let later = Verdict::Later { after: None, why: "no answer in time".to_owned() };
        for verdict in [&Verdict::Sent, &later] {
            assert!(rests(&origin, verdict, SLOW), "{verdict:?}");
            assert!(!rests(&origin, verdict, SLOW / 2), "{verdict:?}");
        }
        for way in [Way::Push(PushPlatform::Fcm), Way::Mail] {
            assert!(!rests(&way, &Verdict::Sent, LINGERING), "it takes what it is given: {way:?}");
            assert!(rests(&way, &later, LINGERING) && !rests(&way, &later, SLOW), "{way:?}");
        }
    }

    #[test]
    fn a_push_service_that_takes_its_time_for_a_few_is_not_left_alone() {
        let (start, mut breaker) = (DateTime::UNIX_EPOCH, Breaker::default());
        let origin = Way::Origin("https://push.example.org".to_owned());
        // They begin together, and the slow ones come last.
        for number in 0..PUSHES {
            let took = if number < 50 { Duration::from_millis(200) } else { SLOW + Duration::from_secs(2) };
            note(&mut breaker, &origin, &Verdict::Sent, took, start + took);
        }
        assert_eq!(breaker.admit(start + SLOW + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn what_is_known_of_gateways_has_an_end() {
        let now = DateTime::UNIX_EPOCH;
        let (mut breakers, mut broken) = (HashMap::new(), Breaker::default());
        broken.failed(now, Some(TimeDelta::seconds(60)));
        let origin = |number: usize| Way::Origin(format!("https://push-{number}.example.org"));
        breakers.insert(Way::Mail, Breaker::default());
        breakers.insert(origin(0), broken);
        breakers.extend((1..WAYS).map(|number| (origin(number), Breaker::default())));
        make_room(&mut breakers);
        assert_eq!(breakers.get(&origin(0)), Some(&broken), "of this one something is to be known");
        assert_eq!(breakers.len(), 2);
        breakers.extend((1..WAYS).map(|number| (origin(number), broken)));
        make_room(&mut breakers);
        assert_eq!(breakers.keys().collect::<Vec<_>>(), [&Way::Mail]);
    }
}
