//! What the compiler does not look into.
//!
//! A future that goes from thread to thread has to be [`Send`], and that is worked out anew in each function that makes
//! one, down to the last field of all that it holds and waits for. Most of what the kernel gives to everybody is deep:
//! pools, caches, gateways, and futures of futures. Behind `dyn` it is worked out once, where it is made.

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

/// What a function of the kernel that waits answers with.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A part of what the process, or a request, shares.
pub struct Opaque<T: 'static>(Arc<dyn Deref<Target = T> + Send + Sync>);

impl<T: Send + Sync> Opaque<T> {
    pub fn new(part: T) -> Self {
        Self(Arc::new(Box::new(part)))
    }
}

impl<T: Send + Sync + Default> Default for Opaque<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for Opaque<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Opaque<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.deref().deref()
    }
}

impl<T: fmt::Debug> fmt::Debug for Opaque<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
