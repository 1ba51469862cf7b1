//! The words that tell a question about another day from one that has a date in it.

/// Common words that tell the languages apart.
pub(super) const ENGLISH: &[&str] = &[
    "the", "what", "which", "who", "how", "did", "does", "do", "is", "are", "of", "on", "for",
    "to", "and", "our", "we", "i", "say", "at", "were", "as", "it", "that",
];
pub(super) const GERMAN: &[&str] = &[
    "der", "die", "das", "den", "dem", "des", "ist", "wie", "welche", "welcher", "welches",
    "welchen", "im", "am", "zum", "und", "ich", "wir", "galt", "gilt", "galten", "gelten", "für",
    "ein", "eine", "einen", "einer", "unsere", "bei", "laut", "damals", "war", "waren", "hatte",
    "vor", "vom", "nicht", "viel", "viele", "stand",
];

/// The sentence speaks of what was.
pub(super) const PAST_ENGLISH: &[&str] = &[
    "did", "was", "were", "had", "said", "stated", "applied", "used",
];
pub(super) const PAST_GERMAN: &[&str] = &[
    "galt", "galten", "gegolten", "damals", "war", "waren", "hatte", "hatten", "lautete",
    "lauteten", "stand", "standen", "durfte", "durften", "musste", "mussten", "konnte", "konnten",
    "sagte", "sagten", "sah", "betrug", "betrugen", "wurde", "wurden", "regelte", "gab",
];

/// The sentence speaks of what is in force, on whatever day.
pub(super) const IN_FORCE_ENGLISH: &[&str] = &[
    "force",
    "effect",
    "effective",
    "valid",
    "apply",
    "applies",
    "applicable",
];
pub(super) const IN_FORCE_GERMAN: &[&str] = &[
    "gilt",
    "gelten",
    "gültig",
    "gültige",
    "gültigen",
    "geltende",
    "geltenden",
    "kraft",
    "anwendbar",
];

/// Verbs that may tell of a person instead of a document.
pub(super) const OF_STATE: &[&str] = &[
    "was", "were", "had", "war", "waren", "hatte", "hatten", "wurde", "wurden", "apply",
];
pub(super) const PEOPLE: &[&str] = &["i", "we", "he", "she", "ich", "wir"];

pub(super) const WEEKDAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
];

/// Before a date: it begins or ends something.
pub(super) const BOUNDING: &[&str] = &[
    "since", "until", "till", "by", "from", "after", "between", "seit", "bis", "ab", "von", "nach",
    "zwischen",
];

/// Between two dates of one span.
pub(super) const JOINING: &[&str] = &[
    "and", "to", "through", "until", "till", "or", "und", "bis", "oder",
];

/// What happens on a date: beside one of these it is the event's, not the question's.
pub(super) const EVENTS: &[&str] = &[
    "dated",
    "signed",
    "executed",
    "entered",
    "concluded",
    "made",
    "agreed",
    "due",
    "invoice",
    "invoices",
    "invoiced",
    "born",
    "hired",
    "joined",
    "start",
    "starts",
    "started",
    "begin",
    "begins",
    "began",
    "end",
    "ends",
    "ended",
    "expire",
    "expires",
    "expired",
    "terminate",
    "terminates",
    "terminated",
    "cancelled",
    "resigned",
    "paid",
    "pay",
    "repaid",
    "payable",
    "sent",
    "delivered",
    "received",
    "filed",
    "bought",
    "sold",
    "purchased",
    "acquired",
    "merged",
    "founded",
    "issued",
    "published",
    "change",
    "changed",
    "amended",
    "updated",
    "revised",
    "adopted",
    "introduced",
    "happen",
    "happened",
    "occur",
    "occurred",
    "give",
    "given",
    "gave",
    "renewed",
    "extended",
    "datiert",
    "datierte",
    "datierten",
    "unterzeichnet",
    "unterzeichnete",
    "unterzeichneten",
    "unterschrieben",
    "unterschriebene",
    "geschlossen",
    "geschlossene",
    "geschlossenen",
    "abgeschlossen",
    "abgeschlossene",
    "vereinbart",
    "fällig",
    "rechnung",
    "rechnungen",
    "geboren",
    "eingestellt",
    "gekündigt",
    "kündigen",
    "kündigte",
    "bezahlt",
    "gezahlt",
    "geliefert",
    "gekauft",
    "verkauft",
    "gegründet",
    "begonnen",
    "begann",
    "beginnt",
    "beginnen",
    "endete",
    "endet",
    "enden",
    "läuft",
    "lief",
    "abgelaufen",
    "geändert",
    "angepasst",
    "beschlossen",
    "eingeführt",
    "ausgestellt",
    "verlängert",
];
