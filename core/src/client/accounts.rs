//! Account cards: add, look at, edit, mark as favourite.

use std::collections::BTreeMap;

use countersign_crypto::content::{Action, Card, Unknown};
use countersign_crypto::flow::new_account_id;
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::{AccountRole, RecordType};

use super::address::{AddressRefused, web_address};
use super::create::named;
use super::desk::{Current, Desk};
use super::line::Line;
use super::listing::{AccountSummary, summary};
use super::{Doer, Unlocked};
use crate::error::{AccountError, Refusal, Unavailable};
use crate::store::StoreError;

/// What a person writes on a card. Empty texts are fields left empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CardFields {
    /// What members call the account, up to 256 bytes.
    pub name: String,
    /// The app or service, up to 256 bytes.
    pub app: String,
    /// Where one signs in, up to 2,048 bytes.
    pub address: String,
    /// The login name, up to 512 bytes.
    pub login: String,
    /// Anything else, up to 16,384 bytes.
    pub notes: String,
}

/// Nothing that a person wrote is printed.
impl std::fmt::Debug for CardFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardFields(…)")
    }
}

/// One account, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDetails {
    /// As on the list.
    pub summary: AccountSummary,
    /// The whole card.
    pub card: CardFields,
    /// How many of the service's own backup codes are left: what the card shows to account Owners.
    pub recovery_codes: u64,
}

impl Unlocked {
    /// Adds an account of this member's own, with MFA off.
    ///
    /// # Errors
    /// [`AccountError`]; no account was added.
    pub fn add_account(&self, card: &CardFields) -> Result<AccountId, AccountError> {
        self.with(Doer::Person, |desk| {
            let account = create(desk, &sealed(&checked(card)?)?, Line::default())?;
            desk.commit()?;
            Ok(account)
        })
    }

    /// The whole card of an account.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where there is no such account.
    pub fn account(&self, account: AccountId) -> Result<AccountDetails, AccountError> {
        self.with(Doer::Person, |desk| {
            let line = desk.line(account)?.clone();
            let role = desk.role(account).ok_or(Refusal::NoSuchAccount)?;
            let summary = summary(account, &line, role);
            let (_, card) = card(desk, account)?;
            Ok(AccountDetails { summary, card: fields(&card), recovery_codes: line.recovery_codes })
        })
    }

    /// Writes the card anew; account Owners only.
    ///
    /// # Errors
    /// [`AccountError`]; the card is then as it was.
    pub fn edit_account(&self, account: AccountId, fields: &CardFields) -> Result<(), AccountError> {
        self.with(Doer::Person, |desk| {
            let mut line = desk.line(account)?.clone();
            desk.require(account, RecordType::Card)?;
            let (current, held) = card(desk, account)?;
            // What was there already, from an import, is nobody's slip now.
            let same = held.address.as_str() == fields.address.trim();
            let fields = if same { fields.clone() } else { checked(fields)? };
            let card = Card { unknown: held.unknown, binned: held.binned, ..sealed(&fields)? };
            desk.write(desk.codes(account), InstanceId::ZERO, current.base, &card)?;
            desk.note(account, &[Action::Edited], None)?;
            line.set_card(&card);
            desk.set_line(account, Some(line));
            Ok(desk.commit()?)
        })
    }

    /// Puts an account among the favourites of this device, or takes it out. Nobody else sees it.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where there is no such account.
    pub fn set_favourite(&self, account: AccountId, favourite: bool) -> Result<(), AccountError> {
        self.with(Doer::Person, |desk| {
            let mut line = desk.line(account)?.clone();
            line.favourite = favourite;
            desk.set_line(account, Some(line));
            Ok(desk.commit()?)
        })
    }
}

/// Makes an account of this member's own; what stands on its line besides the card is the caller's.
pub(crate) fn create(desk: &mut Desk<'_>, card: &Card, mut line: Line) -> Result<AccountId, Unavailable> {
    let account = new_account_id(&*desk.host.entropy)?;
    let roles = BTreeMap::from([(desk.session.identity.user, AccountRole::Owner)]);
    let batch = desk.author().create_account(account, &roles, card)?;
    desk.append(batch)?;
    line.set_card(card);
    desk.set_line(account, Some(line));
    Ok(account)
}

/// The card of an account, and what its next revision is based on.
pub(crate) fn card(desk: &mut Desk<'_>, account: AccountId) -> Result<(Current<()>, Card), Unavailable> {
    let Current { base, content } = desk.read::<Card>(desk.codes(account), InstanceId::ZERO)?;
    let card = content.ok_or(StoreError::Damaged)?;
    Ok((Current { base, content: None }, card))
}

/// What a person wrote, with an address that can be opened.
pub(crate) fn checked(fields: &CardFields) -> Result<CardFields, AddressRefused> {
    Ok(CardFields { address: web_address(&fields.address)?, ..fields.clone() })
}

pub(crate) fn sealed(fields: &CardFields) -> Result<Card, countersign_crypto::content::TextTooLong> {
    Ok(Card {
        name: named(&fields.name)?,
        app: named(&fields.app)?,
        address: named(&fields.address)?,
        login: named(&fields.login)?,
        notes: named(&fields.notes)?,
        binned: None,
        unknown: Unknown::default(),
    })
}

pub(crate) fn fields(card: &Card) -> CardFields {
    CardFields {
        name: card.name.as_str().to_owned(),
        app: card.app.as_str().to_owned(),
        address: card.address.as_str().to_owned(),
        login: card.login.as_str().to_owned(),
        notes: card.notes.as_str().to_owned(),
    }
}
