//! Log entries as plain data, read and written by the message table of `docs/protocol.md`.
//!
//! Shares no code with the product: a fault in its encoder or decoder must show as a difference, not be shared.

use minicbor::decode::Error;
use minicbor::{Decoder, Encoder};

pub(crate) type Id = [u8; 16];
pub(crate) type Hash = [u8; 32];
pub(crate) type Signature = [u8; 64];

/// A device record, with the proof that its holder has the key.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) suite: u64,
    pub(crate) kind: u64,
    pub(crate) sign: Hash,
    pub(crate) key_box: Hash,
    pub(crate) pop: Signature,
}

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) version: u64,
    pub(crate) ws: Id,
    pub(crate) seq: u64,
    pub(crate) prev: Hash,
    pub(crate) ts: u64,
    pub(crate) by: Id,
    pub(crate) op: Op,
}

#[derive(Clone)]
pub(crate) enum Op {
    Genesis { user: Id, phone: Device, kit: Device, commit: Hash },
    Invite { invite: Id, key: Hash, role: u64, not_after: u64, greeting: Vec<u8> },
    Join { invite: Id, user: Id, phone: Device, kit: Option<Device>, signature: Signature },
    AddDevice { user: Id, device: Device },
    RemoveDevice { device: Id },
    RemoveMember { user: Id },
    Role { user: Id, role: u64 },
    Account { account: Id, codes: Hash, controls: Hash, roles: Vec<(Id, u64)> },
    Grant { account: Id, user: Id, role: u64 },
    Rotate { space: Id, epoch: u64, commit: Hash, prev_wrap: Option<Vec<u8>>, manifest: Hash },
    Transfer { user: Id },
    RevokeInvite { invite: Id },
    DeleteAccount { account: Id },
}

const GREETING: usize = 272;
const PREV_WRAP: usize = 60;
const MAX_USERS: usize = 1000;
const MAX_NUMBER: u64 = (1 << 53) - 1;
const MAX_ENTRY: usize = 32_768;

/// Reads an entry with its signature; `None` for whatever is not exactly one.
pub(crate) fn read(wire: &[u8]) -> Option<(Entry, Signature)> {
    if wire.len() > MAX_ENTRY {
        return None;
    }
    let (body, signature) = wire.split_last_chunk::<64>()?;
    let entry = read_entry(&mut Decoder::new(body)).ok()?;
    // One encoding for each value: also catches bytes after the end, unsorted lists and long integers.
    (write(&entry) == body).then_some((entry, *signature))
}

/// The bytes that are signed, without the domain.
pub(crate) fn write(entry: &Entry) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    write_entry(&mut out, entry).expect("a vector takes all bytes");
    out.into_writer()
}

/// The bytes of an op alone, which the workspace id is a hash of.
pub(crate) fn write_op_alone(op: &Op) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    write_op(&mut out, op).expect("a vector takes all bytes");
    out.into_writer()
}

/// A device record alone: what its id is a hash of, and what its proof is over.
pub(crate) fn write_devrec(device: &Device) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    devrec(&mut out, device).expect("a vector takes all bytes");
    out.into_writer()
}

/// What an invite's key signs of a join: `[1, 4, ws, invite, user, devrec, devrec of the kit | null]`.
pub(crate) fn write_join_text(
    ws: &Id,
    invite: &Id,
    user: &Id,
    phone: &Device,
    kit: Option<&Device>,
) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    join_text(&mut out, [ws, invite, user], phone, kit).expect("a vector takes all bytes");
    out.into_writer()
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;
type Out = Encoder<Vec<u8>>;

fn join_text(out: &mut Out, ids: [&Id; 3], phone: &Device, kit: Option<&Device>) -> Written {
    out.array(7)?.u64(1)?.u64(4)?;
    for id in ids {
        out.bytes(id)?;
    }
    devrec(out, phone)?;
    match kit {
        Some(kit) => devrec(out, kit),
        None => out.null().map(|_| ()),
    }
}

