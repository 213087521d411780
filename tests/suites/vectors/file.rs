//! How a file of vectors is read: hexadecimal, secrets given as they are listed, and the bad ones by their error's name.

use std::fs;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::entropy::Entropy;
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::DecodeError;
use countersign_protocol::ids::{SpaceId, WorkspaceId};
use countersign_tests::data;
use countersign_tests::entropy::Given;
use serde_json::Value;

/// A file of vectors, as it is parsed.
pub(super) struct File(pub(super) Value);

impl File {
    pub(super) fn read(name: &str) -> Self {
        let path = data().join("vectors").join(name);
        Self(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    pub(super) fn good(&self) -> &[Value] {
        self.0["good"].as_array().unwrap()
    }

    pub(super) fn bad(&self) -> &[Value] {
        let bad = self.0["bad"].as_array().unwrap();
        assert!(!bad.is_empty(), "a file whose bad ones are asked for has some");
        bad
    }

    /// Each bad one that is refused for its form is refused with its error's name.
    pub(super) fn refuses<T>(&self, decode: fn(&[u8]) -> Result<T, DecodeError>) -> usize {
        let refused = self.bad().iter().filter(|bad| bad["open_error"].is_null() && bad["after"].is_null());
        refused
            .map(|bad| assert_eq!(decode(&input(bad)).err().map(|e| e.name()), text(&bad["error"]), "{bad}"))
            .count()
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

pub(super) fn bytes(value: &Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

pub(super) fn fixed<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

pub(super) fn input(bad: &Value) -> Vec<u8> {
    bad["zeros"].as_u64().map_or_else(|| bytes(&bad["bytes"]), |zeros| vec![0; zeros.try_into().unwrap()])
}

pub(super) fn device(listed: &Value) -> DeviceKeys {
    DeviceKeys::generate(&Given::new(&[&bytes(&listed["sign_secret"]), &bytes(&listed["box_secret"])]))
        .unwrap()
}

pub(super) fn space_key(value: &Value) -> SpaceKey {
    SpaceKey::generate(&given(value)).unwrap()
}

pub(super) fn given(value: &Value) -> impl Entropy {
    Given::new(&[&bytes(value)])
}

pub(super) fn workspace(value: &Value) -> WorkspaceId {
    WorkspaceId::from_bytes(fixed(value))
}

pub(super) fn place(listed: &Value) -> KeyPlace {
    KeyPlace {
        workspace: workspace(&listed["workspace"]),
        space: SpaceId::from_bytes(fixed(&listed["space"])),
        epoch: listed["epoch"].as_u64().unwrap(),
    }
}
