//! The story: one person scans, another one's phone shows the same code, and loses it when they go.

use countersign_core::client::{AccountId, CardFields, CodeOfAccount, Unlocked};
use countersign_core::enrol::{EnrolmentState, PendingCode};
use countersign_core::people::{AccountRole, InviteLink, Link, Standing, WorkspaceRole};
use countersign_core::ports::{Clock as _, SystemClock, Timestamp};
use countersign_core::scan::{Frame, Geometry};

use super::stage::{Person, Stage, trouble};
use super::tell::Teller;
use crate::console::Console;
use crate::outcome::Failure;
use crate::picture::Picture;

/// A photograph of a laptop whose display shows a code with the published secret of RFC 6238 (`cargo xtask photo`).
const PHOTO: &[u8] = include_bytes!("../../../tests/images/demo/mfa-code.jpg");

/// How long the invites of the demonstration are good.
const INVITE: i64 = 60 * 60;

pub(super) fn tell(stage: &Stage, teller: &mut Teller, console: &mut Console) -> Result<(), Failure> {
    let ana = found(stage, teller, console)?;
    let ben = join(stage, &ana, "Ben", teller, console)?;
    let carla = join(stage, &ana, "Carla", teller, console)?;
    let account = enrol(stage, &ana, teller, console)?;
    share(stage, (&ana, account), [("Ben", &ben), ("Carla", &carla)], teller, console)?;
    offline(stage, &ben, account, teller, console)?;
    remove(stage, (&ana, account), &ben, &carla, teller, console)
}

fn found(stage: &Stage, teller: &mut Teller, console: &mut Console) -> Result<Person, Failure> {
    let ana = stage.founder("Ana", "Blue")?;
    ana.connection.sync()?;
    let what = "Ana creates the workspace Blue, and gives it to the server";
    teller.step(what, &[], stage.tape.take(), console)?;
    Ok(ana)
}

fn join(
    stage: &Stage,
    ana: &Person,
    who: &'static str,
    teller: &mut Teller,
    console: &mut Console,
) -> Result<Person, Failure> {
    let until = Timestamp::from_unix_seconds(SystemClock::new().now().unix_seconds() + INVITE);
    let invitation = ana.connection.invite(WorkspaceRole::User, until)?;
    let link = invite_link(&invitation.link)?;
    let person = stage.invitee(who, &link)?;
    ana.connection.sync()?;
    person.connection.sync()?;
    ana.connection.sync()?;
    if person.unlocked.standing()? != Standing::Member {
        return Err(trouble(format!("{who} was not let in")));
    }
    let what = format!("{who} opens Ana's invite, and Ana's phone lets {who} in");
    let words = |unlocked: &Unlocked| unlocked.safety_words(None);
    let same = words(&ana.unlocked)? == words(&person.unlocked)?;
    if !same {
        return Err(trouble("the two phones have different safety words"));
    }
    let sees = ["both phones show the same safety words".to_owned()];
    teller.step(what, &sees, stage.tape.take(), console)?;
    Ok(person)
}

fn invite_link(text: &str) -> Result<InviteLink, Failure> {
    match Link::parse(text) {
        Ok(Link::Invite(link)) => Ok(link),
        _ => Err(trouble("the invite's link does not read")),
    }
}

fn enrol(
    stage: &Stage,
    ana: &Person,
    teller: &mut Teller,
    console: &mut Console,
) -> Result<AccountId, Failure> {
    let card = CardFields { name: "Example Corp".to_owned(), ..CardFields::default() };
    let account = ana.unlocked.add_account(&card)?;
    let enrolment = ana.unlocked.activate(account)?;
    let picture = Picture::decode(PHOTO).map_err(|error| trouble(error.to_string()))?;
    let mut state = enrolment.state()?;
    for plane in picture.planes() {
        let frame = Frame::new(plane.as_raw(), Geometry::packed(plane.width(), plane.height()));
        let frame = frame.map_err(|_| trouble("the photo is no picture"))?;
        state = enrolment.feed(&frame)?;
    }
    let EnrolmentState::Pending { code: PendingCode::Clock(code), .. } = state else {
        return Err(trouble("the photo's code was not read"));
    };
    let sees = [format!("Ana's phone: {}   Pending", code.digits.as_str())];
    teller.step("Ana scans the photo of the service's QR code", &sees, stage.tape.take(), console)?;
    enrolment.done()?;
    ana.connection.sync()?;
    let sees = [format!("Ana's phone: {}   On", shown(&ana.unlocked, account)?)];
    let what = "Ana types the code at the service, and Done";
    teller.step(what, &sees, stage.tape.take(), console)?;
    Ok(account)
}

