//! How a model writes, per task, as the operator configures it.

use serde::{Deserialize, Serialize};

/// Sampling parameters of one task. The defaults are those of writing an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskProfile {
    /// 0 takes the likeliest token always; up to 2.
    pub temperature: f64,
    /// Samples from the likeliest tokens whose probabilities add up to this; 0 < p <= 1.
    pub top_p: f64,
    /// Samples from this many of the likeliest tokens. Without it the in-process engine sorts the
    /// whole vocabulary at each token.
    pub top_k: Option<u32>,
    /// Writing stops after this many tokens.
    pub max_tokens: u32,
    /// Writing stops before any of these texts.
    pub stop: Vec<String>,
    /// Passed to servers that take one. The in-process engine has one stream of random numbers
    /// for all requests; for repeatable output set the temperature to 0.
    pub seed: Option<u64>,
    /// Whether what was read of a common beginning may be used again. Without it the head of the
    /// prompt is not read ahead, and llama.cpp's server is told so; vLLM and mistral.rs have a
    /// switch for the whole server alone.
    pub cache: bool,
}

impl Default for TaskProfile {
    fn default() -> Self {
        Self::answer()
    }
}

impl TaskProfile {
    /// Writing an answer out of passages: always the likeliest words, so that the same question
    /// over the same passages gives the same answer; a few sentences.
    pub const fn answer() -> Self {
        Self {
            temperature: 0.0,
            top_p: 0.9,
            top_k: Some(40),
            max_tokens: 320,
            stop: Vec::new(),
            seed: Some(7),
            cache: true,
        }
    }

    /// Short, repeatable output, such as a follow-up question written to stand alone.
    pub const fn rewrite() -> Self {
        Self {
            temperature: 0.0,
            top_p: 1.0,
            top_k: None,
            max_tokens: 96,
            stop: Vec::new(),
            seed: None,
            cache: true,
        }
    }

    /// What is wrong with these values, naming the setting; `None` when nothing is.
    pub fn problem(&self) -> Option<String> {
        if !(0.0..=2.0).contains(&self.temperature) {
            return Some(format!(
                "temperature is {}; it has to be from 0 to 2",
                self.temperature
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Some(format!(
                "top_p is {}; it has to be above 0 and at most 1",
                self.top_p
            ));
        }
        if self.top_k == Some(0) {
            return Some("top_k is 0; leave it out, or set it to 1 or more".to_owned());
        }
        if self.max_tokens == 0 {
            return Some("max_tokens is 0; set it to 1 or more".to_owned());
        }
        if self.stop.iter().any(String::is_empty) {
            return Some("stop holds an empty text; remove it".to_owned());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_profiles_are_valid() {
        assert_eq!(TaskProfile::answer().problem(), None);
        assert_eq!(TaskProfile::rewrite().problem(), None);
    }

    #[test]
    fn an_answer_is_the_same_each_time() {
        let profile = TaskProfile::default();
        assert!(profile.temperature.abs() < f64::EPSILON);
        assert!(profile.seed.is_some());
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let error = serde_json::from_str::<TaskProfile>(r#"{"temprature": 0.2}"#)
            .expect_err("the setting doesn't exist");
        assert!(error.to_string().contains("temprature"), "{error}");
    }

    #[test]
    fn an_impossible_value_is_named() {
        let profile = TaskProfile {
            top_p: 1.5,
            ..TaskProfile::answer()
        };
        assert!(profile.problem().is_some_and(|text| text.contains("top_p")));
        let profile = TaskProfile {
            temperature: f64::NAN,
            ..TaskProfile::answer()
        };
        assert!(
            profile
                .problem()
                .is_some_and(|text| text.contains("temperature"))
        );
    }
}
