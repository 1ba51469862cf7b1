//! The child's one argument: what to do and the limits, since it has no environment.

use super::CageConfig;
use std::fmt;
use std::str::FromStr;

/// `pdf:memory=1073741824:cpu=60:wall=90:output=67108864`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    /// A parser's name, or a program's.
    pub(super) parser: String,
    pub(super) memory_bytes: u64,
    pub(super) cpu_s: u64,
    pub(super) wall_s: u64,
    pub(super) output_bytes: u64,
    /// The first page, from 1; 0 for all pages.
    pub(super) first: u32,
    pub(super) last: u32,
    /// Resolution of a page's picture.
    pub(super) dpi: u32,
    /// How tesseract takes a page apart, by its own numbers.
    pub(super) segmentation: u32,
    /// Tesseract's names of languages, such as `eng+deu`.
    pub(super) languages: String,
}

impl Order {
    pub(super) fn new(parser: &str, config: &CageConfig) -> Self {
        Self {
            parser: parser.to_owned(),
            memory_bytes: config.memory_bytes,
            cpu_s: config.cpu_s.max(1),
            wall_s: config.wall_s.max(1),
            output_bytes: config.output_bytes,
            first: 0,
            last: 0,
            dpi: 0,
            segmentation: 0,
            languages: String::new(),
        }
    }

    fn numbers(&self) -> [(&'static str, u64); 8] {
        [
            ("memory", self.memory_bytes),
            ("cpu", self.cpu_s),
            ("wall", self.wall_s),
            ("output", self.output_bytes),
            ("first", self.first.into()),
            ("last", self.last.into()),
            ("dpi", self.dpi.into()),
            ("segmentation", self.segmentation.into()),
        ]
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parser)?;
        for (key, value) in self.numbers() {
            write!(f, ":{key}={value}")?;
        }
        if !self.languages.is_empty() {
            write!(f, ":languages={}", self.languages)?;
        }
        Ok(())
    }
}

impl FromStr for Order {
    type Err = String;

    /// A bare parser's name has the default limits.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let mut order = Self::new(parts.next().unwrap_or_default(), &CageConfig::default());
        for part in parts {
            let wrong = || format!("'{part}'");
            let (key, value) = part.split_once('=').ok_or_else(wrong)?;
            if key == "languages" {
                let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+');
                if !value.chars().all(sound) {
                    return Err(wrong());
                }
                value.clone_into(&mut order.languages);
                continue;
            }
            let value: u64 = value.parse().map_err(|e| format!("'{part}': {e}"))?;
            let small = u32::try_from(value).map_err(|e| format!("'{part}': {e}"));
            match key {
                "memory" => order.memory_bytes = value,
                "cpu" => order.cpu_s = value,
                "wall" => order.wall_s = value,
                "output" => order.output_bytes = value,
                "first" => order.first = small?,
                "last" => order.last = small?,
                "dpi" => order.dpi = small?,
                "segmentation" => order.segmentation = small?,
                _ => return Err(wrong()),
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
        let order = Order {
            first: 3,
            last: 4,
            dpi: 300,
            segmentation: 3,
            languages: "eng+chi_sim".to_owned(),
            ..Order::new("tesseract", &config)
        };
        assert_eq!(order.to_string().parse(), Ok(order));
        assert_eq!("pdf".parse::<Order>().unwrap().memory_bytes, 1 << 30);
        for wrong in [
            "pdf:memory=lots",
            "pdf:dpi=5000000000",
            "pdf:languages=eng/x",
        ] {
            assert!(wrong.parse::<Order>().is_err(), "{wrong}");
        }
    }
}
