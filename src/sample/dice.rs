//! Reproducible chance and exact shares.
//!
//! No floats, no clock, no hash order: the same seed gives the same bytes on every machine.

/// A stream of reproducible numbers (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// A stream of its own for each `purpose`, so that one table's rows never move another's.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |state, byte| {
            mix(state ^ u64::from(byte)).wrapping_add(0x9e37_79b9_7f4a_7c15)
        });
        Self(mixed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 to `n - 1`; 0 where `n` is 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        // The bias of a modulus is below 2^-40 for every n used here.
        self.next() % n.max(1)
    }

    /// True in `per_cent` of a hundred throws.
    pub(super) fn chance(&mut self, per_cent: u64) -> bool {
        self.below(100) < per_cent
    }

    /// One of the weighted choices.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let total = choices.iter().map(|(_, weight)| weight).sum();
        let mut throw = self.below(total);
        for (choice, weight) in choices {
            if throw < *weight {
                return *choice;
            }
            throw -= weight;
        }
        choices[0].0
    }

    /// Puts the items in a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            items.swap(i, j);
        }
    }

    /// Exactly `n` items in the proportions of the weights, in a random order.
    pub(super) fn deal<T: Copy>(&mut self, n: u64, choices: &[(T, u64)]) -> Vec<T> {
        let weights: Vec<u64> = choices.iter().map(|(_, weight)| *weight).collect();
        let mut items: Vec<T> = apportion(n, &weights)
            .into_iter()
            .zip(choices)
            .flat_map(|(count, (choice, _))| std::iter::repeat_n(*choice, count as usize))
            .collect();
        self.shuffle(&mut items);
        items
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Divides `total` by the weights with nothing left over (largest remainder; the first wins a tie).
pub(super) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &u64| u128::from(total) * u128::from(*weight);
    let mut shares: Vec<u64> = weights.iter().map(|weight| (exact(weight) / sum) as u64).collect();
    let left = total - shares.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(exact(&weights[*i]) % sum), *i));
    for i in order.into_iter().take(left as usize) {
        shares[i] += 1;
    }
    shares
}

/// How far a copy of a row may differ from its original without moving the total.
///
/// Copies go in pairs, one up and one down by the same amount of at most `most`; a last one without
/// a partner keeps the original's value.
pub(super) fn sway(key: u64, copy: u64, copies: u64, most: u64) -> i64 {
    let partnered = copy < copies - copies % 2;
    if !partnered || most == 0 {
        return 0;
    }
    let amount = (mix(key ^ (copy / 2).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % (most + 1)) as i64;
    if copy.is_multiple_of(2) { amount } else { -amount }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_follow_the_weights() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(7, &[0, 5, 2]), [0, 5, 2]);
        assert_eq!(apportion(3, &[]), Vec::<u64>::new());
        for total in [0, 1, 99, 7_045_500_000] {
            assert_eq!(apportion(total, &[13, 1, 0, 977, 5]).iter().sum::<u64>(), total);
        }
    }

    #[test]
    fn copies_differ_but_their_total_does_not() {
        for copies in [1, 2, 7, 1000] {
            let swayed: Vec<i64> = (0..copies).map(|copy| sway(42, copy, copies, 100)).collect();
            assert_eq!(swayed.iter().sum::<i64>(), 0);
            assert!(copies == 1 || swayed.iter().any(|by| *by != 0));
        }
    }

    #[test]
    fn the_dice_never_change() {
        let mut dice = Dice::new(2022, "activities");
        let thrown: Vec<u64> = (0..4).map(|_| dice.below(1000)).collect();
        assert_eq!(thrown, [575, 329, 55, 298]);
    }
}
