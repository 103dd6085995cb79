//! Chance that can be had again: `ChaCha` with 8 rounds (`rand_chacha`), keyed with the SHA-256 of a seed and a label. It
//! is the same on every platform and in every version, so that a seed names a paper. How numbers are drawn from it and
//! how lists are shuffled stands here and nowhere else, since no library promises to keep that.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::Digest;
use sha2::Sha256;

/// A source of chance.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of a seed for a purpose; two labels give two independent ones.
    pub(super) fn new(seed: u64, label: &str) -> Dice {
        let sum = Sha256::digest(format!("docker-lab paper 1\n{seed}\n{label}"));
        Dice(ChaCha8Rng::from_seed(sum.into()))
    }

    /// A number below `end`, all alike likely: what would favour the small ones is thrown again.
    fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        let fair = u64::MAX - u64::MAX % end;
        loop {
            let drawn = self.0.next_u64();
            if drawn < fair {
                return usize::try_from(drawn % end).unwrap_or(0);
            }
        }
    }

    /// Shuffles a list (Fisher and Yates, from the end).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
