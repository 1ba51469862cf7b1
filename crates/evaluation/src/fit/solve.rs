//! Linear equations with a symmetric positive definite matrix.

/// Sum of the products, to the end of the shorter one.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}

/// The `x` of `matrix · x = right` by Cholesky's factorization; none where the matrix isn't
/// positive definite.
pub(super) fn solved(matrix: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    let lower = factor(matrix)?;
    let mut middle: Vec<f64> = Vec::with_capacity(right.len());
    for (line, value) in lower.iter().zip(right) {
        let at = middle.len();
        middle.push((value - dot(&line[..at], &middle)) / line[at]);
    }
    let mut solution = vec![0.0; right.len()];
    for at in (0..right.len()).rev() {
        let below: f64 = lower[at + 1..]
            .iter()
            .zip(&solution[at + 1..])
            .map(|(line, value)| line[at] * value)
            .sum();
        solution[at] = (middle[at] - below) / lower[at][at];
    }
    Some(solution)
}

/// The lower triangle whose product with its transpose is the matrix.
fn factor(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for line in matrix {
        let mut new: Vec<f64> = Vec::with_capacity(lower.len() + 1);
        for (above, value) in lower.iter().zip(line) {
            let at = new.len();
            new.push((value - dot(&new, above)) / above[at]);
        }
        let square = line[new.len()] - dot(&new, &new);
        if square.is_nan() || square <= 0.0 {
            return None;
        }
        new.push(square.sqrt());
        lower.push(new);
    }
    Some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved_and_unsolvable_ones_said_to_be() {
        let matrix = vec![
            vec![4.0, 2.0, 0.6],
            vec![2.0, 5.0, 1.0],
            vec![0.6, 1.0, 3.0],
        ];
        let solution = solved(&matrix, &[1.0, -2.0, 3.0]).unwrap();
        for (line, wanted) in matrix.iter().zip([1.0, -2.0, 3.0]) {
            assert!((dot(line, &solution) - wanted).abs() < 1e-12);
        }
        assert_eq!(solved(&[vec![1.0, 2.0], vec![2.0, 1.0]], &[1.0, 1.0]), None);
    }
}
