//! What a space holds now: for a device that was given access after most of it was written.

use axum::Json;
use axum::extract::{Path, State};
use countersign_api::{Boxed, Bytes, Hex16, MAX_PAGE_ITEMS, Refusal, SpaceRecords};
use countersign_protocol::ids::{RecordId, SpaceId};
use serde::Deserialize;

use super::Caller;
use super::caller::Asked;
use crate::refusal::Refused;
use crate::service::Service;

#[derive(Deserialize)]
pub(super) struct After {
    after: Option<String>,
    limit: Option<u32>,
}

/// The manifest and the newest revision of each record, in pages.
pub(super) async fn records(
    State(service): State<Service>,
    caller: Caller,
    Path((_, space)): Path<(String, String)>,
    Asked(asked): Asked<After>,
) -> Result<Json<SpaceRecords>, Refused> {
    let space = readable(&caller.member()?, &space)?;
    let (ws, space) = space;
    let after = asked.after.map(|id| id.parse::<Hex16>()).transpose().map_err(|_| Refusal::BadRequest)?;
    let after = after.map(|Hex16(id)| RecordId::from_bytes(id));
    let limit = asked.limit.unwrap_or(MAX_PAGE_ITEMS).clamp(1, MAX_PAGE_ITEMS);
    let (manifest, records) = service
        .read(move |rows| Ok((rows.manifest(ws, space)?, rows.records(ws, space, after, limit)?)))
        .await?;
    let last =
        records.last().filter(|_| records.len() == limit as usize).map(|(id, _)| Hex16(*id.as_bytes()));
    let records = records.iter().map(|(_, record)| record.to_wire()).collect();
    Ok(Json(SpaceRecords { manifest: manifest.map(Bytes), records, after: last }))
}

#[derive(Deserialize)]
pub(super) struct OfEpoch {
    epoch: u64,
}

/// The devices that have a box of an epoch's key, so that whoever holds the key can post those that are missing.
pub(super) async fn boxes(
    State(service): State<Service>,
    caller: Caller,
    Path((_, space)): Path<(String, String)>,
    Asked(asked): Asked<OfEpoch>,
) -> Result<Json<Boxed>, Refused> {
    let (ws, space) = readable(&caller.member()?, &space)?;
    let devices = service.read(move |rows| rows.boxed(ws, space, asked.epoch)).await?;
    Ok(Json(Boxed { devices: devices.iter().map(|device| Hex16(*device.as_bytes())).collect() }))
}

/// The space, where the caller may read it. Others learn not even whether it exists.
fn readable(
    caller: &Caller,
    space: &str,
) -> Result<(countersign_protocol::ids::WorkspaceId, SpaceId), Refused> {
    let Hex16(space) = space.parse().map_err(|_| Refusal::BadRequest)?;
    let space = SpaceId::from_bytes(space);
    if caller.log.state().may_read(caller.dev, space) {
        Ok((caller.ws, space))
    } else {
        Err(Refusal::Forbidden.into())
    }
}
