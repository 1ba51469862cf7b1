//! What the screen knows of a run, and how each event of its stream changes that.

use inhouse_protocol::{
    AnswerMode, AnswerSentence, Conflict, Day, Escalation, EscalationId, EscalationReason,
    Exchange, GivenAnswer, Outcome, PassageRef, RunEvent, RunState, Stage,
};
use std::collections::BTreeSet;

/// A run as shown: from the stored exchange, then event by event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunView {
    pub(crate) stage: Option<Stage>,
    pub(crate) passages: Vec<PassageRef>,
    /// The day that the question asks about, where it names one.
    pub(crate) as_of: Option<Day>,
    /// What was searched for, where the question leans on those before it.
    pub(crate) standalone: Option<String>,
    /// How it was answered, where that is stored already.
    pub(crate) mode: Option<AnswerMode>,
    pub(crate) sentences: Vec<AnswerSentence>,
    /// What the documents say differently, where that is why a person has it.
    pub(crate) conflict: Option<Conflict>,
    /// A rule's words that stand above the answer.
    pub(crate) caution: Option<String>,
    /// What Legal replied before to the same question, where that is the answer.
    pub(crate) approved: Option<GivenAnswer>,
    /// The asker's word on the answer, where it was given before.
    pub(crate) helpful: Option<bool>,
    /// An AI system wrote the sentences.
    pub(crate) ai_generated: bool,
    /// Nothing while the run works.
    pub(crate) outcome: Option<Outcome>,
    /// What the deciding rule says to the asker.
    pub(crate) message: String,
    /// Known from the stream before the escalation itself is loaded.
    pub(crate) escalation_id: Option<EscalationId>,
    pub(crate) escalation: Option<Escalation>,
    /// The stream broke and did not come back.
    pub(crate) lost: bool,
}

/// What the reader is shown in place of, or below, an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Answered; nothing to explain.
    Plain,
    /// A person has it; the reason once it is known.
    WithLegal(Option<EscalationReason>),
    Declined,
    Refused,
    Stopped,
    /// The connection broke; the run may go on.
    Lost,
}

