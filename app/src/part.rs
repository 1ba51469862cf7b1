//! Components that several pages share.

mod ai_notice;
mod answer;
mod citation;
mod composer;
mod conflict;
mod copy;
mod form;
mod frame;
mod icon;
mod keys;
mod loading;
mod modal;
mod passages;
mod person_choice;
mod rail;
mod replies;
mod source_panel;
mod whole;

pub(crate) use ai_notice::ai_notice;
pub(crate) use answer::{Answer, Checks};
pub(crate) use citation::{CitationButton, CitationCard};
pub(crate) use composer::{Composer, Sending};
pub(crate) use conflict::conflict_view;
pub(crate) use copy::copy_button;
pub(crate) use form::{ErrorNote, Field, FormError, typed};
pub(crate) use frame::frame;
pub(crate) use icon::Icon;
pub(crate) use keys::{key_sheet, on_key, typing};
pub(crate) use loading::{bodies, loaded, only, rows_to_come, tried};
pub(crate) use modal::modal;
pub(crate) use passages::Passages;
pub(crate) use person_choice::{find_person, people_list};
pub(crate) use rail::Rail;
pub(crate) use replies::{Replies, StateTag, paragraphs};
pub(crate) use source_panel::SourcePanel;
pub(crate) use whole::{IntoWhole, IntoWholes, derive, live, on_change};
