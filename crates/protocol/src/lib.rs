//! The types that cross the wire between the server, the interface and scripts.
//!
//! Everything here is plain data with serde; it builds for `wasm32` and knows nothing of HTTP,
//! SQL or models. Times are [`Timestamp`]s, offsets are counted in characters (Unicode scalar
//! values) of a document version's text, `end` exclusive.

mod answer;
mod desk;
mod document;
mod error;
mod id;
mod person;
mod run;
mod time;

pub use answer::{AnswerSentence, Check, CheckKind, Citation, PassageRef, Usage};
pub use desk::{
    Escalation, EscalationReason, EscalationState, EscalationSummary, NewReply, Reply, SetState,
};
pub use document::{
    Audience, Block, BlockKind, DocumentSet, DocumentSummary, NewDocumentSet, Source, Upload,
    UploadOutcome, VersionState,
};
pub use error::{ApiError, ErrorCode};
pub use id::{
    ConversationId, DocumentId, EscalationId, JobId, ParseIdError, PassageId, ReplyId, RunId,
    SessionId, SetId, UserId, VersionId,
};
pub use person::{Me, NewPerson, PasswordChange, Person, PersonChange, Role, SignIn};
pub use run::{
    Conversation, ConversationSummary, Exchange, NewMessage, Outcome, Run, RunEvent, RunState,
    SendToLegal, Stage, StreamedEvent,
};
pub use time::Timestamp;