impl RunView {
    /// A run that was started just now.
    pub(crate) fn started() -> Self {
        Self {
            stage: None,
            passages: Vec::new(),
            as_of: None,
            standalone: None,
            mode: None,
            sentences: Vec::new(),
            conflict: None,
            caution: None,
            approved: None,
            helpful: None,
            ai_generated: false,
            outcome: None,
            message: String::new(),
            escalation_id: None,
            escalation: None,
            lost: false,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.outcome.is_none()
    }

    /// Takes an event. A stream that starts again from its first event leads to the same view:
    /// `Passages` comes before any sentence and clears what was written.
    pub(crate) fn apply(&mut self, event: RunEvent) {
        self.lost = false;
        match event {
            RunEvent::Stage { stage } => self.stage = Some(stage),
            RunEvent::Passages {
                passages,
                as_of,
                standalone,
            } => {
                self.passages = passages;
                self.as_of = as_of;
                self.standalone = standalone;
                self.sentences.clear();
                self.ai_generated = false;
            }
            RunEvent::Conflict { conflict } => self.conflict = Some(conflict),
            RunEvent::Approved { answer } => self.approved = Some(answer),
            RunEvent::Caution { text } => self.caution = Some(text),
            RunEvent::Sentence { sentence } => {
                self.ai_generated |= !sentence.verbatim;
                self.sentences.push(sentence);
            }
            RunEvent::Done {
                outcome,
                message,
                escalation,
            } => {
                self.outcome = Some(outcome);
                self.message = message;
                self.escalation_id = escalation;
            }
        }
    }

    /// The numbers of the passages that a sentence cites.
    pub(crate) fn cited(&self) -> BTreeSet<u32> {
        let citations = self.sentences.iter().flat_map(|s| &s.citations);
        citations.map(|c| c.number).collect()
    }

    /// Whether the answer is quotes and no model was asked for it. While it comes in, what there
    /// is of it tells: a quote that replaces nothing was not the model's to write.
    pub(crate) fn quotes_only(&self) -> bool {
        let only_quotes = || {
            let quote = |s: &AnswerSentence| s.verbatim && s.replaces.is_empty();
            self.sentences.iter().all(quote)
        };
        !self.sentences.is_empty()
            && self
                .mode
                .map_or_else(only_quotes, |mode| mode == AnswerMode::Quotes)
    }

    /// How the run ended, once it has.
    pub(crate) fn ending(&self) -> Option<Ending> {
        let reason = self.escalation.as_ref().map(|e| e.summary.reason);
        let ending = match self.outcome {
            None if self.lost => Ending::Lost,
            None => return None,
            Some(Outcome::Escalated) => Ending::WithLegal(reason),
            Some(_) if reason.is_some() || self.escalation_id.is_some() => {
                Ending::WithLegal(reason)
            }
            Some(Outcome::Answered) => Ending::Plain,
            Some(Outcome::Declined) => Ending::Declined,
            Some(Outcome::Refused) => Ending::Refused,
            Some(Outcome::Stopped) => Ending::Stopped,
        };
        Some(ending)
    }
}

impl From<&Exchange> for RunView {
    fn from(exchange: &Exchange) -> Self {
        let outcome = match exchange.state {
            RunState::Running => None,
            RunState::Done => Some(exchange.outcome.unwrap_or(Outcome::Stopped)),
        };
        Self {
            stage: None,
            passages: exchange.passages.clone(),
            as_of: exchange.as_of,
            standalone: exchange.standalone.clone(),
            mode: exchange.mode,
            sentences: exchange.sentences.clone(),
            conflict: exchange.conflict.clone(),
            caution: exchange.caution.clone(),
            approved: exchange.approved.clone(),
            helpful: exchange.helpful,
            ai_generated: exchange.ai_generated,
            outcome,
            message: exchange.message.clone(),
            escalation_id: exchange.escalation.as_ref().map(|e| e.summary.id.clone()),
            escalation: exchange.escalation.clone(),
            lost: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn sentence(number: u32) -> RunEvent {
        RunEvent::Sentence {
            sentence: sample::sentence("Notice is thirty days.", number),
        }
    }

    fn passages() -> RunEvent {
        RunEvent::Passages {
            passages: vec![sample::passage("Notice is thirty (30) days.")],
            as_of: Day::of(2025, 3, 31),
            standalone: Some("How long is the notice of the lease?".to_owned()),
        }
    }

    fn quote(replaces: &str) -> RunEvent {
        RunEvent::Sentence {
            sentence: AnswerSentence {
                verbatim: true,
                replaces: replaces.to_owned(),
                ..sample::sentence("Notice is thirty (30) days.", 1)
            },
        }
    }

    fn done(outcome: Outcome) -> RunEvent {
        RunEvent::Done {
            outcome,
            message: String::new(),
            escalation: None,
        }
    }

    #[test]
    fn an_answer_builds_up_event_by_event() {
        let mut run = RunView::started();
        run.apply(RunEvent::Stage {
            stage: Stage::Searching,
        });
        run.apply(passages());
        assert!(run.is_running());
        assert_eq!(run.as_of, Day::of(2025, 3, 31));
        assert!(run.standalone.is_some());
        assert_eq!(run.ending(), None);
        assert!(!run.ai_generated);
        run.apply(sentence(1));
        assert!(run.ai_generated);
        run.apply(done(Outcome::Answered));
        assert_eq!(run.cited().into_iter().collect::<Vec<_>>(), [1]);
        assert_eq!(run.ending(), Some(Ending::Plain));
    }

    #[test]
    fn a_stream_read_again_from_its_start_shows_no_sentence_twice() {
        let mut run = RunView::started();
        for event in [passages(), sentence(1), passages(), sentence(1)] {
            run.apply(event);
        }
        assert_eq!(run.sentences.len(), 1);
    }

    #[test]
    fn quotes_of_the_documents_are_not_the_work_of_an_ai() {
        let mut run = RunView::started();
        run.apply(passages());
        assert!(!run.quotes_only());
        run.apply(quote(""));
        assert!(run.quotes_only());
        assert!(!run.ai_generated);
    }

    #[test]
    fn a_quote_in_the_place_of_a_sentence_is_part_of_a_written_answer() {
        let mut run = RunView::started();
        run.apply(quote("'40 days' isn't in the passage"));
        assert!(!run.quotes_only());
        run.apply(sentence(1));
        assert!(run.ai_generated);
        run.mode = Some(AnswerMode::Quotes);
        assert!(run.quotes_only());
    }

    #[test]
    fn documents_that_contradict_each_other_are_kept_with_the_run() {
        let mut run = RunView::started();
        let conflict = sample::conflict();
        for event in [
            passages(),
            RunEvent::Conflict {
                conflict: conflict.clone(),
            },
            done(Outcome::Escalated),
        ] {
            run.apply(event);
        }
        assert_eq!(run.conflict, Some(conflict));
        assert_eq!(run.ending(), Some(Ending::WithLegal(None)));
    }

    #[test]
    fn what_was_written_before_a_stop_stays() {
        let mut run = RunView::started();
        for event in [passages(), sentence(1), done(Outcome::Stopped)] {
            run.apply(event);
        }
        assert_eq!(run.sentences.len(), 1);
        assert_eq!(run.ending(), Some(Ending::Stopped));
    }

    #[test]
    fn an_answer_that_the_asker_sent_on_is_with_legal() {
        let mut run = RunView::started();
        run.apply(done(Outcome::Answered));
        run.escalation = Some(sample::escalation(EscalationReason::Asked));
        assert_eq!(
            run.ending(),
            Some(Ending::WithLegal(Some(EscalationReason::Asked)))
        );
    }

    #[test]
    fn a_lost_stream_heals_with_the_next_event() {
        let mut run = RunView::started();
        run.lost = true;
        assert_eq!(run.ending(), Some(Ending::Lost));
        run.apply(passages());
        assert_eq!(run.ending(), None);
    }
}
