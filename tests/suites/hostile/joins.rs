//! Moves against whoever joins, and by whoever joins.

use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{self, Admission, AdmissionError};
use countersign_crypto::invite::InviteSecret;
use countersign_crypto::link::{Anchor, InviteLink};
use countersign_protocol::device::ProvenDevice;
use countersign_protocol::ids::{Head, UserId};
use countersign_protocol::join::{JoinRequest, JoinText};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{DeviceKind, Message, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_tests::workspace::{DAY, Phone, TestWorkspace};

use super::{forged, not_made, refused, stranger};

/// A workspace with an open invite, and an invitee about to use it.
struct Scene {
    workspace: TestWorkspace,
    ana: Phone,
    link: InviteLink,
    user: UserId,
    device: DeviceKeys,
    request: JoinRequest,
}

fn scene(seed: u64) -> Scene {
    let (mut workspace, mut ana) = TestWorkspace::found(seed);
    let link = workspace.invite(&mut ana, WorkspaceRole::User);
    let device = workspace.new_device();
    let user = flow::new_user_id(&workspace.entropy).unwrap();
    let request = flow::join_request(&link, user, &device, None);
    Scene { workspace, ana, link, user, device, request }
}

impl Scene {
    /// What an Admin's device and everybody's verifier say to a request that was tampered with.
    fn refused_as(&mut self, request: &JoinRequest, error: &str) {
        assert_eq!(not_made(self.workspace.author(&self.ana).accept_join(request)), error);
        let wire = forged(&self.workspace, &self.ana.device, Op::Join(request.join));
        assert_eq!(refused(&mut self.workspace, &wire), error);
    }

    /// What the invitee finds.
    fn check(&self) -> Result<Admission, AdmissionError> {
        Admission::check(&self.workspace.log, &self.link, &self.request)
    }

    /// A request under the invite's secret, as somebody makes it who has got hold of the link.
    fn request_of(&self, user: UserId, device: ProvenDevice) -> JoinRequest {
        let key = self.link.secret.key(self.workspace.log.workspace());
        let mut request = self.request;
        request.join.user = user;
        request.join.device = device;
        let text: JoinText = request.join.text(request.workspace);
        request.join.inv_sig = key.sign(Message::Join, &[&text.encode()]);
        request
    }
}

#[test]
fn hostile_server_puts_its_own_device_into_a_join_request() {
    let mut scene = scene(101);
    let mut request = scene.request;
    request.join.device = stranger(&scene.workspace).proven();
    scene.refused_as(&request, "BadInviteSignature");
}

#[test]
fn hostile_server_puts_its_own_keys_under_the_invitees_proof() {
    let mut scene = scene(102);
    let mut request = scene.request;
    request.join.device.record.box_key = stranger(&scene.workspace).record().box_key;
    scene.refused_as(&request, "BadProof");
}

#[test]
fn hostile_server_takes_the_kit_out_of_a_join_request_or_puts_one_in() {
    let mut scene = scene(103);
    let kit = countersign_crypto::kit::KitSecret::generate(&scene.workspace.entropy).unwrap().device();
    let mut request = scene.request;
    request.join.kit = Some(kit.proven());
    scene.refused_as(&request, "BadInviteSignature");
    request = flow::join_request(&scene.link, scene.user, &scene.device, Some(&kit));
    request.join.kit = None;
    scene.refused_as(&request, "BadInviteSignature");
}

#[test]
fn hostile_server_passes_a_phone_off_as_a_kit() {
    let mut scene = scene(104);
    let mut request =
        flow::join_request(&scene.link, scene.user, &scene.device, Some(&stranger(&scene.workspace)));
    scene.refused_as(&request, "WrongDeviceKind");
    request.join.kit = None;
    request.join.device.record.kind = DeviceKind::Kit;
    scene.refused_as(&request, "WrongDeviceKind");
}

#[test]
fn hostile_server_moves_a_join_request_to_another_workspace() {
    let (other, mut own) = (scene(105), scene(106));
    assert_eq!(not_made(own.workspace.author(&own.ana).accept_join(&other.request)), "WrongWorkspace");
    // Relabelled, it names an invite that the other workspace never had: the invite's key is bound to its own.
    let relabelled = JoinRequest { workspace: own.workspace.log.workspace(), ..other.request };
    own.refused_as(&relabelled, "Absent");
}

#[test]
fn hostile_member_joins_with_anothers_user_id_or_device() {
    let mut scene = scene(107);
    let request = scene.request_of(scene.ana.user, scene.device.proven());
    scene.refused_as(&request, "Reborn");
    let request = scene.request_of(scene.user, scene.ana.device.proven());
    scene.refused_as(&request, "Reborn");
}

#[test]
fn hostile_link_that_names_another_entry_than_its_invites_lets_nobody_in() {
    let mut scene = scene(115);
    assert_eq!(scene.check(), Ok(Admission::Waiting));
    scene.link.anchor.seq -= 1;
    scene.link.anchor.head = scene.workspace.log.head_at(scene.link.anchor.seq).unwrap();
    assert_eq!(scene.check(), Err(AdmissionError::WrongLog));
}

#[test]
fn hostile_server_replays_a_join() {
    let mut scene = scene(108);
    let request = scene.request;
    scene.workspace.post(&mut scene.ana, |author| author.accept_join(&request)).unwrap();
    scene.refused_as(&request, "Inactive");
}

#[test]
fn hostile_server_brings_back_a_revoked_invite() {
    let mut scene = scene(109);
    let (request, invite) = (scene.request, scene.request.join.invite);
    scene.workspace.post(&mut scene.ana, |author| author.revoke_invite(invite)).unwrap();
    scene.refused_as(&request, "Inactive");
    assert_eq!(scene.check(), Err(AdmissionError::Revoked));
}

#[test]
fn hostile_server_brings_an_expired_invite_to_an_admin() {
    let mut scene = scene(110);
    scene.workspace.ts += 2 * DAY;
    let request = scene.request;
    scene.refused_as(&request, "InviteExpired");
}

#[test]
fn hostile_admin_invites_above_their_own_role() {
    let (mut workspace, mut ana) = TestWorkspace::found(111);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::Admin, false);
    let greeting = countersign_crypto::invite::Greeting {
        workspace: countersign_tests::workspace::name("Blue"),
        inviter: countersign_tests::workspace::name("Ben"),
    };
    for role in [WorkspaceRole::SuperAdmin, WorkspaceRole::Owner] {
        assert_eq!(not_made(workspace.author(&ben).invite(role, DAY, &greeting)), "NotPermitted");
    }
    assert_eq!(not_made(workspace.author(&ana).invite(WorkspaceRole::Owner, DAY, &greeting)), "NotPermitted");
}

