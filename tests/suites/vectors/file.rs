//! How a file of vectors is read: hexadecimal, secrets given as they are listed, and the bad ones by their error's name.

use std::fs;

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::entropy::Entropy;
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::DecodeError;
use countersign_protocol::ids::{SpaceId, WorkspaceId};
use countersign_protocol::log::Log;
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
        let refused = self
            .bad()
            .iter()
            .filter(|bad| ["open_error", "after", "pinned"].iter().all(|key| bad[*key].is_null()));
        refused
            .map(|bad| assert_eq!(decode(&input(bad)).err().map(|e| e.name()), text(&bad["error"]), "{bad}"))
            .count()
    }
}

/// The log by which a file's `judged` ones are judged, after each entry.
pub(super) fn logs(file: &File) -> Vec<Log> {
    let listed = &file.0["judged_by"];
    let mut logs: Vec<Log> = Vec::new();
    for wire in listed["log"].as_array().unwrap() {
        let wire = bytes(wire);
        let log = logs.last().cloned().map(|mut next| next.verify_next(&wire).map(|_| next).unwrap());
        logs.push(log.unwrap_or_else(|| Log::begin(&wire, workspace(&listed["workspace"])).unwrap()));
    }
    logs
}

/// After which entry something is judged.
pub(super) fn after(vector: &Value) -> usize {
    vector["after"].as_u64().unwrap().try_into().unwrap()
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
    zeros(bad).unwrap_or_else(|| bytes(&bad["bytes"]))
}

/// The zeros that a vector names by their number.
pub(super) fn zeros(vector: &Value) -> Option<Vec<u8>> {
    Some(vec![0; vector["zeros"].as_u64()?.try_into().unwrap()])
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