fn write_entry(out: &mut Out, entry: &Entry) -> Written {
    out.array(8)?.u64(entry.version)?.u64(1)?.bytes(&entry.ws)?.u64(entry.seq)?;
    out.bytes(&entry.prev)?.u64(entry.ts)?.bytes(&entry.by)?;
    write_op(out, &entry.op)
}

fn write_op(out: &mut Out, op: &Op) -> Written {
    match op {
        Op::Genesis { user, phone, kit, commit } => {
            out.array(7)?.u64(0)?.bytes(user)?;
            proven(out, phone)?;
            proven(out, kit)?;
            out.bytes(commit)?
        }
        Op::Invite { invite, key, role, not_after, greeting } => {
            out.array(6)?.u64(1)?.bytes(invite)?.bytes(key)?.u64(*role)?.u64(*not_after)?.bytes(greeting)?
        }
        Op::Join { invite, user, phone, kit, signature } => {
            out.array(8)?.u64(2)?.bytes(invite)?.bytes(user)?;
            proven(out, phone)?;
            match kit {
                Some(kit) => proven(out, kit)?,
                None => drop(out.null()?.null()?),
            }
            out.bytes(signature)?
        }
        Op::AddDevice { user, device } => {
            out.array(4)?.u64(3)?.bytes(user)?;
            proven(out, device)?;
            out
        }
        Op::RemoveDevice { device } => out.array(2)?.u64(4)?.bytes(device)?,
        Op::RemoveMember { user } => out.array(2)?.u64(5)?.bytes(user)?,
        Op::Role { user, role } => out.array(3)?.u64(6)?.bytes(user)?.u64(*role)?,
        Op::Account { account, codes, controls, roles } => {
            out.array(5)?.u64(7)?.bytes(account)?.bytes(codes)?.bytes(controls)?.array(roles.len() as u64)?;
            for (user, role) in roles {
                out.array(2)?.bytes(user)?.u64(*role)?;
            }
            out
        }
        Op::Grant { account, user, role } => out.array(4)?.u64(8)?.bytes(account)?.bytes(user)?.u64(*role)?,
        Op::Rotate { space, epoch, commit, prev_wrap, manifest } => {
            out.array(6)?.u64(9)?.bytes(space)?.u64(*epoch)?.bytes(commit)?;
            match prev_wrap {
                Some(wrap) => out.bytes(wrap)?,
                None => out.null()?,
            };
            out.bytes(manifest)?
        }
        Op::Transfer { user } => out.array(2)?.u64(10)?.bytes(user)?,
        Op::RevokeInvite { invite } => out.array(2)?.u64(11)?.bytes(invite)?,
        Op::DeleteAccount { account } => out.array(2)?.u64(12)?.bytes(account)?,
    };
    Ok(())
}

fn devrec(out: &mut Out, device: &Device) -> Written {
    out.array(4)?.u64(device.suite)?.u64(device.kind)?.bytes(&device.sign)?.bytes(&device.key_box)?;
    Ok(())
}

fn proven(out: &mut Out, device: &Device) -> Written {
    devrec(out, device)?;
    out.bytes(&device.pop)?;
    Ok(())
}

fn read_entry(input: &mut Decoder<'_>) -> Result<Entry, Error> {
    array(input, 8)?;
    let version = one_of(input, 1..=1)?;
    one_of(input, 1..=1)?;
    Ok(Entry {
        version,
        ws: fixed(input)?,
        seq: number(input)?,
        prev: fixed(input)?,
        ts: number(input)?,
        by: fixed(input)?,
        op: read_op(input)?,
    })
}

