//! The server and its command line: HTTP API and pages, sign-in, the question pipeline,
//! escalations and their tickets, configuration, telemetry.
//!
//! `app` builds the parts out of the configuration; `http` is the only place that knows HTTP in,
//! `pipeline` the way of a question, `cli` the subcommands.

pub mod app;
pub mod approved;
pub mod auth;
pub mod cli;
pub mod compare;
pub mod config;
pub mod desk;
pub mod doctor;
pub mod embedding;
pub mod error;
pub mod evaluation;
pub mod governance;
pub mod http;
pub mod insights;
pub mod mail;
pub mod manifest;
pub mod outbound;
pub mod pipeline;
pub mod quota;
pub mod rules;
pub mod subject;
pub mod telemetry;
pub mod tickets;
pub mod upload;
pub mod walk;
pub mod watch;
