//! Who is asking: passwords, session tokens, the cookie they travel in, cross-site protection.
//!
//! A session lives in the database; the cookie's token only names it. Ending the session or
//! disabling the account therefore takes effect at the next request.

pub mod cookie;
pub mod keys;
pub mod origin;
pub mod password;
pub mod token;

pub use keys::SessionKeys;
pub use token::TokenError;