#[test]
fn hostile_removed_admin_leaves_an_invite_behind() {
    let (mut workspace, mut ana) = TestWorkspace::found(112);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::Admin, false);
    let link = workspace.invite(&mut ben, WorkspaceRole::Admin);
    let device = workspace.new_device();
    let request = flow::join_request(&link, flow::new_user_id(&workspace.entropy).unwrap(), &device, None);
    workspace.post(&mut ana, |author| author.remove_member(ben.user)).unwrap();
    assert_eq!(not_made(workspace.author(&ana).accept_join(&request)), "IssuerLapsed");
}

#[test]
fn hostile_thief_of_a_link_joins_first_and_is_seen() {
    let mut scene = scene(113);
    let thief = flow::new_user_id(&scene.workspace.entropy).unwrap();
    let stolen = scene.request_of(thief, stranger(&scene.workspace).proven());
    scene.workspace.post(&mut scene.ana, |author| author.accept_join(&stolen)).unwrap();
    assert_eq!(scene.check(), Err(AdmissionError::UsedByAnother));
}

#[test]
fn hostile_thief_of_a_link_joins_under_the_invitees_user_id_and_is_seen() {
    let mut scene = scene(114);
    let stolen = scene.request_of(scene.user, stranger(&scene.workspace).proven());
    scene.workspace.post(&mut scene.ana, |author| author.accept_join(&stolen)).unwrap();
    assert_eq!(scene.check(), Err(AdmissionError::Misbound));
}

