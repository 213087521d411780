//! Numbers from a seed, by an algorithm that never changes: the same seed gives the same picture for ever.
//!
//! `SplitMix64` (Steele, Lea, Flood 2014): one addition and a mixer of three steps. Not for secrets.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The stream for `seed` and a name; other names give unrelated streams.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        name.bytes().fold(Self(seed), |random, byte| {
            let mut next = Self(random.0 ^ u64::from(byte));
            Self(next.next())
        })
    }

    /// A stream of its own for one part of the work, so that drawing more in one part changes no other.
    pub(crate) fn part(&self, name: &str) -> Self {
        Self::new(self.0, name)
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from 0 (with) to 1 (without), in steps of 2⁻²⁴.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// Evenly from `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // The bias of the remainder is below 2⁻⁴⁰ for every `end` used here.
        (self.next() % end as u64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn whole(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// True in `share` of the cases (0 … 1).
    pub(crate) fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// One of `items`, which are not empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// About normal, mean 0 and deviation 1: the sum of four even numbers of 16 bits. Its tails end at ±3.46.
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        (sum as f32 - 131_070.0) * (1.732_050_8 / 65_536.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_is_the_published_one() {
        // The first values of the reference implementation for seed 1234567.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn parts_do_not_disturb_each_other() {
        let whole = Random::new(1, "frame");
        let mut drawn = whole.clone();
        let before = drawn.part("noise").next();
        assert_ne!(drawn.part("light").next(), before);
        assert_eq!(whole.part("noise").next(), before);
        drawn.next();
        assert_ne!(drawn.part("noise").next(), before);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut random = Random::new(1, "normal");
        let values: Vec<f32> = (0..20_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f32>() / 20_000.0;
        let variance = values.iter().map(|value| value * value).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.03, "{variance}");
    }
}
