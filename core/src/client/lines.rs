//! The lines of the list, by account and in the order of their texts.
//!
//! The order is kept and not made: a search over ten thousand accounts answers while somebody types, and sorting what
//! it found would take most of that time. A change moves one line.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_protocol::ids::AccountId;
use countersign_protocol::numbers::AccountRole;

use super::line::Line;

/// One line each; never two of one account.
#[derive(Default)]
pub(crate) struct Lines {
    by_account: BTreeMap<AccountId, Arc<Line>>,
    /// The same lines by folded text, which begins with the name, then by account.
    in_order: Vec<(AccountId, Arc<Line>)>,
    /// This member's role for each of them, and the state of the log that it was read from.
    roles: Vec<Option<AccountRole>>,
    noted_at: Option<u64>,
}

impl Lines {
    pub(crate) fn get(&self, account: &AccountId) -> Option<&Line> {
        self.by_account.get(account).map(|line| &**line)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&AccountId, &Line)> + Clone {
        self.by_account.iter().map(|(account, line)| (account, &**line))
    }

    /// Looks up the role for each line, once for each state of the log and of the list: ten thousand look-ups are
    /// most of the time that a search takes.
    pub(crate) fn note_roles(&mut self, seq: u64, role: impl Fn(AccountId) -> Option<AccountRole>) {
        if self.noted_at != Some(seq) {
            self.roles = self.in_order.iter().map(|(account, _)| role(*account)).collect();
            self.noted_at = Some(seq);
        }
    }

    /// As a list shows them, favourites apart; those in which this member was found to have a role.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = (AccountId, &Line, AccountRole)> {
        let lines = self.in_order.iter().zip(&self.roles);
        lines.filter_map(|((account, line), role)| Some((*account, &**line, (*role)?)))
    }

    pub(crate) fn insert(&mut self, account: AccountId, line: Line) {
        self.remove(&account);
        let line = Arc::new(line);
        let (Ok(place) | Err(place)) = self.place(account, &line);
        self.in_order.insert(place, (account, Arc::clone(&line)));
        self.by_account.insert(account, line);
        self.noted_at = None;
    }

    pub(crate) fn remove(&mut self, account: &AccountId) {
        let Some(line) = self.by_account.remove(account) else { return };
        if let Ok(place) = self.place(*account, &line) {
            self.in_order.remove(place);
        }
        self.noted_at = None;
    }

    /// Where a line is, or would be.
    fn place(&self, account: AccountId, line: &Line) -> Result<usize, usize> {
        self.in_order.binary_search_by(|(other, held)| (&held.folded, other).cmp(&(&line.folded, &account)))
    }
}

impl FromIterator<(AccountId, Line)> for Lines {
    /// All at once, which sorts once.
    fn from_iter<T: IntoIterator<Item = (AccountId, Line)>>(lines: T) -> Self {
        let by_account: BTreeMap<_, _> =
            lines.into_iter().map(|(account, line)| (account, Arc::new(line))).collect();
        let mut in_order: Vec<_> =
            by_account.iter().map(|(account, line)| (*account, Arc::clone(line))).collect();
        in_order.sort_unstable_by(|(one, a), (other, b)| (&a.folded, one).cmp(&(&b.folded, other)));
        Self { by_account, in_order, roles: Vec::new(), noted_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str) -> Line {
        Line { folded: name.to_owned(), ..Line::default() }
    }

    fn account(number: u8) -> AccountId {
        AccountId::from_bytes([number; 16])
    }

    fn names(lines: &mut Lines) -> Vec<(&str, AccountId)> {
        lines.note_roles(1, |_| Some(AccountRole::Owner));
        lines.in_order().map(|(account, line, _)| (line.folded.as_str(), account)).collect()
    }

    #[test]
    fn a_line_that_changes_moves_to_its_new_place() {
        let mut lines: Lines =
            [(account(1), line("c")), (account(2), line("a")), (account(3), line("b"))].into_iter().collect();
        lines.insert(account(2), line("d"));
        lines.insert(account(4), line("b"));
        lines.remove(&account(1));
        let expected = [("b", account(3)), ("b", account(4)), ("d", account(2))];
        assert_eq!(names(&mut lines), expected);
        assert_eq!(lines.iter().count(), 3);
        assert!(lines.get(&account(1)).is_none());
    }

    #[test]
    fn roles_are_looked_up_again_when_the_log_or_the_list_changes() {
        let mut lines: Lines = [(account(1), line("a"))].into_iter().collect();
        assert_eq!(names(&mut lines).len(), 1);
        lines.note_roles(2, |_| None);
        assert_eq!(lines.in_order().count(), 0);
        lines.insert(account(2), line("b"));
        lines.note_roles(2, |of| (of == account(2)).then_some(AccountRole::Collaborator));
        assert_eq!(lines.in_order().count(), 1);
    }
}