fn share(
    stage: &Stage,
    (ana, account): (&Person, AccountId),
    with: [(&str, &Person); 2],
    teller: &mut Teller,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut sees = Vec::new();
    for (who, person) in with {
        let member = me(&person.unlocked)?;
        ana.connection.share(account, member, Some(AccountRole::Collaborator))?;
        person.connection.sync()?;
        let (theirs, mine) = same_moment(&person.unlocked, &ana.unlocked, account)?;
        if theirs != mine {
            return Err(trouble(format!("{who} sees another code than Ana")));
        }
        sees.push(format!("{who}'s phone: {theirs}   the same as Ana's"));
    }
    teller.step("Ana shares the account with Ben and Carla", &sees, stage.tape.take(), console)
}

fn offline(
    stage: &Stage,
    ben: &Person,
    account: AccountId,
    teller: &mut Teller,
    console: &mut Console,
) -> Result<(), Failure> {
    ben.wire.cut(true);
    if ben.connection.sync().is_ok() {
        return Err(trouble("the connection was not cut"));
    }
    let sees = [format!("Ben's phone: {}   offline", shown(&ben.unlocked, account)?)];
    teller.step("Ben goes offline, and still reads the code", &sees, stage.tape.take(), console)?;
    ben.wire.cut(false);
    Ok(())
}

fn remove(
    stage: &Stage,
    (ana, account): (&Person, AccountId),
    ben: &Person,
    carla: &Person,
    teller: &mut Teller,
    console: &mut Console,
) -> Result<(), Failure> {
    ana.connection.remove_member(me(&ben.unlocked)?)?;
    carla.connection.sync()?;
    let (theirs, mine) = same_moment(&carla.unlocked, &ana.unlocked, account)?;
    if theirs != mine {
        return Err(trouble("Carla has lost the code"));
    }
    let sees = ["the keys that Ben had are replaced".to_owned(), format!("Carla's phone: {theirs}")];
    teller.step("Ana removes Ben", &sees, stage.tape.take(), console)?;

    ben.connection.sync()?;
    if !ben.unlocked.accounts("")?.is_empty() || ben.unlocked.standing()? != Standing::MemberRemoved {
        return Err(trouble("Ben still has the account"));
    }
    let sees = ["Ben's phone: removed from the workspace Blue; no codes".to_owned()];
    teller.step("Ben's phone comes online again", &sees, stage.tape.take(), console)?;

    let known = ana.unlocked.known_secrets()?;
    if known.is_empty() {
        return Err(trouble("Ana is not told what Ben has known"));
    }
    let line = |known: &countersign_core::people::KnownSecret| {
        let who = known.member_name.as_deref().unwrap_or("somebody");
        format!("{}: known to {who}; activate it anew at the service", known.account_name)
    };
    let sees: Vec<String> = known.iter().map(line).collect();
    teller.step("Ana sees which secrets to replace", &sees, stage.tape.take(), console)
}

fn me(unlocked: &Unlocked) -> Result<countersign_core::people::UserId, Failure> {
    let members = unlocked.members()?;
    let me = members.into_iter().find(|member| member.is_me);
    me.map(|member| member.id).ok_or_else(|| trouble("somebody is no member"))
}

/// The code that a phone's list shows.
fn shown(unlocked: &Unlocked, account: AccountId) -> Result<String, Failure> {
    match unlocked.codes(&[account])?.pop().map(|code| code.code) {
        Some(CodeOfAccount::Now(code)) => Ok(code.digits.as_str().to_owned()),
        _ => Err(trouble("there is no code")),
    }
}

/// What two phones show at one moment: where a code ended between the two, they are asked again.
fn same_moment(one: &Unlocked, other: &Unlocked, account: AccountId) -> Result<(String, String), Failure> {
    let codes = (shown(one, account)?, shown(other, account)?);
    if codes.0 == codes.1 { Ok(codes) } else { Ok((shown(one, account)?, shown(other, account)?)) }
}
