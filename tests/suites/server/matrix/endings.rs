//! A removal is one entry, and ends everything that the removed had open.

use countersign_protocol::device::DeviceOffer;
use countersign_server::{Who, routes};
use countersign_tests::workspace::Phone;

use super::Scene;
use super::wire::{ask, asked};
use crate::server::team::{Team, token_of};
use crate::server::trouble::{listen, next_poke};

/// Everything that a device has open: two sessions with two streams each.
struct Open {
    tokens: [String; 2],
    streams: Vec<std::io::BufReader<std::net::TcpStream>>,
}

impl Open {
    fn of(team: &Team, phone: &Phone) -> Self {
        let tokens = [token_of(team, &phone.device), token_of(team, &phone.device)];
        let streams = tokens.iter().chain(&tokens).map(|held| listen(team, held)).collect();
        Self { tokens, streams }
    }

    /// Streams are over, and sessions open the log up to the removal and nothing else.
    fn has_ended(mut self, team: &Team, who: &str) {
        for stream in &mut self.streams {
            while let Some(poke) = next_poke(stream) {
                assert!(poke.contains("next"), "{who}: {poke}");
            }
        }
        let space = countersign_protocol::ids::SpaceId::directory(team.ws());
        for route in routes().iter().filter(|route| route.who != Who::Anybody && route.who != Who::Session) {
            for token in &self.tokens {
                let answer = ask(team, route, &asked(route, team.ws(), space), Some(token));
                let status = if route.who == Who::LogReader { 200 } else { 403 };
                assert_eq!(answer.status, status, "{who}: {} {}", route.method, route.path);
            }
        }
    }

    /// Streams go on.
    fn goes_on(mut self, who: &str) {
        for stream in &mut self.streams {
            assert!(next_poke(stream).is_some(), "{who}");
        }
    }
}

#[test]
fn after_the_removal_of_a_member_every_session_and_stream_of_each_device_ends() {
    let mut scene = Scene::new();
    for place in 0..scene.leavers.len() {
        let who = scene.leavers[place].who();
        let nobody = scene.team.nobody();
        let mut phone = std::mem::replace(&mut scene.leavers[place].phone, nobody);
        let second = add_device(&mut scene.team, &mut phone);
        let open: Vec<_> = [&phone, &second].map(|phone| Open::of(&scene.team, phone)).into();
        let others = Open::of(&scene.team, &scene.keeper);
        scene.post_as_owner(|author| author.remove_member(phone.user));
        for open in open {
            open.has_ended(&scene.team, &who);
        }
        others.goes_on(&who);
    }
}

#[test]
fn after_the_removal_of_one_device_its_sessions_and_streams_end_and_those_of_the_others_do_not() {
    let mut scene = Scene::new();
    for place in 0..scene.members.len() {
        let who = scene.members[place].who();
        let nobody = scene.team.nobody();
        let mut phone = std::mem::replace(&mut scene.members[place].phone, nobody);
        scene.team.workspace.sync(&mut phone);
        let second = add_device(&mut scene.team, &mut phone);
        let (lost, kept) = (Open::of(&scene.team, &second), Open::of(&scene.team, &phone));
        scene.team.post(&mut phone, |author| author.remove_device(second.device.id())).unwrap();
        lost.has_ended(&scene.team, &who);
        kept.goes_on(&who);
    }
}

#[test]
fn whoever_leaves_by_themselves_has_nothing_open_afterwards() {
    let mut scene = Scene::new();
    let mut leaver = scene.leavers.remove(0).phone;
    let open = Open::of(&scene.team, &leaver);
    let user = leaver.user;
    scene.team.post(&mut leaver, |author| author.remove_member(user)).unwrap();
    open.has_ended(&scene.team, "who left");
}

fn add_device(team: &mut Team, phone: &mut Phone) -> Phone {
    let device = team.workspace.new_device();
    let offer = DeviceOffer(device.proven());
    team.post(phone, |author| author.add_device(&offer)).unwrap();
    Phone { user: phone.user, device, keys: countersign_crypto::key_ring::KeyRing::new() }
}
