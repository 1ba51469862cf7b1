//! The server from outside: its API, its headers, its command line.

mod asking;
mod canary;
mod command_line;
mod cross_site;
mod desk;
mod documents;
mod headers;
mod people;
mod permissions;
mod scope;
mod sessions;
