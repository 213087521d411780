//! A server whose cursor is wrong on purpose: it counts changes by the time at which they were asked for, as a column
//! `updated_at` does. A write that was asked for early and done late then lies behind the cursors of those who read between.

use std::collections::BTreeMap;

use countersign_api::{Changes, Cursor, Founded, Item, MAX_PAGE_ITEMS, Receipt};
use countersign_core::sync::{Method, Request, Response};
use serde::de::DeserializeOwned;

use super::world::since;

/// The time of each position, in steps of the simulation.
#[derive(Default)]
pub(super) struct ByTime(BTreeMap<u64, u64>);

impl ByTime {
    /// The answer to a request that was sent at `sent`; `ask` gets the right server's.
    pub(super) fn serve(
        &mut self,
        request: &Request,
        sent: u64,
        ask: impl Fn(&Request) -> Result<Response, String>,
    ) -> Result<Response, String> {
        if let Some(since) = since(request) {
            return self.changes(request, since, ask);
        }
        let answer = ask(request)?;
        if request.method == Method::Post && answer.status == 200 {
            if request.path.ends_with("/ops") {
                self.note(read::<Receipt>(&answer)?.next, sent);
            } else if request.path == "/v1/ws" {
                self.note(read::<Founded>(&answer)?.next, sent);
            }
        }
        Ok(answer)
    }

    /// Everything that was not there before was asked for at `sent`.
    fn note(&mut self, until: Cursor, sent: u64) {
        let from = self.0.last_key_value().map_or(1, |(pos, _)| pos + 1);
        self.0.extend((from..=until.pos).map(|pos| (pos, sent)));
    }

    fn changes(
        &self,
        request: &Request,
        since: Cursor,
        ask: impl Fn(&Request) -> Result<Response, String>,
    ) -> Result<Response, String> {
        let mut page = Changes { items: Vec::new(), next: Cursor::START, more: true, now: 0 };
        let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let headers = request.headers.iter().filter(|(name, _)| *name != "if-none-match").cloned();
        let headers: Vec<_> = headers.collect();
        let mut items = Vec::new();
        while page.more {
            let path = format!("{path}?since={}&limit={MAX_PAGE_ITEMS}", page.next);
            let asked = Request { path, headers: headers.clone(), ..request.clone() };
            let answer = ask(&asked)?;
            if answer.status != 200 {
                return Ok(answer);
            }
            page = read(&answer)?;
            items.append(&mut page.items);
        }
        let time = |item: &Item| self.0.get(&item.pos()).copied().unwrap_or_default();
        items.retain(|item| time(item) > since.pos);
        let pos = self.0.values().copied().max().unwrap_or_default();
        let next = Cursor { generation: page.next.generation, pos };
        let body = serde_json::to_vec(&Changes { items, next, ..page }).map_err(|error| error.to_string())?;
        Ok(Response { status: 200, retry_after: None, body })
    }
}

fn read<T: DeserializeOwned>(answer: &Response) -> Result<T, String> {
    serde_json::from_slice(&answer.body).map_err(|error| format!("the server's answer: {error}"))
}
