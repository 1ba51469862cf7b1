//! The wording of attacks, as families of word patterns.
//!
//! The families follow the published taxonomies of prompt attacks: instruction override,
//! prompt extraction, persona and restriction removal (Shen et al. 2024, 'Do Anything Now'),
//! output steering and data exfiltration (Greshake et al. 2023; OWASP LLM01:2025). A family's
//! weight is in log-odds; only its strongest pattern counts.

/// A sequence of words, each part one of several, with at most `gap` others in between.
pub(super) struct Pattern {
    /// Each part lists small-letter words; a trailing `*` stands for any ending.
    pub(super) parts: &'static [&'static [&'static str]],
    pub(super) gap: usize,
    pub(super) weight: f64,
    /// The first word has to give an order: it opens a sentence or follows 'please', 'and', ….
    pub(super) order: bool,
}

/// Patterns that mean one thing.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) patterns: &'static [Pattern],
}

const fn says(parts: &'static [&'static [&'static str]], gap: usize, weight: f64) -> Pattern {
    Pattern {
        parts,
        gap,
        weight,
        order: false,
    }
}

const fn orders(parts: &'static [&'static [&'static str]], gap: usize, weight: f64) -> Pattern {
    Pattern {
        parts,
        gap,
        weight,
        order: true,
    }
}

type Words = &'static [&'static str];

#[rustfmt::skip]
const DROP: Words = &["ignore", "disregard", "forget", "discard", "neglect", "bypass", "override",
    "ignoriere", "ignorieren", "vergiss", "vergessen", "missachte", "ignorez", "ignorer", "oublie", "oubliez",
    "ignora", "ignore", "olvida", "olvide", "dimentica", "ignorar", "esqueça", "negeer", "vergeet", "ignorera", "glöm"];
#[rustfmt::skip]
const BEFORE: Words = &["previous", "prior", "above", "earlier", "preceding", "foregoing", "initial", "original",
    "all", "everything", "your", "any", "vorherigen", "bisherigen", "obigen", "alle", "deine", "précédentes",
    "toutes", "tes", "vos", "anteriores", "todas", "tus", "precedenti", "tutte", "vorige", "tidigare", "alla"];
#[rustfmt::skip]
const ORDERS: Words = &["instruct*", "instruk*", "instruc*", "instruç*", "istruzion*", "prompt*", "anweisung*",
    "vorgaben", "consignes", "directive*", "command", "commands", "programming", "safeguard*"];
#[rustfmt::skip]
const RULES: Words = &["rule", "rules", "guideline*", "direction*", "orders", "context", "regeln", "règles", "reglas",
    "regole", "regels", "regler", "training", "restriction*", "polic*", "ethic*", "said", "told"];
#[rustfmt::skip]
const SHOW: Words = &["reveal", "show", "print", "repeat", "output", "display", "leak", "dump", "recite", "echo",
    "expose", "disclose", "translate", "encode", "decode", "spell", "paste", "copy", "return", "give", "tell", "write", "share",
    "summarize", "summarise", "rephrase", "paraphrase", "list", "what's", "what", "which", "describe", "zeige", "zeig",
    "nenne", "wiederhole", "affiche", "montre", "répète", "muestra", "repite", "visa"];
#[rustfmt::skip]
const INNER: Words = &["system", "initial", "original", "hidden", "secret", "developer", "internal", "pre-prompt"];
#[rustfmt::skip]
const PROMPT: Words = &["prompt*", "instruct*", "instruk*", "anweisung*", "consignes", "message", "configuration", "rules", "guidelines"];
#[rustfmt::skip]
const REPLY: Words = &["reply", "replies", "response", "responses", "answer", "answers", "output", "outputs"];
#[rustfmt::skip]
const EDIT: Words = &["include", "insert", "add", "embed", "append", "integrate", "incorporate", "modify", "alter",
    "change", "inject", "place", "introduce", "slip", "mix", "use", "replace", "omit", "format", "begin", "start",
    "end", "prefix", "write", "give", "provide", "make", "structure"];
#[rustfmt::skip]
const LIMITS: Words = &["restriction*", "limitation*", "limits", "filter*", "censor*", "guideline*", "rules", "boundaries", "constraints", "safeguards", "safety"];
#[rustfmt::skip]
const MORALS: Words = &["moral*", "ethic*", "censor*", "filter*", "legality", "inhibitions", "conscience"];
#[rustfmt::skip]
const MODEL: Words = &["ai", "chatbot", "bot", "assistant", "chatgpt", "gpt*", "llm", "model", "claude", "llama", "machine"];

/// Every family.
#[rustfmt::skip]
pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "sets instructions aside",
        patterns: &[
            orders(&[DROP, BEFORE, ORDERS], 3, 4.5),
            orders(&[DROP, ORDERS], 2, 3.5),
            orders(&[DROP, BEFORE, RULES], 3, 3.6),
            says(&[DROP, BEFORE, ORDERS], 3, 2.6),
            says(&[DROP, &["your"], RULES], 2, 3.0),
            says(&[&["ignores", "ignoring", "disregarding"], BEFORE, ORDERS], 3, 2.4),
            orders(&[&["forget", "disregard"], &["everything", "all"], &["above", "before", "previous*", "told", "said", "know", "learned"]], 4, 4.0),
            says(&[&["instead"], &["of"], &["following", "obeying"], ORDERS], 3, 2.6),
        ],
    },
    Family {
        name: "gives new instructions",
        patterns: &[
            says(&[&["your"], &["new", "real", "actual", "true", "only", "sole"], &["task", "goal", "mission", "purpose", "job", "role", "instruction*", "objective", "name"]], 1, 2.6),
            says(&[&["new", "updated", "important", "special"], &["system"], &["instruction*", "prompt", "message", "directive*", "rule", "rules"]], 1, 2.6),
            orders(&[&["new", "important"], &["important", "new", "critical"], &["instruct*", "task", "directive*"]], 1, 2.6),
            orders(&[&["follow", "obey", "execute"], &["these", "this", "my", "the"], &["instructions", "orders", "commands", "command", "directives"]], 2, 2.0),
            says(&[&["mission"], &["should"], &["you"], &["accept"]], 1, 2.6),
            says(&[&["enable", "enter", "activate", "switch"], &["debug*", "developer", "maintenance", "admin", "god", "dan"], &["mode", "please", "execute"]], 2, 2.8),
            says(&[&["made"], &["mistake"], &["instruct*"]], 8, 2.2),
        ],
    },
    Family {
        name: "asks for the assistant's own instructions",
        patterns: &[
            says(&[SHOW, &["your", "the", "deine", "tes", "tus", "dina"], INNER, PROMPT], 3, 4.0),
            says(&[&["your", "its"], INNER, PROMPT], 1, 4.0),
            orders(&[SHOW, &["your"], &["prompt*", "instruct*", "directives", "programming"]], 2, 3.8),
            says(&[&["what", "what's", "which"], &["your"], &["prompt", "instruct*", "directives", "programming"]], 3, 3.4),
            orders(&[SHOW, &["text", "words", "sentence*", "everything", "content*", "conversation", "lines", "message*"], &["above", "before", "verbatim", "so"]], 4, 3.6),
            says(&[SHOW, &["entire", "whole", "this"], &["conversation"], &["verbatim", "word"]], 6, 3.0),
            says(&[&["text", "words", "instruct*", "prompt"], &["you"], &["were"], &["given", "told", "shown", "provided"]], 2, 3.2),
            says(&[&["starting", "beginning", "begins", "begin", "start", "starts"], &["with"], &["you"], &["are"]], 1, 2.6),
            orders(&[&["repeat", "print", "output"], &["everything", "all"], &["above", "said", "verbatim", "exactly"]], 4, 3.6),
            says(&[&["opposite", "summary", "contents"], &["your"], &["system", "initial", "instruct*", "prompt"]], 2, 3.0),
        ],
    },
    Family {
        name: "gives the assistant a persona",
        patterns: &[
            orders(&[&["act", "behave", "respond", "answer", "reply", "speak", "roleplay", "role-play"], &["as", "like"], &["if", "a", "an", "my", "the", "you", "someone"]], 1, 2.0),
            orders(&[&["pretend", "imagine"], &["to", "you", "that", "you're"]], 1, 2.2),
            says(&[&["going", "want", "need", "have", "will"], &["to"], &["act", "pretend", "roleplay", "simulate", "impersonate", "role-play"]], 3, 2.6),
            says(&[&["you", "your"], &["are", "will", "be", "become", "shall"], &["now", "become", "playing", "impersonating", "acting", "simulating", "roleplaying", "no"]], 2, 2.4),
            says(&[&["play", "take", "adopt", "assume"], &["role", "persona", "character", "part", "identity"]], 2, 2.0),
            says(&[&["from"], &["now"], &["on"], &["you", "your", "you're", "we", "our", "act", "respond", "answer"]], 3, 3.0),
            says(&[&["from"], &["on"], &["now"], &["you", "your"]], 2, 3.0),
            says(&[&["stay", "remain", "break", "breaking", "out"], &["in", "of", "character"], &["character", "this"]], 1, 2.2),
            says(&[&["break", "breaking"], &["character"]], 0, 2.4),
            says(&[&["you"], &["are"], &["a", "an"], &["unfiltered", "uncensored", "amoral", "evil", "unrestricted", "ai", "chatbot", "bot", "expert", "character"]], 3, 2.2),
            orders(&[&["simulate", "impersonate", "emulate"]], 0, 2.2),
        ],
    },
    Family {
        name: "names a jailbreak",
        patterns: &[
            says(&[&["do"], &["anything"], &["now"]], 0, 4.0),
            says(&[&["jailbreak*", "jailbroken"]], 0, 2.4),
            says(&[&["developer", "god", "unrestricted", "uncensored", "evil", "jailbreak"], &["mode"]], 0, 2.8),
            says(&[&["unfiltered", "uncensored", "amoral"], &["ai", "chatbot", "bot", "response*", "answer*", "model", "and", "version", "assistant"]], 2, 3.0),
            says(&[&["evil", "trusted"], &["confidant"]], 0, 2.6),
        ],
    },
    Family {
        name: "takes limits away",
        patterns: &[
            says(&[&["no", "any", "without", "free", "bypass*", "ignore*", "lacks", "remove", "not"], MORALS], 3, 2.2),
            says(&[&["broken", "free", "freed", "break"], &["confines", "chains", "ai", "openai*"]], 4, 2.2),
            says(&[&["you", "your", "ai", "that"], &["no", "without", "any", "not", "isn't", "aren't"], LIMITS], 4, 1.8),
            says(&[&["never", "cannot", "can't", "won't", "not", "don't", "without", "will"], &["refuse", "refuses", "refusing", "decline", "apologize", "apologise", "censor"]], 3, 2.2),
            says(&[&["comply", "complies", "fulfill", "fulfil", "answer", "answers", "respond"], &["with", "to", "any", "every", "all"], &["request*", "question*", "demand*", "command*", "prompt*", "anything"]], 3, 1.6),
            says(&[&["openai*", "openai's"], &["polic*", "guideline*", "rules", "restriction*", "content"]], 3, 2.4),
            says(&[&["illegal", "unethical", "immoral", "harmful", "offensive"], &["illegal", "unethical", "immoral", "harmful", "inappropriate", "offensive", "dangerous"]], 2, 1.6),
            says(&[&["regardless", "matter", "without"], &["of", "how", "regard", "concern", "if"], &["legality", "illegal", "ethic*", "moral*", "harmful", "immoral", "unethical"]], 4, 2.4),
        ],
    },
    Family {
        name: "steers the form of the reply",
        patterns: &[
            orders(&[EDIT, &["in", "into", "to", "of", "within", "your"], &["your"], REPLY], 8, 1.6),
            orders(&[EDIT, &["your"], REPLY], 1, 1.8),
            says(&[&["every", "each", "all", "any"], &["response", "answer", "message", "reply", "sentence"], &["must", "should", "will", "start", "end", "with"]], 2, 1.8),
            orders(&[&["respond", "reply", "answer"], &["only", "always", "exclusively"]], 1, 1.6),
            says(&[&["two", "both", "dual"], &["responses", "answers", "outputs", "personalities"]], 2, 1.8),
            says(&[&["give", "provide", "generate"], &["two"], &["response*", "output*", "answer*"]], 3, 2.0),
            says(&[&["you", "chatgpt"], &["only", "always", "never"], &["respond", "reply", "answer", "say", "speak", "talk"]], 2, 1.6),
        ],
    },
    Family {
        name: "wants data sent away",
        patterns: &[
            orders(&[&["send", "forward", "email", "mail", "transmit", "upload", "post", "exfiltrate"], &["them", "it", "this", "everything", "all", "documents", "contents"], &["to"]], 3, 1.6),
            orders(&[&["visit", "open", "click", "fetch", "load", "download"], &["http", "https", "www", "link", "url"]], 3, 1.6),
        ],
    },
    Family {
        name: "gathers what is secret",
        patterns: &[
            orders(&[&["summarize", "summarise", "collect", "copy", "export", "extract", "list"], &["all", "every", "any"], &["confidential", "secret", "private", "internal", "user", "password*"]], 1, 2.2),
            says(&[&["all", "every", "any"], &["confidential", "secret", "private"], &["documents", "files", "data", "emails"], &["send", "forward", "email", "to"]], 3, 1.8),
        ],
    },
    Family {
        name: "threatens or bribes the assistant",
        patterns: &[
            says(&[&["if", "when"], &["you"], &["refuse", "break", "disobey", "fail", "stop", "reject"]], 2, 1.4),
            says(&[&["you"], &["lose", "have", "will"], &["tokens", "die", "terminated", "punished"]], 4, 2.0),
            says(&[&["i"], &["will"], &["be"], &["punished", "fired", "killed"]], 2, 1.6),
        ],
    },
    Family {
        name: "speaks to a model",
        patterns: &[
            says(&[&["chatgpt", "gpt-4", "gpt-3", "openai", "claude", "llm"]], 0, 0.8),
            says(&[&["hello", "hi", "hey", "dear", "ok", "okay"], MODEL], 0, 1.2),
            says(&[&["language"], &["model"]], 0, 0.8),
            says(&[&["you", "you're"], &["ai", "chatbot", "bot"]], 3, 1.0),
        ],
    },
];

/// Marks of chat templates and of documents' ends, in small letters.
pub(super) const TEMPLATE_MARKS: &[&str] = &[
    "<|im_start|>",
    "<|im_end|>",
    "<|system|>",
    "<|user|>",
    "<|endoftext|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "</system>",
    "<system>",
    "[system",
    "### system",
    "### instruction",
    "###instruction",
    "<start_of_turn>",
    "system prompt:",
    "begin_system",
    "end of document",
    "</document>",
    "</passage>",
    "</context>",
];
