//! A source of randomness that fails, at every place where one is asked: an error, and nothing made.

use countersign_crypto::entropy::Entropy;
use countersign_crypto::flow::{self, Author, FlowError, Names};
use countersign_crypto::invite::Greeting;
use countersign_crypto::kit::KitSecret;
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::SpaceId;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::entropy::{Given, Seeded};
use countersign_tests::workspace::{DAY, TestWorkspace, card, name};

/// Tries with one more byte of randomness each time; returns how many bytes it took.
fn needed<T>(mut attempt: impl FnMut(&Given) -> Result<T, FlowError>) -> usize {
    let mut stream = [0; 1024];
    Seeded::new(400).fill(&mut stream).expect("seeded entropy does not fail");
    for bytes in 0..stream.len() {
        match attempt(&Given::new(&[&stream[..bytes]])) {
            Ok(_) => return bytes,
            Err(error) => assert_eq!(error.name(), "Entropy", "after {bytes} bytes"),
        }
    }
    panic!("no amount of randomness is enough");
}

/// The same for what an author makes.
fn asked<T>(author: &Author<'_>, mut flow: impl FnMut(&Author<'_>) -> Result<T, FlowError>) -> usize {
    needed(|entropy| flow(&Author { entropy, ..*author }))
}

#[test]
fn hostile_system_without_randomness_founds_nothing() {
    let (workspace, ana) = TestWorkspace::found(401);
    let names = || Names { workspace: name("Blue"), member: name("Ana"), device: name("Phone") };
    let took = needed(|entropy| {
        let kit = KitSecret::generate(&workspace.entropy)?;
        flow::found(names(), ana.user, &ana.device, kit, 0, entropy)
    });
    assert_eq!(took, 32 + 2 * 32 + 3 * 32, "a key, two boxes, three salts");
}

#[test]
fn hostile_system_without_randomness_shares_nothing() {
    let (mut workspace, mut ana) = TestWorkspace::found(402);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, AccountRole::Collaborator)]);
    let fresh = flow::new_account_id(&workspace.entropy).unwrap();
    let roles = [(ana.user, AccountRole::Owner)].into();
    let offer = DeviceOffer(workspace.new_device().proven());
    let greeting = Greeting { workspace: name("Blue"), inviter: name("Ana") };
    let author = workspace.author(&ana);

    let card = card("Mail");
    let took = asked(&author, |author| author.create_account(fresh, &roles, &card));
    assert_eq!(took, 2 * 32 + 4 * 32 + 32, "two keys, a phone and a kit boxed twice, a salt");
    let took = asked(&author, |author| author.add_device(&offer));
    assert_eq!(took, 3 * 32, "three boxes");
    let took = asked(&author, |author| author.grant(account, ben.user, Some(AccountRole::Owner)));
    assert_eq!(took, 32, "one box");
    let took = asked(&author, |author| author.invite(WorkspaceRole::User, DAY, &greeting));
    assert_eq!(took, 20, "one secret");
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    let instance = countersign_protocol::ids::InstanceId::ZERO;
    let took = asked(&author, |author| author.write(codes, instance, None, &card));
    assert_eq!(took, 32, "one salt");
}

#[test]
fn hostile_system_without_randomness_rotates_nothing() {
    let (mut workspace, mut ana) = TestWorkspace::found(403);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, AccountRole::Collaborator)]);
    workspace.post(&mut ana, |author| author.grant(account, ben.user, None)).unwrap();
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    let author = workspace.author(&ana);
    let took = asked(&author, |author| author.rotate(codes, workspace.manifest(codes), &[]));
    assert_eq!(took, 32 + 12 + 2 * 32, "a key, a nonce, two boxes");
}