#[test]
fn hostile_member_posts_the_invitees_device_as_their_own() {
    let mut scene = scene(115);
    // A second invite, whose secret the attacker has; the victim's proof is good under any user.
    let theirs = scene.workspace.invite(&mut scene.ana, WorkspaceRole::User);
    let attacker = flow::new_user_id(&scene.workspace.entropy).unwrap();
    let misbound = flow::join_request(&theirs, attacker, &scene.device, None);
    assert_eq!(misbound.join.device, scene.request.join.device);
    scene.workspace.post(&mut scene.ana, |author| author.accept_join(&misbound)).unwrap();
    assert_eq!(scene.check(), Err(AdmissionError::Misbound));
    let request = scene.request;
    scene.refused_as(&request, "Reborn");
}

#[test]
fn hostile_thief_adds_a_device_to_the_invitees_own_request_and_is_seen() {
    let mut scene = scene(116);
    let kit = countersign_crypto::kit::KitSecret::generate(&scene.workspace.entropy).unwrap().device();
    let widened = flow::join_request(&scene.link, scene.user, &scene.device, Some(&kit));
    scene.workspace.post(&mut scene.ana, |author| author.accept_join(&widened)).unwrap();
    assert_eq!(scene.check(), Err(AdmissionError::Misbound));
}

#[test]
fn hostile_server_shows_an_invitee_another_log_under_the_same_name() {
    let scene = scene(117);
    let mut genesis_only = Log::begin(&scene.workspace.entries[0], scene.workspace.log.workspace()).unwrap();
    let shown = |log: &Log| Admission::check(log, &scene.link, &scene.request);
    assert_eq!(shown(&genesis_only), Err(AdmissionError::LogTooShort));

    // The founder's own device signs another entry 1: a fork.
    let (mut fork, ana) = TestWorkspace::found(117);
    fork.ts += 1;
    let device = fork.new_device();
    let other =
        fork.author(&ana).add_device(&countersign_protocol::device::DeviceOffer(device.proven())).unwrap();
    genesis_only.verify_next(&other.entry).unwrap();
    assert_eq!(shown(&genesis_only), Err(AdmissionError::WrongLog));

    let (another, _) = TestWorkspace::found(118);
    assert_eq!(shown(&another.log), Err(AdmissionError::WrongLog));
}

#[test]
fn hostile_server_alters_what_a_link_pins() {
    let scene = scene(119);
    let workspace = scene.workspace.log.workspace();
    let link = |head, seq, secret: &InviteSecret| {
        let anchor = Anchor { head, seq, ..scene.link.anchor.clone() };
        let sealed = secret.seal_at_rest(workspace, &local(&scene), &scene.workspace.entropy).unwrap();
        InviteLink { anchor, secret: InviteSecret::open_at_rest(workspace, &sealed, &local(&scene)).unwrap() }
    };
    let Anchor { head, seq, .. } = scene.link.anchor;
    let shown = |link: &InviteLink| Admission::check(&scene.workspace.log, link, &scene.request);
    assert_eq!(shown(&link(head, seq, &scene.link.secret)), Ok(Admission::Waiting));
    assert_eq!(shown(&link(Head::ZERO, seq, &scene.link.secret)), Err(AdmissionError::WrongLog));
    assert_eq!(shown(&link(head, seq - 1, &scene.link.secret)), Err(AdmissionError::WrongLog));
    assert_eq!(shown(&link(head, seq + 1, &scene.link.secret)), Err(AdmissionError::LogTooShort));
    let unknown = InviteSecret::generate(&scene.workspace.entropy).unwrap();
    assert_eq!(shown(&link(head, seq, &unknown)), Err(AdmissionError::WrongLog));
}

fn local(scene: &Scene) -> countersign_crypto::local::LocalKey {
    countersign_crypto::local::LocalKey::from_bytes(scene.user.as_bytes().repeat(2)[..].try_into().unwrap())
}
