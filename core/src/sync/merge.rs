//! The three-way merge: what this device made of a record, what somebody else made of it meanwhile, and what both began with.
//!
//! Pure, one rule for each record type. Two different secrets are never merged: the one that came first stays in use, the
//! other is kept beside it, and an Owner is asked. An edit that is newer than what a delete was based on wins over it.

use countersign_crypto::content::{
    self, Activity, Card, Content, Counter, DeviceName, MemberName, Otp, OtpId, Pending, RecoveryCode,
    RecoveryCodes, Replaced, Text, WorkspaceName,
};

/// What becomes of two changes.
pub(super) enum Merged<T> {
    /// What somebody else made stands as it is.
    Theirs,
    /// This is written over it; `None` deletes.
    Write(Option<T>),
    /// What somebody else made stands, and this is kept beside it.
    Both(T),
}

/// How two versions of a content become one, where both were changed.
pub(super) trait Merge: Content {
    /// `current` is the scan whose codes the account shows, which a counter belongs to.
    fn merge(base: Option<&Self>, mine: Self, theirs: Self, current: Option<OtpId>) -> Merged<Self>;
}

/// Merges a record, deletions included: `None` is deleted, or, as a base, was not there.
pub(super) fn merge<T: Merge>(
    base: Option<&T>,
    mine: Option<T>,
    theirs: Option<T>,
    current: Option<OtpId>,
) -> Merged<T> {
    if both_same(base, mine.as_ref()) || both_same(mine.as_ref(), theirs.as_ref()) {
        return Merged::Theirs;
    }
    // Sealed again and not changed.
    if both_same(base, theirs.as_ref()) {
        return Merged::Write(mine);
    }
    match (mine, theirs) {
        (None, _) => Merged::Theirs,
        (Some(mine), None) => Merged::Write(Some(mine)),
        (Some(mine), Some(theirs)) => T::merge(base, mine, theirs, current),
    }
}

fn both_same<T: Content>(one: Option<&T>, other: Option<&T>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn same<T: Content>(one: &T, other: &T) -> bool {
    *content::encode(one) == *content::encode(other)
}

/// One field: mine where I changed it, else theirs.
fn field<V: PartialEq>(base: Option<&V>, mine: V, theirs: V) -> V {
    if base == Some(&mine) { theirs } else { mine }
}

impl Merge for Card {
    fn merge(base: Option<&Self>, mine: Self, theirs: Self, _: Option<OtpId>) -> Merged<Self> {
        Merged::Write(Some(Self {
            name: field(base.map(|base| &base.name), mine.name, theirs.name),
            app: field(base.map(|base| &base.app), mine.app, theirs.app),
            address: field(base.map(|base| &base.address), mine.address, theirs.address),
            login: field(base.map(|base| &base.login), mine.login, theirs.login),
            notes: field(base.map(|base| &base.notes), mine.notes, theirs.notes),
            binned: field(base.map(|base| &base.binned), mine.binned, theirs.binned),
            unknown: field(base.map(|base| &base.unknown), mine.unknown, theirs.unknown),
        }))
    }
}

fn is_one_secret(one: &Otp, other: &Otp) -> bool {
    one.secret == other.secret
        && one.kind == other.kind
        && one.algorithm == other.algorithm
        && one.digits == other.digits
}

impl Merge for Otp {
    fn merge(_: Option<&Self>, mine: Self, theirs: Self, _: Option<OtpId>) -> Merged<Self> {
        if is_one_secret(&mine, &theirs) { Merged::Theirs } else { Merged::Both(mine) }
    }
}

impl Merge for Pending {
    fn merge(_: Option<&Self>, mine: Self, theirs: Self, _: Option<OtpId>) -> Merged<Self> {
        if is_one_secret(&mine.otp, &theirs.otp) { Merged::Theirs } else { Merged::Both(mine) }
    }
}

/// Each has an instance of its own, so two of one are the same secret.
impl Merge for Replaced {
    fn merge(_: Option<&Self>, _: Self, _: Self, _: Option<OtpId>) -> Merged<Self> {
        Merged::Theirs
    }
}

/// The larger number wins, within one scan.
impl Merge for Counter {
    fn merge(_: Option<&Self>, mine: Self, theirs: Self, current: Option<OtpId>) -> Merged<Self> {
        let current = current.unwrap_or(theirs.otp);
        if mine.replaces(Some(&theirs), current) { Merged::Write(Some(mine)) } else { Merged::Theirs }
    }
}

/// The device that writes it is one, so mine goes on from theirs: the server had an earlier state of it.
impl Merge for Activity {
    fn merge(_: Option<&Self>, mine: Self, _: Self, _: Option<OtpId>) -> Merged<Self> {
        Merged::Write(Some(mine))
    }
}

/// Codes by their text: one that either took out is gone, unless the other marked it meanwhile; one that either added is
/// there; one that either marked as used is used.
impl Merge for RecoveryCodes {
    fn merge(base: Option<&Self>, mine: Self, theirs: Self, _: Option<OtpId>) -> Merged<Self> {
        let base = base.map_or(&[][..], Self::codes);
        let find = |codes: &[RecoveryCode], text: &str| {
            codes.iter().find(|code| code.code.as_str() == text).map(|code| code.used)
        };
        let mut merged = Vec::new();
        let additions = mine.codes().iter().filter(|code| find(theirs.codes(), code.code.as_str()).is_none());
        for code in theirs.codes().iter().chain(additions) {
            let text = code.code.as_str();
            let (was, is_mine, is_theirs) =
                (find(base, text), find(mine.codes(), text), find(theirs.codes(), text));
            let taken_out = was.is_some() && (is_mine.is_none() || is_theirs.is_none());
            let used = is_mine.flatten().or(is_theirs.flatten());
            if taken_out && used == was.flatten() {
                continue;
            }
            let Ok(code) = Text::new(text) else { continue };
            merged.push(RecoveryCode { code, used });
        }
        match RecoveryCodes::new(merged) {
            Ok(mut codes) => {
                codes.unknown = theirs.unknown;
                Merged::Write(Some(codes))
            }
            // Together they are more than an account may have: nothing of mine is dropped in silence, so mine is written.
            Err(_) => Merged::Write(Some(mine)),
        }
    }
}

macro_rules! latest_name {
    ($($name:ident)*) => {$(
        impl Merge for $name {
            fn merge(_: Option<&Self>, mine: Self, _: Self, _: Option<OtpId>) -> Merged<Self> {
                Merged::Write(Some(mine))
            }
        }
    )*};
}

latest_name! { WorkspaceName MemberName DeviceName }

#[cfg(test)]
mod tests;
