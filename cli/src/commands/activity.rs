//! `countersign activity`: who did what with an account.

use countersign_core::client::{Action, Deed};
use serde::Serialize;

use super::Desk;
use crate::escape::visible;
use crate::moment;
use crate::outcome::Failure;
use crate::view::answer::Answer;
use crate::view::card::CardView;
use crate::workspace::find;

#[derive(Serialize)]
struct DeedView {
    at: i64,
    member: Option<String>,
    device: Option<String>,
    action: &'static str,
}

pub(super) fn run(words: &[String], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, words)?;
    let deeds = unlocked.activity(account.id)?;
    let quiet = desk.console.out.page().palette.quiet;
    let lines: Vec<String> = deeds
        .iter()
        .map(|deed| {
            let member = deed.member_name.as_deref().map_or_else(|| "somebody".to_owned(), visible);
            let device =
                deed.device_name.as_deref().map(|name| format!("   {}", visible(name))).unwrap_or_default();
            let (at, (_, words)) = (moment::shown(deed.at), said(deed.action));
            format!("{quiet}{at}{quiet:#}   {member} {words}{quiet}{device}{quiet:#}")
        })
        .collect();
    let lines = if lines.is_empty() { vec!["Nothing yet".to_owned()] } else { lines };
    let views: Vec<DeedView> = deeds.into_iter().map(view).collect();
    Ok(Answer::lines(lines).field("account", CardView::of(&account)).field("activity", views))
}

fn view(deed: Deed) -> DeedView {
    let (action, _) = said(deed.action);
    DeedView { at: deed.at.unix_seconds(), member: deed.member_name, device: deed.device_name, action }
}

/// An action's stable name, and how it is told.
const fn said(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::Enrolled => ("enrolled", "turned MFA on"),
        Action::Viewed => ("viewed", "viewed a code"),
        Action::Copied => ("copied", "copied a code"),
        Action::Replaced => ("replaced", "replaced the secret"),
        Action::Restored => ("restored", "restored a secret"),
        Action::TurnedOff => ("turned_off", "turned MFA off"),
        Action::Exported => ("exported", "exported it"),
        Action::Shared => ("shared", "shared it"),
        Action::Unshared => ("unshared", "took away access"),
        Action::Edited => ("edited", "edited the card"),
        Action::RecoveryCodesChanged => ("recovery_codes_changed", "changed the recovery codes"),
        Action::RecoveryCodesViewed => ("recovery_codes_viewed", "viewed the recovery codes"),
        Action::Removed => ("removed", "put it into the bin"),
        Action::Unbinned => ("unbinned", "took it out of the bin"),
        Action::Later(_) => ("later", "did something that a newer Countersign knows"),
    }
}
