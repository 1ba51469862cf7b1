//! The types that cross the wire between the server, the interface and scripts.
//!
//! Everything here is plain data with serde; it builds for `wasm32` and knows nothing of HTTP,
//! SQL or models. Times are [`Timestamp`]s, offsets are counted in characters (Unicode scalar
//! values) of a document version's text, `end` exclusive.

mod account;
mod answer;
mod desk;
mod document;
mod error;
mod evaluation;
mod group;
mod id;
mod log;
mod person;
mod privacy;
mod reading;
mod run;
mod time;
mod version;

pub use account::{
    ApiToken, MadeApiToken, NewApiToken, RecoveryCodes, SessionInfo, SignInMethod, SignInOptions,
    TokenScope, TotpCode, TotpEnrolment, TotpState,
};
pub use answer::{
    AnswerMode, AnswerSentence, Check, CheckKind, Citation, Conflict, ConflictSide, PassageRef,
    Usage,
};
pub use desk::{
    Escalation, EscalationReason, EscalationState, EscalationSummary, NewReply, Reply, SetState,
};
pub use document::{
    Audience, Block, BlockKind, DocumentSet, DocumentSummary, NewDocumentSet, Source, Upload,
    UploadOutcome, VersionState,
};
pub use error::{ApiError, ErrorCode};
pub use evaluation::{
    CalibrationSummary, Calibrations, ChangedQuestion, Chart, Evaluation, EvaluationComparison,
    EvaluationDetail, EvaluationKind, EvaluationResult, EvaluationState, Figure, FigureChange,
    FoundPlace, GateVerdict, LabelledQuestion, Metric, NewCalibration, NewEvaluation,
    NewQuestionSet, QuestionSet, QuestionSetDetail, SetBaseline,
};
pub use group::{
    DocumentAccess, GrantChange, Group, GroupChange, GroupDetail, GroupSet, Member, MemberSource,
    Right, SetAccess, SetGrant,
};
pub use id::{
    CalibrationId, ConversationId, DocumentId, EscalationId, EvaluationId, GroupId, HoldId, JobId,
    ParseIdError, PassageId, QuestionSetId, ReplyId, RunId, SessionId, SetId, TokenId, UserId,
    VersionId,
};
pub use log::{
    LogFault, LogFilter, LogOpening, LogPage, LogRecord, LogState, LogVerdict, ModelCallInfo,
    OpenLog, QuestionStory,
};
pub use person::{
    AnswerPreference, Me, NewPerson, PasswordChange, Person, PersonChange, PersonSource, Role,
    SignIn,
};
pub use privacy::{
    Counted, EraseRequest, ErasureReport, HoldKind, Kept, LawEntry, LegalHold, NewHold,
    PreparedText, Retention, RetentionClass, RetentionRun,
};
pub use reading::{
    Affected, EmbeddingState, FailureCause, LineBox, NextEmbedding, PageInfo, ParserChoice,
    Progress, Quarantine, Quarantined, ReadSettings, RefusedFile, WatchedFolder,
};
pub use run::{
    Conversation, ConversationSummary, Exchange, NewMessage, Outcome, Run, RunEvent, RunState,
    SendToLegal, Stage, StreamedEvent,
};
pub use time::{Day, ParseDayError, Timestamp};
pub use version::{
    ChangeKind, ClauseChange, ClauseSide, ComparedVersion, Comparison, DocumentDetail,
    DocumentFacts, DocumentName, DueReview, Fact, PersonName, Piece, Proposal, ProposalsDecided,
    References, Reviewed, Validity, VersionDates, VersionDetail,
};
