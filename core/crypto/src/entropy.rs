//! Randomness is a port: every key, salt, nonce and id comes in through [`Entropy`].
//!
//! A source that fails is an error and never a default: nothing in this crate goes on with zeros, a counter or
//! half a buffer. A test passes a seeded source and gets the same bytes each time; an app passes [`OsEntropy`].

/// A source of bytes that nobody can predict.
pub trait Entropy: Send + Sync {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot fill it; `bytes` must then not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness failed. Nothing was made; trying again later is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("get randomness from the system")]
pub struct EntropyError;

/// The operating system's generator: the default adapter.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[allow(clippy::disallowed_methods, reason = "the one adapter that asks the operating system")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}

/// `N` random bytes that are not secret: an id, a salt, a nonce.
pub(crate) fn public<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}
