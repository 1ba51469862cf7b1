//! What the interface needs of a browser.
//!
//! With the feature `hydrate` this is the real thing; without it (on the server, in tests) the
//! same functions do nothing, so that components need not ask where they run.

#[cfg(feature = "hydrate")]
mod drop;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod fetch;
#[cfg(feature = "hydrate")]
mod present;
#[cfg(feature = "hydrate")]
mod upload;

#[cfg(feature = "hydrate")]
pub(crate) use {drop::dropped, events::*, fetch::transport, present::*, upload::*};

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;

/// Where a thing scrolled to should come to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Center,
    /// As little scrolling as brings it into view.
    Nearest,
}
