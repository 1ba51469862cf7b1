//! 95 % intervals: the percentile bootstrap over groups, and Wilson's for a share.

use crate::real;
use std::collections::BTreeMap;

/// How often the bootstrap draws.
const DRAWS: usize = 1000;
/// The same draws each time, so that the same results give the same interval.
const SEED: u64 = 7;
/// The normal distribution's 97.5th percentile.
const Z: f64 = 1.959_963_984_540_054;

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Rows that stand or fall together: the questions about one document.
#[derive(Debug, Clone)]
pub struct Groups {
    rows: Vec<Vec<usize>>,
    count: usize,
}

impl Groups {
    /// Groups of equal names; only rows for which `used` holds are ever drawn.
    pub fn of(names: &[String], used: impl Fn(usize) -> bool) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, name) in names.iter().enumerate().filter(|(row, _)| used(*row)) {
            by_name.entry(name).or_default().push(row);
        }
        Self {
            rows: by_name.into_values().collect(),
            count: names.len(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Percentile bootstrap: groups are drawn with replacement, as many as there are, 1,000 times.
///
/// `statistic` gets how often each row was drawn, and may say none where that draw has no value
/// for it. None for fewer than two groups, or where more than a tenth of the draws has no value.
///
/// Source: B. Efron, R. J. Tibshirani, 'An Introduction to the Bootstrap' (1993), chapter 13.
pub fn bootstrap(groups: &Groups, statistic: impl Fn(&[u32]) -> Option<f64>) -> Option<Interval> {
    if groups.len() < 2 {
        return None;
    }
    let mut numbers = SplitMix64(SEED);
    let mut times = vec![0_u32; groups.count];
    let mut values = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        times.fill(0);
        for _ in 0..groups.len() {
            for row in &groups.rows[numbers.below(groups.len())] {
                times[*row] += 1;
            }
        }
        values.extend(statistic(&times).filter(|value| value.is_finite()));
    }
    if values.len() * 10 < DRAWS * 9 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    Some(Interval {
        low: values[values.len() * 25 / 1000],
        high: values[values.len() * 975 / 1000],
    })
}

/// The interval of a mean.
pub fn mean(values: &[f64], groups: &Groups) -> Option<Interval> {
    bootstrap(groups, |times| {
        let drawn: f64 = times.iter().map(|times| f64::from(*times)).sum();
        let sum: f64 = times
            .iter()
            .zip(values)
            .map(|(times, value)| f64::from(*times) * value)
            .sum();
        (drawn > 0.0).then_some(sum / drawn)
    })
}

/// The interval of the share `hits` of `of`, 0..=1; it holds something even where there are none
/// or only hits. Nothing is known of none: 0..=1.
///
/// Source: E. B. Wilson, 'Probable Inference, the Law of Succession, and Statistical Inference',
/// JASA 22 (1927).
pub fn wilson(hits: usize, of: usize) -> Interval {
    if of == 0 {
        return Interval {
            low: 0.0,
            high: 1.0,
        };
    }
    let n = real(of);
    let share = real(hits.min(of)) / n;
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    Interval {
        low: (middle - half).clamp(0.0, share),
        high: (middle + half).clamp(share, 1.0),
    }
}

/// A small generator whose draws are the same on every machine.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, 'Fast Splittable Pseudorandom Number Generators',
/// OOPSLA 2014; constants as in Java's `SplittableRandom`.
struct SplitMix64(u64);

impl SplitMix64 {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`, which is above 0. The remainder's bias is below `count` / 2⁶⁴.
    fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        usize::try_from(self.draw() % count).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(count: usize) -> Vec<String> {
        (0..count).map(|row| format!("#{row}")).collect()
    }

    #[test]
    fn the_generator_gives_the_published_sequence() {
        let mut numbers = SplitMix64(1_234_567);
        assert_eq!(numbers.draw(), 6_457_827_717_110_365_317);
        assert_eq!(numbers.draw(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_wide() {
        let values: Vec<f64> = (0..400).map(|row| f64::from(row % 2)).collect();
        let groups = Groups::of(&alone(400), |_| true);
        let interval = mean(&values, &groups).unwrap();
        assert!((interval.low - 0.451).abs() < 0.01, "{interval:?}");
        assert!((interval.high - 0.549).abs() < 0.01, "{interval:?}");
        assert_eq!(mean(&values, &groups), Some(interval), "the same each time");
    }

    #[test]
    fn rows_of_one_group_don_t_count_as_many() {
        let values: Vec<f64> = (0..400).map(|row| f64::from(row / 200)).collect();
        let few: Vec<String> = (0..400).map(|row| format!("{}", row / 40)).collect();
        let wide = mean(&values, &Groups::of(&few, |_| true)).unwrap();
        let narrow = mean(&values, &Groups::of(&alone(400), |_| true)).unwrap();
        assert!(wide.high - wide.low > 2.0 * (narrow.high - narrow.low));
        let one = vec!["one".to_owned(); 400];
        assert_eq!(mean(&values, &Groups::of(&one, |_| true)), None);
    }

    #[test]
    fn rows_that_aren_t_used_are_never_drawn() {
        let groups = Groups::of(&alone(10), |row| row < 4);
        assert_eq!(groups.len(), 4);
        let interval = bootstrap(&groups, |times| {
            assert!(times[4..].iter().all(|times| *times == 0));
            Some(times.iter().copied().map(f64::from).sum())
        });
        assert_eq!(
            interval,
            Some(Interval {
                low: 4.0,
                high: 4.0
            })
        );
    }

    #[test]
    fn a_statistic_without_a_value_for_most_draws_has_no_interval() {
        let groups = Groups::of(&alone(10), |_| true);
        assert_eq!(
            bootstrap(&groups, |times| (times[0] == 0).then_some(1.0)),
            None
        );
    }

    #[test]
    fn wilson_s_interval_is_open_where_nothing_was_hit() {
        let none = wilson(0, 20);
        assert!(none.low.abs() < f64::EPSILON);
        assert!((none.high - 0.161).abs() < 0.001);
        let half = wilson(10, 20);
        assert!((half.low - 0.299).abs() < 0.001 && (half.high - 0.701).abs() < 0.001);
        assert_eq!(
            wilson(0, 0),
            Interval {
                low: 0.0,
                high: 1.0
            }
        );
    }
}
