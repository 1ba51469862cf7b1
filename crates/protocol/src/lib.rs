//! The types that cross the wire between the server, the interface and scripts.
//!
//! Everything here is plain data with serde; it builds for `wasm32` and knows nothing of HTTP,
//! SQL or models. Times are [`Timestamp`]s, offsets are counted in characters (Unicode scalar
//! values) of a document version's text, `end` exclusive.

mod account;
mod answer;
mod approved;
mod desk;
mod document;
mod error;
mod evaluation;
mod group;
mod id;
mod insight;
mod log;
mod notice;
mod person;
mod privacy;
mod queue;
mod reading;
mod request;
mod rules;
mod run;
mod time;
mod tracker;
mod version;

pub use account::{
    ApiToken, MadeApiToken, NewApiToken, RecoveryCodes, SessionInfo, SignInMethod, SignInOptions,
    TokenScope, TotpCode, TotpEnrolment, TotpState,
};
pub use answer::{
    AnswerMode, AnswerSentence, Check, CheckKind, Citation, Conflict, ConflictSide, PassageRef,
    Usage,
};
pub use approved::{
    ApprovalState, ApprovedAnswer, ApprovedAnswerChange, ApprovedAnswerSummary, GivenAnswer,
    ImportReport, SetApprovalState,
};
pub use desk::{
    Assign, BulkChange, BulkResult, ChangeEscalation, Draft, DraftState, DraftStatus, Due,
    DueState, EarlierExchange, Escalation, EscalationChange, EscalationReason, EscalationState,
    EscalationSummary, MergeEscalation, NewReply, Presence, Present, Priority, Reply, ReplyKind,
    Similar, SimilarCase, Snooze, SplitEscalation, TimelineEntry,
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
    ApprovedAnswerId, CalibrationId, ConversationId, DocumentId, DocumentRequestId, DraftId,
    EscalationId, EvaluationId, GroupId, HoldId, JobId, NoticeId, ParseIdError, PassageId,
    QuestionSetId, QueueId, ReplyId, RuleVersionId, RunId, SessionId, SetId, TemplateId, TokenId,
    TrackerId, UserId, VersionId, ViewId,
};
pub use insight::{
    DecideRequest, DocumentRequest, DocumentRequestState, InsightChart, InsightFigure,
    InsightMetric, InsightRow, InsightWeek, Insights, MissingTopic, NewDocumentRequest,
};
pub use log::{
    LogFault, LogFilter, LogOpening, LogPage, LogRecord, LogState, LogVerdict, ModelCallInfo,
    OpenLog, QuestionStory,
};
pub use notice::{Notice, NoticeKind, NoticeSubject, Notices, ReadNotices, SetMail};
pub use person::{
    AnswerPreference, MailChoice, Me, NewPerson, PasswordChange, Person, PersonChange,
    PersonSource, Role, SignIn,
};
pub use privacy::{
    Counted, EraseRequest, ErasureReport, HoldKind, Kept, LawEntry, LegalHold, NewHold,
    PreparedText, Retention, RetentionClass, RetentionRun,
};
pub use queue::{
    DeskFilter, DeskView, MemberChange, NewDeskView, Queue, QueueChange, QueueMember, QueueName,
    Queues, ReplyTemplate, TemplateChange,
};
pub use reading::{
    Affected, EmbeddingState, FailureCause, LineBox, NextEmbedding, PageInfo, ParserChoice,
    Progress, Quarantine, Quarantined, ReadSettings, RefusedFile, WatchedFolder,
};
pub use request::{AddToRequest, RateRequest, ReopenRequest};
pub use rules::{
    CheckRules, DiffLine, LineChange, ReplayRules, ReplayedQuestion, RuleDraft, RuleFault,
    RuleSummary, RuleTestResult, RuleVersion, RuleVersionDetail, RuleVersionState, Rules,
    RulesCheck, RulesDiff, RulesOrigin, RulesReplay, RulesTried, SetRuleState, SignalInfo,
    TopicSummary, TryRules,
};
pub use run::{
    Conversation, ConversationSummary, Exchange, Helpful, NewMessage, Outcome, Run, RunEvent,
    RunState, SendToLegal, Stage, StreamedEvent,
};
pub use time::{Day, ParseDayError, Timestamp};
pub use tracker::{
    CheckTracker, MissingField, Tracker, TrackerChange, TrackerCheck, TrackerField, TrackerFollow,
    TrackerKind, TrackerPriority, TrackerRoute, TrackerSettings, Trackers,
};
pub use version::{
    ChangeKind, ClauseChange, ClauseSide, ComparedVersion, Comparison, DocumentDetail,
    DocumentFacts, DocumentName, DueReview, Fact, PersonName, Piece, Proposal, ProposalsDecided,
    References, Reviewed, Validity, VersionDates, VersionDetail,
};