fn read_op(input: &mut Decoder<'_>) -> Result<Op, Error> {
    let length = input.array()?.unwrap_or(0);
    let kind = number(input)?;
    let lengths = [7, 6, 8, 4, 2, 2, 3, 5, 4, 6, 2, 2, 2];
    let expected = usize::try_from(kind).ok().and_then(|kind| lengths.get(kind));
    if expected != Some(&length) {
        return Err(Error::message("op"));
    }
    Ok(match kind {
        0 => Op::Genesis {
            user: fixed(input)?,
            phone: read_proven(input)?,
            kit: read_proven(input)?,
            commit: fixed(input)?,
        },
        1 => Op::Invite {
            invite: fixed(input)?,
            key: fixed(input)?,
            role: one_of(input, 1..=4)?,
            not_after: number(input)?,
            greeting: fixed::<GREETING>(input)?.to_vec(),
        },
        2 => read_join(input)?,
        3 => Op::AddDevice { user: fixed(input)?, device: read_proven(input)? },
        4 => Op::RemoveDevice { device: fixed(input)? },
        5 => Op::RemoveMember { user: fixed(input)? },
        6 => Op::Role { user: fixed(input)?, role: one_of(input, 1..=4)? },
        7 => read_account(input)?,
        8 => Op::Grant { account: fixed(input)?, user: fixed(input)?, role: one_of(input, 0..=2)? },
        9 => Op::Rotate {
            space: fixed(input)?,
            epoch: number(input)?,
            commit: fixed(input)?,
            prev_wrap: nullable(input, |input| fixed::<PREV_WRAP>(input).map(|wrap| wrap.to_vec()))?,
            manifest: fixed(input)?,
        },
        10 => Op::Transfer { user: fixed(input)? },
        11 => Op::RevokeInvite { invite: fixed(input)? },
        _ => Op::DeleteAccount { account: fixed(input)? },
    })
}

fn read_join(input: &mut Decoder<'_>) -> Result<Op, Error> {
    let (invite, user, phone) = (fixed(input)?, fixed(input)?, read_proven(input)?);
    let kit = nullable(input, read_proven)?;
    if kit.is_none() {
        input.null()?;
    }
    Ok(Op::Join { invite, user, phone, kit, signature: fixed(input)? })
}

fn read_account(input: &mut Decoder<'_>) -> Result<Op, Error> {
    let (account, codes, controls) = (fixed(input)?, fixed(input)?, fixed(input)?);
    let count = input.array()?.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    if count > MAX_USERS {
        return Err(Error::message("users"));
    }
    let mut roles: Vec<(Id, u64)> = Vec::new();
    for _ in 0..count {
        array(input, 2)?;
        let line = (fixed(input)?, one_of(input, 1..=2)?);
        if roles.last().is_some_and(|last| last.0 >= line.0) {
            return Err(Error::message("not sorted"));
        }
        roles.push(line);
    }
    Ok(Op::Account { account, codes, controls, roles })
}

fn read_proven(input: &mut Decoder<'_>) -> Result<Device, Error> {
    array(input, 4)?;
    Ok(Device {
        suite: one_of(input, 1..=1)?,
        kind: one_of(input, 0..=1)?,
        sign: fixed(input)?,
        key_box: fixed(input)?,
        pop: fixed(input)?,
    })
}

fn array(input: &mut Decoder<'_>, length: u64) -> Result<(), Error> {
    if input.array()? == Some(length) { Ok(()) } else { Err(Error::message("length")) }
}

fn fixed<const N: usize>(input: &mut Decoder<'_>) -> Result<[u8; N], Error> {
    input.bytes()?.try_into().map_err(|_| Error::message("length"))
}

fn number(input: &mut Decoder<'_>) -> Result<u64, Error> {
    one_of(input, 0..=MAX_NUMBER)
}

fn one_of(input: &mut Decoder<'_>, allowed: std::ops::RangeInclusive<u64>) -> Result<u64, Error> {
    let value = input.u64()?;
    if allowed.contains(&value) { Ok(value) } else { Err(Error::message("number")) }
}

fn nullable<T>(
    input: &mut Decoder<'_>,
    read: impl FnOnce(&mut Decoder<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    if input.datatype()? == minicbor::data::Type::Null {
        input.null()?;
        return Ok(None);
    }
    read(input).map(Some)
}
