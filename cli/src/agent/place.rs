//! Where an agent listens: beside its store, unless that path is longer than a socket's may be.
//!
//! Then it is in the folder of agents, under a name that is made from the store's.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::FOLDER;

/// The longest path of a socket in bytes: 104 with the zero behind it on macOS and the BSDs, 108 on Linux.
const LONGEST: usize = 103;

/// The socket of a store's agent; `folder` is the one in which stores usually are.
pub(crate) fn socket(store: &Path, folder: Option<&Path>) -> PathBuf {
    let mut beside = store.as_os_str().to_owned();
    beside.push(".agent");
    match folder {
        Some(folder) if beside.len() > LONGEST => {
            folder.join(FOLDER).join(format!("{:016x}.agent", fnv1a(store.as_os_str().as_bytes())))
        }
        Some(_) | None => beside.into(),
    }
}

/// FNV-1a with 64 bits: the same in every version of the program, so that each finds the agents of another. Two stores
/// whose names meet here would be asked for their passphrases in turns.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_beside_its_store_while_a_socket_can_be_called_so() {
        let folder = Some(Path::new("/home/ana/.local/share/countersign"));
        assert_eq!(socket(Path::new("/a/store"), folder), Path::new("/a/store.agent"));
        let long = PathBuf::from("/a".repeat(60));
        let short = socket(&long, folder);
        assert_eq!(short.parent(), Some(Path::new("/home/ana/.local/share/countersign/agents")));
        assert!(short.as_os_str().len() <= LONGEST);
        assert_ne!(short, socket(&long.join("b"), folder));
    }

    #[test]
    fn the_hash_is_the_one_that_its_authors_publish() {
        assert_eq!(fnv1a(b""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_F739_67E8);
    }
}
