//! The child's one argument: the parser's name and the limits, since it has no environment.

use super::CageConfig;
use std::fmt;
use std::str::FromStr;

/// `pdf:memory=1073741824:cpu=60:wall=90:output=67108864`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) parser: String,
    pub(super) memory_bytes: u64,
    pub(super) cpu_s: u64,
    pub(super) wall_s: u64,
    pub(super) output_bytes: u64,
}

impl Order {
    pub(super) fn new(parser: &str, config: &CageConfig) -> Self {
        Self {
            parser: parser.to_owned(),
            memory_bytes: config.memory_bytes,
            cpu_s: config.cpu_s.max(1),
            wall_s: config.wall_s.max(1),
            output_bytes: config.output_bytes,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:memory={}:cpu={}:wall={}:output={}",
            self.parser, self.memory_bytes, self.cpu_s, self.wall_s, self.output_bytes
        )
    }
}

impl FromStr for Order {
    type Err = String;

    /// A bare parser's name has the default limits.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let mut order = Self::new(parts.next().unwrap_or_default(), &CageConfig::default());
        for part in parts {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("'{part}'"))?;
            let value = value.parse().map_err(|e| format!("'{part}': {e}"))?;
            match key {
                "memory" => order.memory_bytes = value,
                "cpu" => order.cpu_s = value,
                "wall" => order.wall_s = value,
                "output" => order.output_bytes = value,
                _ => return Err(format!("'{part}'")),
            }
        }
        Ok(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_command_line() {
        let config = CageConfig {
            memory_bytes: 5,
            cpu_s: 6,
            wall_s: 7,
            output_bytes: 8,
            ..CageConfig::default()
        };
        let order = Order::new("pdf", &config);
        assert_eq!(order.to_string().parse(), Ok(order));
        assert_eq!("pdf".parse::<Order>().unwrap().memory_bytes, 1 << 30);
        assert!("pdf:memory=lots".parse::<Order>().is_err());
    }
}
