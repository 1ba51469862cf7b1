//! The store's suite, the same on both databases.

mod suite;
