//! Reed–Solomon over GF(256), with errors and erasures.
//!
//! An erasure is a codeword known to be unreliable (under a glare, a logo, a torn corner); it costs half of what
//! an unknown error costs. Berlekamp–Massey finds the locator, Chien's search its roots, Forney's formula the
//! values; the syndromes are then computed again, so that what is returned is a codeword of the code for certain.

/// x⁸ + x⁴ + x³ + x² + 1, the field polynomial of ISO/IEC 18004.
const FIELD_POLYNOMIAL: u16 = 0x11d;

/// The longest block of any symbol is 153 codewords, the longest parity 30; the field allows 255.
const MAX_PARITY: usize = 32;

/// A polynomial of at most [`MAX_PARITY`] degree, lowest coefficient first.
type Polynomial = [u8; MAX_PARITY + 1];

/// Powers of the generator, twice over so that sums of two logarithms need no reduction, and logarithms.
struct Field {
    exp: [u8; 512],
    log: [u8; 256],
}

static FIELD: Field = Field::new();

impl Field {
    const fn new() -> Self {
        let mut exp = [0; 512];
        let mut log = [0; 256];
        let mut value: u16 = 1;
        let mut power = 0;
        while power < 255 {
            exp[power] = value as u8;
            exp[power + 255] = value as u8;
            log[value as usize] = power as u8;
            value <<= 1;
            if value & 0x100 != 0 {
                value ^= FIELD_POLYNOMIAL;
            }
            power += 1;
        }
        Self { exp, log }
    }
}

fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { FIELD.exp[log(a) + log(b)] }
}

fn divide(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { FIELD.exp[log(a) + 255 - log(b)] }
}

fn log(a: u8) -> usize {
    usize::from(FIELD.log[usize::from(a)])
}

/// The generator to the power of `exponent`, any size.
fn power(exponent: usize) -> u8 {
    FIELD.exp[exponent % 255]
}

fn evaluate(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, &coefficient| multiply(sum, x) ^ coefficient)
}

/// More is damaged than the parity can restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uncorrectable;

/// Restores `block` (data, then `parity` codewords) in place; `erasures` are the indices of unreliable codewords.
/// Answers how many codewords were found wrong at places that were not erasures.
pub(crate) fn correct(block: &mut [u8], parity: usize, erasures: &[usize]) -> Result<usize, Uncorrectable> {
    if parity > MAX_PARITY || erasures.len() > parity || block.len() > 255 || block.len() <= parity {
        return Err(Uncorrectable);
    }
    let (syndromes, clean) = syndromes(block, parity);
    if clean {
        return Ok(0);
    }
    let (locator, degree) = locator(&syndromes, parity, block.len(), erasures);
    let evaluator = evaluator(&syndromes, &locator, parity);
    let mut found = 0;
    let mut outside = 0;
    for index in 0..block.len() {
        let exponent = block.len() - 1 - index;
        let inverse = power(255 - exponent % 255);
        if evaluate(&locator[..=degree], inverse) != 0 {
            continue;
        }
        let slope = derivative(&locator[..=degree], inverse);
        if slope == 0 {
            return Err(Uncorrectable);
        }
        let value = multiply(power(exponent), divide(evaluate(&evaluator[..parity], inverse), slope));
        block[index] ^= value;
        found += 1;
        outside += usize::from(value != 0 && !erasures.contains(&index));
    }
    if found == degree && self::syndromes(block, parity).1 { Ok(outside) } else { Err(Uncorrectable) }
}

fn syndromes(block: &[u8], parity: usize) -> ([u8; MAX_PARITY], bool) {
    let mut syndromes = [0; MAX_PARITY];
    for (i, syndrome) in syndromes[..parity].iter_mut().enumerate() {
        *syndrome = match i {
            0 => block.iter().fold(0, |sum, &codeword| sum ^ codeword),
            _ => block.iter().fold(0, |sum, &codeword| {
                let shifted = if sum == 0 { 0 } else { FIELD.exp[log(sum) + i] };
                shifted ^ codeword
            }),
        };
    }
    (syndromes, syndromes[..parity].iter().all(|&syndrome| syndrome == 0))
}

/// Berlekamp–Massey, begun from the locator of the erasures (Blahut): the error-and-erasure locator and its degree.
fn locator(syndromes: &[u8], parity: usize, length: usize, erasures: &[usize]) -> (Polynomial, usize) {
    let mut locator: Polynomial = [0; MAX_PARITY + 1];
    locator[0] = 1;
    for (done, &index) in erasures.iter().enumerate() {
        let root = power(length - 1 - index);
        for i in (1..=done + 1).rev() {
            locator[i] ^= multiply(locator[i - 1], root);
        }
    }
    let known = erasures.len();
    let mut previous = locator;
    let mut order = known;
    for step in known..parity {
        let discrepancy = (0..=step).fold(0, |sum, i| sum ^ multiply(locator[i], syndromes[step - i]));
        previous.copy_within(..MAX_PARITY, 1);
        previous[0] = 0;
        if discrepancy == 0 {
            continue;
        }
        let mut next = locator;
        for (coefficient, &earlier) in next.iter_mut().zip(&previous) {
            *coefficient ^= multiply(discrepancy, earlier);
        }
        if 2 * order <= step + known {
            order = step + 1 + known - order;
            previous = locator.map(|coefficient| divide(coefficient, discrepancy));
        }
        locator = next;
    }
    let degree = locator.iter().rposition(|&coefficient| coefficient != 0).unwrap_or(0);
    (locator, degree)
}

fn evaluator(syndromes: &[u8], locator: &Polynomial, parity: usize) -> Polynomial {
    let mut product: Polynomial = [0; MAX_PARITY + 1];
    for (i, coefficient) in product[..parity].iter_mut().enumerate() {
        *coefficient = (0..=i).fold(0, |sum, j| sum ^ multiply(locator[j], syndromes[i - j]));
    }
    product
}

/// The formal derivative at `x`: in characteristic 2 only odd powers remain.
fn derivative(polynomial: &[u8], x: u8) -> u8 {
    let squared = multiply(x, x);
    let mut sum = 0;
    let mut factor = 1;
    for &coefficient in polynomial.iter().skip(1).step_by(2) {
        sum ^= multiply(coefficient, factor);
        factor = multiply(factor, squared);
    }
    sum
}
