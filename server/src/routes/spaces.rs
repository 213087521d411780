//! What a space holds now: for a device that was given access after most of it was written.

use axum::Json;
use axum::extract::State;
use countersign_api::{Boxed, Bytes, Hex16, MAX_PAGE_ITEMS, Refusal, SpaceRecords};
use countersign_protocol::ids::RecordId;
use serde::Deserialize;

use super::Caller;
use super::caller::{Asked, InSpace};
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
    InSpace(space): InSpace,
    Asked(asked): Asked<After>,
) -> Result<Json<SpaceRecords>, Refused> {
    let ws = caller.ws;
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
    InSpace(space): InSpace,
    Asked(asked): Asked<OfEpoch>,
) -> Result<Json<Boxed>, Refused> {
    let ws = caller.ws;
    let devices = service.read(move |rows| rows.boxed(ws, space, asked.epoch)).await?;
    Ok(Json(Boxed { devices: devices.iter().map(|device| Hex16(*device.as_bytes())).collect() }))
}
