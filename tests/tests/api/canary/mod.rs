//! One secret document a group, with words that stand nowhere else: no way through the product
//! shows them to anyone outside.

mod asking;
mod hidden;
mod losing;
mod routes;
mod world;
