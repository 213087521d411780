//! From sampled modules to content: format, unmasking, error correction, segments.
//!
//! A wrong text is worse than none. Plain error correction is trusted as far as the standard trusts it. Where the
//! least certain codewords are given up as erasures, part of the parity is kept back as proof.

use zeroize::Zeroizing;

use crate::format::{self, Format};
use crate::modules::{self, Layout, Modules};
use crate::reed_solomon;
use crate::segments::{self, Content};
use crate::version::{Blocks, EcLevel, Version};

/// A symbol's content and what was found on the way.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) content: Content,
    pub(crate) level: EcLevel,
    pub(crate) mask: u8,
    pub(crate) mirrored: bool,
    /// Codewords restored, of all codewords.
    pub(crate) corrected: usize,
}

/// Format words below this agreement are noise: a word with three wrong bits of fifteen has 0.6.
const MIN_FORMAT_AGREEMENT: f32 = 0.45;
/// Format words tried for each orientation.
const FORMATS: usize = 2;
/// Parity codewords a block that erasures must leave unused, so that a wrong guess is seen (1 in 256 each).
const PROOF: usize = 3;
/// Shares of the usable parity that are tried as erasures, in turn, in hundredths.
const ERASURE_SHARES: [usize; 3] = [35, 65, 100];

/// More than one restored codeword in so many of the parity is much.
const DEEP: usize = 3;

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Errors only.
    Errors,
    /// Then with the least certain codewords erased.
    Erasures,
}

/// Reads the content of sampled modules, as they are or mirrored.
pub(crate) fn decode(modules: &Modules, layout: &Layout, effort: Effort) -> Option<Decoded> {
    let straight = format::read(modules, FORMATS);
    let mirror = modules.mirrored();
    let reversed = format::read(&mirror, FORMATS);
    let mut tries: Vec<(bool, Format)> = straight
        .into_iter()
        .map(|format| (false, format))
        .chain(reversed.into_iter().map(|format| (true, format)))
        .filter(|(_, format)| format.agreement >= MIN_FORMAT_AGREEMENT)
        .collect();
    tries.sort_by(|a, b| b.1.agreement.total_cmp(&a.1.agreement));
    tries.into_iter().find_map(|(mirrored, format)| {
        let seen = if mirrored { &mirror } else { modules };
        let (content, corrected) = decode_as(seen, layout, format, effort)?;
        Some(Decoded { content, level: format.level, mask: format.mask, mirrored, corrected })
    })
}

fn decode_as(modules: &Modules, layout: &Layout, format: Format, effort: Effort) -> Option<(Content, usize)> {
    let version = modules.version();
    let codewords = codewords(modules, layout, format.mask);
    let blocks = version.blocks(format.level);
    let mut data = Zeroizing::new(Vec::with_capacity(codewords.len()));
    let mut corrected = 0;
    for index in 0..blocks.short + blocks.long {
        let block = Block::gather(&codewords, &blocks, index);
        let (codewords, errors) = block.restore(blocks.parity, spare(version, format.level), effort)?;
        corrected += errors;
        data.extend_from_slice(&codewords[..codewords.len() - blocks.parity]);
    }
    let parsed = segments::parse(&data, version).ok()?;
    // Some writers fill with zeros or leave rubbish: doubtful only where much was restored as well.
    let (good, bad) = parsed.filling;
    let deep = corrected * DEEP > (blocks.short + blocks.long) * blocks.parity;
    let rubbish = bad > good && deep;
    (!parsed.content.segments.is_empty() && !rubbish).then_some((parsed.content, corrected))
}

/// Parity the standard keeps from correcting, as protection against misreading (table 9: *p*).
fn spare(version: Version, level: EcLevel) -> usize {
    match (version.number(), level) {
        (1, EcLevel::Low) => 3,
        (1, EcLevel::Medium) | (2, EcLevel::Low) => 2,
        (1, _) | (3, EcLevel::Low) => 1,
        _ => 0,
    }
}

/// A codeword and how sure its least sure module is.
#[derive(Debug, Clone, Copy)]
struct Codeword {
    value: u8,
    certainty: f32,
}

fn codewords(modules: &Modules, layout: &Layout, mask: u8) -> Vec<Codeword> {
    let count = modules.version().codewords();
    let mut codewords = Vec::with_capacity(count);
    let mut places = layout.data_places();
    for _ in 0..count {
        let mut codeword = Codeword { value: 0, certainty: f32::INFINITY };
        for (column, row) in places.by_ref().take(8) {
            let margin = modules.margin(column, row);
            let bit = (margin > 0.0) ^ modules::is_masked(mask, column, row);
            codeword.value = codeword.value << 1 | u8::from(bit);
            codeword.certainty = codeword.certainty.min(margin.abs());
        }
        codewords.push(codeword);
    }
    codewords
}

/// One error-correction block: its codewords in order, data first.
struct Block {
    codewords: Vec<Codeword>,
}

impl Block {
    /// Codewords of the blocks are interleaved; long blocks have one data codeword more, after all others.
    fn gather(codewords: &[Codeword], blocks: &Blocks, index: usize) -> Self {
        let count = blocks.short + blocks.long;
        let shared = blocks.short_data * count;
        let data = (0..blocks.short_data).map(|i| i * count + index);
        let extra = (index >= blocks.short).then(|| shared + index - blocks.short);
        let parity = (0..blocks.parity).map(|i| shared + blocks.long + i * count + index);
        Self { codewords: data.chain(extra).chain(parity).map(|place| codewords[place]).collect() }
    }

    fn restore(&self, parity: usize, spare: usize, effort: Effort) -> Option<(Zeroizing<Vec<u8>>, usize)> {
        let values =
            Zeroizing::new(self.codewords.iter().map(|codeword| codeword.value).collect::<Vec<u8>>());
        let mut plain = values.clone();
        if let Ok(errors) = reed_solomon::correct(&mut plain, parity, &[])
            && 2 * errors + spare <= parity
        {
            return Some((plain, errors));
        }
        if effort == Effort::Errors {
            return None;
        }
        let usable = parity.checked_sub(PROOF.max(spare))?;
        let mut doubtful: Vec<usize> = (0..values.len()).collect();
        doubtful.sort_by(|&a, &b| self.codewords[a].certainty.total_cmp(&self.codewords[b].certainty));
        ERASURE_SHARES.iter().find_map(|share| {
            let erasures = &doubtful[..usable * share / 100];
            let mut block = values.clone();
            let errors = reed_solomon::correct(&mut block, parity, erasures).ok()?;
            (2 * errors + erasures.len() <= usable).then_some((block, errors + erasures.len()))
        })
    }
}
