//! Who is asking: passwords and second factors, session tokens and the cookie they travel in, tokens
//! of programs, cross-site protection.
//!
//! A session lives in the database; the cookie's token only names it. Ending the session or
//! disabling the account therefore takes effect at the next request.

pub mod arrival;
pub mod bearer;
pub mod cookie;
pub mod keys;
pub mod ldap;
pub mod oidc;
pub mod origin;
pub mod password;
pub mod random;
pub mod token;
pub mod totp;

pub use keys::SessionKeys;
pub use token::TokenError;
