//! The server from outside: its API, its headers, its command line.

mod answers;
mod asking;
mod canary;
mod command_line;
mod cross_site;
mod desk;
mod documents;
mod embedding;
mod erasure;
mod evaluation;
mod fence;
mod headers;
mod intake;
mod kills;
mod managers;
mod people;
mod permissions;
mod record;
mod scope;
mod second_factor;
mod sessions;
mod tokens;
mod two_processes;
mod versions;
