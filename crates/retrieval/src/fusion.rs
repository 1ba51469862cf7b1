//! Weighted reciprocal rank fusion.
//!
//! Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual Rank
//! Learning Methods, SIGIR 2009; here with a weight for each list.

use std::collections::HashMap;
use std::hash::Hash;

/// A ranked list, best first, and what it counts.
pub(crate) struct Ranked<'a, T> {
    pub(crate) list: &'a [(T, f32)],
    pub(crate) weight: f32,
}

/// Every item of the lists, best first, with its score: 1 for what is first in every list of
/// weight, near 0 for what is far down in one. Items that tie keep the order of the first list.
pub(crate) fn fuse<T: Eq + Hash + Clone>(lists: &[Ranked<'_, T>], k: f32) -> Vec<(T, f32)> {
    let most: f32 = lists.iter().map(|list| list.weight / (k + 1.0)).sum();
    if most <= 0.0 {
        return Vec::new();
    }
    let mut places: HashMap<&T, usize> = HashMap::new();
    let mut fused: Vec<(T, f32)> = Vec::new();
    for Ranked { list, weight } in lists {
        let mut rank = k;
        for (item, _) in *list {
            rank += 1.0;
            let place = *places.entry(item).or_insert_with(|| {
                fused.push((item.clone(), 0.0));
                fused.len() - 1
            });
            fused[place].1 += weight / rank / most;
        }
    }
    fused.sort_by(|a, b| b.1.total_cmp(&a.1));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_lists_find_comes_before_what_one_finds() {
        let dense = [("a", 0.9), ("b", 0.8), ("c", 0.7)];
        let lexical = [("c", 9.0), ("d", 3.0)];
        let fused = fuse(
            &[
                Ranked {
                    list: &dense,
                    weight: 1.0,
                },
                Ranked {
                    list: &lexical,
                    weight: 0.5,
                },
            ],
            10.0,
        );
        let order: Vec<_> = fused.iter().map(|(item, _)| *item).collect();
        assert_eq!(order, ["c", "a", "b", "d"]);
        assert!(fused.iter().all(|(_, score)| (0.0..=1.0).contains(score)));
    }

    #[test]
    fn first_in_every_list_scores_one_and_lists_without_weight_count_nothing() {
        let list = [("a", 0.9), ("b", 0.1)];
        let one = Ranked {
            list: &list,
            weight: 2.0,
        };
        let fused = fuse(&[one], 60.0);
        assert!((fused[0].1 - 1.0).abs() < 1e-6);
        let none = Ranked {
            list: &list,
            weight: 0.0,
        };
        assert!(fuse(&[none], 60.0).is_empty());
    }
}
