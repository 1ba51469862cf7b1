//! The rules that ship: what holds for every department, and a set for each.

use crate::rules::{RuleError, RuleSet};

/// What stands before the rules of the departments: size, attacks, personal data, what people
/// decide.
const GENERAL: &str = include_str!("../../assets/rules/general.toml");

/// What stands behind them: what is nobody's matter, and what was found, written and done.
const CLOSING: &str = include_str!("../../assets/rules/closing.toml");

/// The departments whose rules ship, in the order in which they are judged: key, name, and the
/// rules file.
pub const DEPARTMENTS: &[(&str, &str, &str)] = &[
    (
        "legal",
        "Legal and compliance",
        include_str!("../../assets/rules/legal.toml"),
    ),
    (
        "hr",
        "Human resources",
        include_str!("../../assets/rules/hr.toml"),
    ),
    (
        "finance",
        "Finance",
        include_str!("../../assets/rules/finance.toml"),
    ),
    (
        "procurement",
        "Procurement",
        include_str!("../../assets/rules/procurement.toml"),
    ),
    (
        "security",
        "Information security",
        include_str!("../../assets/rules/security.toml"),
    ),
];

/// The rules that ship for these departments, as one file. An unknown key is an error that names
/// those there are.
pub fn shipped_rules(departments: &[&str]) -> Result<String, RuleError> {
    let known = |key: &str| DEPARTMENTS.iter().any(|(known, _, _)| *known == key);
    if let Some(unknown) = departments.iter().find(|key| !known(key)) {
        let keys: Vec<&str> = DEPARTMENTS.iter().map(|(key, _, _)| *key).collect();
        return Err(RuleError::File {
            line: 1,
            message: format!(
                "no rules ship for '{unknown}'; there are those for {}",
                keys.join(", ")
            ),
        });
    }
    let mut texts = vec![("general", GENERAL)];
    let chosen = DEPARTMENTS.iter();
    let chosen = chosen.filter(|(key, _, _)| departments.contains(key));
    texts.extend(chosen.map(|(key, _, toml)| (*key, *toml)));
    texts.push(("closing", CLOSING));
    RuleSet::merge(&texts)
}
