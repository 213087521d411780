//! What is new: pages of changes for members, and the log alone for those who are not members yet, or no more.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_api::{Bytes, Changes, Cursor, LogPage, MAX_PAGE_ITEMS, Refusal};
use countersign_protocol::ids::InviteId;
use serde::Deserialize;

use super::Caller;
use super::caller::Asked;
use crate::login::Access;
use crate::refusal::Refused;
use crate::service::Service;
use crate::store::Change;

/// How many items a page has where nobody asks for another number.
const PAGE_ITEMS: u32 = 500;

/// Changes that are looked through for one page, however few of them the device may see.
const MOST_LOOKED_AT: u32 = 4 * MAX_PAGE_ITEMS;

#[derive(Deserialize)]
pub(super) struct Since {
    since: Option<String>,
    limit: Option<u32>,
}

/// A page of changes after the cursor, or 304 where there are none.
pub(super) async fn changes(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    Asked(asked): Asked<Since>,
) -> Result<Response, Refused> {
    let since =
        asked.since.map_or(Ok(Cursor::START), |text| text.parse()).map_err(|_| Refusal::BadRequest)?;
    let now_at = Cursor { generation: service.generation, pos: caller.live.pos() };
    let is_known =
        since == Cursor::START || (since.generation == now_at.generation && since.pos <= now_at.pos);
    if !is_known {
        return Err(Refusal::CursorTooOld.into());
    }
    if since == now_at && has_etag(&headers, now_at) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag(now_at))]).into_response());
    }
    let limit = asked.limit.unwrap_or(PAGE_ITEMS).clamp(1, MAX_PAGE_ITEMS);
    let (ws, dev, pos) = (caller.ws, caller.dev, since.pos);
    let found = service.read(move |rows| rows.changes(ws, pos, dev, MOST_LOOKED_AT)).await?;
    let page = page(found, &caller, since, limit as usize, now_at, service.now());
    let tag = etag(page.next);
    Ok(([(header::ETAG, tag)], Json(page)).into_response())
}

/// The first `limit` of the changes that the caller may see, and where to go on.
fn page(
    found: Vec<Change>,
    caller: &Caller,
    since: Cursor,
    limit: usize,
    now_at: Cursor,
    now: u64,
) -> Changes {
    let state = caller.log.state();
    let is_all = found.len() < MOST_LOOKED_AT as usize;
    let mut items = Vec::new();
    let mut pos = since.pos;
    let mut is_cut = false;
    for change in found {
        let is_theirs = change.space.is_none_or(|space| state.may_read(caller.dev, space));
        if is_theirs && items.len() == limit {
            is_cut = true;
            break;
        }
        pos = change.item.pos();
        if is_theirs {
            items.push(change.item);
        }
    }
    let more = is_cut || !is_all;
    // What comes after the last change that is this device's is not: the cursor passes over it.
    let pos = if more { pos } else { pos.max(now_at.pos) };
    Changes { items, next: Cursor { generation: now_at.generation, pos }, more, now }
}

#[derive(Deserialize)]
pub(super) struct After {
    /// The first seq that is wanted.
    from: Option<u64>,
    limit: Option<u32>,
}

/// Entries of the log, as far as the caller may read it.
pub(super) async fn log(
    State(service): State<Service>,
    caller: Caller,
    Asked(asked): Asked<After>,
) -> Result<Json<LogPage>, Refused> {
    let (ws, from) = (caller.ws, asked.from.unwrap_or(0));
    let until = match caller.access {
        Access::Member | Access::Invitee => u64::MAX,
        Access::Former { until } => until,
        Access::FormerInvitee => {
            let invite = InviteId::from_bytes(*caller.dev.as_bytes());
            service.read(move |rows| rows.end_of_invite(ws, invite)).await?.ok_or(Refusal::Forbidden)?
        }
    };
    let left = u32::try_from(until.saturating_add(1).saturating_sub(from)).unwrap_or(u32::MAX);
    let limit = asked.limit.unwrap_or(PAGE_ITEMS).clamp(1, MAX_PAGE_ITEMS).min(left);
    let entries = service.read(move |rows| rows.entries(ws, from, limit)).await?;
    let reached = from.saturating_add(entries.len() as u64);
    let more = reached < caller.log.next_seq() && reached <= until;
    Ok(Json(LogPage { entries: entries.into_iter().map(Bytes).collect(), more }))
}

fn etag(cursor: Cursor) -> HeaderValue {
    HeaderValue::try_from(format!("\"{cursor}\"")).expect("digits and a dot may stand in a header")
}

fn has_etag(headers: &HeaderMap, cursor: Cursor) -> bool {
    headers.get(header::IF_NONE_MATCH) == Some(&etag(cursor))
}
