//! How secrets lie in memory: on the heap, wiped when dropped, and closed to every habit that leaks them. What a
//! dependency returns by value, or works with, lies on the stack for that moment.
//!
//! A secret that lives inline is copied by each move, and no copy is wiped. So every newtype here owns a box.
//! None has `Clone`, `Debug` beyond its name, `Display` or a serializer; the doctests hold that line.

use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

/// `N` secret bytes that a move does not copy.
pub(crate) type SecretBytes<const N: usize> = Box<Zeroizing<[u8; N]>>;

/// `N` zeros to be filled in place.
#[allow(clippy::unnecessary_box_returns, reason = "the box is the point: its content never moves")]
pub(crate) fn zeros<const N: usize>() -> SecretBytes<N> {
    Box::new(Zeroizing::new([0; N]))
}

/// `N` random bytes, written where they will stay.
pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> Result<SecretBytes<N>, EntropyError> {
    let mut bytes = zeros();
    entropy.fill(&mut bytes[..])?;
    Ok(bytes)
}

/// The same bytes in memory that wipes itself.
#[allow(clippy::unnecessary_box_returns, reason = "the box is the point: its content never moves")]
pub(crate) fn copied<const N: usize>(bytes: &[u8; N]) -> SecretBytes<N> {
    let mut copy = zeros();
    copy.copy_from_slice(bytes);
    copy
}

/// Declares a newtype over secret bytes: its documentation, name, length and module.
macro_rules! secret_newtype {
    ($(#[$docs:meta])* pub struct $name:ident([u8; $length:literal]) in $module:ident;) => {
        $(#[$docs])*
        ///
        /// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one
        /// cause:
        /// ```compile_fail,E0277
        #[doc = concat!("fn cloned<T: Clone>() {}\ncloned::<countersign_crypto::", stringify!($module), "::", stringify!($name), ">();")]
        /// ```
        /// ```compile_fail,E0277
        #[doc = concat!("fn shown<T: std::fmt::Display>() {}\nshown::<countersign_crypto::", stringify!($module), "::", stringify!($name), ">();")]
        /// ```
        /// ```compile_fail,E0277
        #[doc = concat!("fn written<T: serde::Serialize>() {}\nwritten::<countersign_crypto::", stringify!($module), "::", stringify!($name), ">();")]
        /// ```
        /// ```
        #[doc = concat!("fn named<T: std::fmt::Debug>() {}\nfn written<T: serde::Serialize>() {}\nnamed::<countersign_crypto::", stringify!($module), "::", stringify!($name), ">();\nwritten::<String>();")]
        /// ```
        pub struct $name(crate::secret::SecretBytes<$length>);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}
pub(crate) use secret_newtype;
