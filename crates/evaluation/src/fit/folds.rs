//! Which fold of a cross-validation a row is in.

use std::collections::BTreeMap;

/// The fold of each row, from 0, groups whole: the largest group first, each into the fold that
/// has the fewest rows of the group's more frequent kind. None for fewer than two groups or folds.
pub(super) fn assigned(labels: &[bool], groups: &[String], folds: usize) -> Option<Vec<usize>> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    if members.len() < 2 || folds < 2 {
        return None;
    }
    let mut members: Vec<Vec<usize>> = members.into_values().collect();
    // Stable: groups of one size stay in the order of their names.
    members.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let mut held = vec![(0_usize, 0_usize); folds];
    let mut of_row = vec![0; groups.len()];
    for rows in members {
        let right = rows.iter().filter(|row| labels[**row]).count();
        let wrong = rows.len() - right;
        let (fold, count) = held.iter_mut().enumerate().min_by_key(|(_, held)| {
            let of_kind = if right >= wrong { held.0 } else { held.1 };
            (of_kind, held.0 + held.1)
        })?;
        count.0 += right;
        count.1 += wrong;
        for row in rows {
            of_row[row] = fold;
        }
    }
    Some(of_row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stay_whole_and_folds_are_even_in_both_kinds() {
        let groups: Vec<String> = (0..100).map(|row| format!("{}", row / 4)).collect();
        let labels: Vec<bool> = (0..100).map(|row| row < 40).collect();
        let of_row = assigned(&labels, &groups, 5).unwrap();
        for (row, group) in groups.iter().enumerate() {
            let first = groups.iter().position(|other| other == group).unwrap();
            assert_eq!(of_row[row], of_row[first]);
        }
        for fold in 0..5 {
            let mine = || (0..100).filter(|row| of_row[*row] == fold);
            assert_eq!(mine().count(), 20);
            assert_eq!(mine().filter(|row| labels[*row]).count(), 8);
        }
    }
}
