//! Any order of verbs, with failures in them and kills between them: the state never lies and no secret is lost.
//!
//! Beside the client runs a model of a few lines. After every step the client must say what the model says; a verb
//! that failed must have changed nothing.

use countersign_core::client::{Client, CodeOfAccount, MfaState, Unlocked};
use countersign_core::enrol::EnrolmentState;
use countersign_core::ports::Entropy as _;
use countersign_protocol::ids::AccountId;
use countersign_tests::entropy::Seeded;
use countersign_tests::phone::TestPhone;

use super::card;

/// What is known of one account from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    on: Option<usize>,
    pending: Option<usize>,
    sealed: Vec<usize>,
    binned: bool,
}

#[derive(Debug, Clone, Copy)]
enum Verb {
    Scan(usize),
    Done,
    Cancel,
    TurnOff,
    Restore,
    Bin,
    Unbin,
    Edit,
}

/// Keys that make different codes at the start of every test.
const KEYS: [&str; 4] = [
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "NBSWY3DPEB3W64TMMQQGQZLMNRXSA53P",
    "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    "OBYXE43UOV3HO6DZPIYTEMZUGU3DOOBZ",
];

struct Random(Seeded);

impl Random {
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes).unwrap();
        u64::from_be_bytes(bytes) % bound
    }

    fn verb(&self) -> Verb {
        match self.below(12) {
            0..=2 => Verb::Scan(usize::try_from(self.below(4)).unwrap()),
            3..=5 => Verb::Done,
            6 => Verb::Cancel,
            7 => Verb::TurnOff,
            8 => Verb::Restore,
            9 => Verb::Bin,
            10 => Verb::Unbin,
            _ => Verb::Edit,
        }
    }
}

/// Does the verb; whether it was done.
fn act(client: &Unlocked, account: AccountId, verb: Verb) -> bool {
    let enrolment = || client.activate(account).or_else(|_| client.replace(account)).ok();
    match verb {
        Verb::Scan(key) => enrolment().is_some_and(|enrolment| {
            let state = enrolment.enter(KEYS[key]);
            matches!(state, Ok(EnrolmentState::Pending { .. }))
        }),
        Verb::Done => enrolment().is_some_and(|enrolment| enrolment.done().is_ok()),
        Verb::Cancel => enrolment().is_some_and(|enrolment| enrolment.cancel().is_ok()),
        Verb::TurnOff => client.turn_off(account).is_ok(),
        Verb::Restore => client.replaced_secrets(account).is_ok_and(|sealed| {
            sealed.first().is_some_and(|first| client.restore_secret(account, first.id).is_ok())
        }),
        Verb::Bin => client.remove_account(account).is_ok(),
        Verb::Unbin => client.undo_remove(account).is_ok(),
        Verb::Edit => client.edit_account(account, &card("edited")).is_ok(),
    }
}

impl Model {
    /// What the verb may change: the states that may follow if it was done.
    fn after(&self, verb: Verb) -> Vec<Self> {
        let mut next = self.clone();
        if self.binned && !matches!(verb, Verb::Unbin) {
            return vec![];
        }
        match verb {
            Verb::Scan(key) if self.pending.is_none() && self.on != Some(key) => next.pending = Some(key),
            Verb::Done if self.pending.is_some() => {
                next.sealed.extend(next.on);
                next.on = next.pending.take();
            }
            Verb::Cancel => next.pending = None,
            Verb::TurnOff if self.on.is_some() => next.sealed.extend(next.on.take()),
            Verb::Restore => {
                // Several may have been sealed in one second: any of them may be the first.
                return (0..self.sealed.len())
                    .map(|index| {
                        let mut next = self.clone();
                        let restored = next.sealed.remove(index);
                        next.sealed.extend(next.on.replace(restored));
                        next
                    })
                    .collect();
            }
            Verb::Bin => next.binned = true,
            Verb::Unbin if self.binned => next.binned = false,
            Verb::Edit => {}
            _ => return vec![],
        }
        vec![next]
    }

    /// Whether the client says just this.
    fn is_shown_by(&self, client: &Unlocked, account: AccountId, digits: &[String; 4]) -> bool {
        if self.binned {
            return client.bin().unwrap().len() == 1 && client.codes(&[account]).unwrap().is_empty();
        }
        let code = client.codes(&[account]).unwrap().pop().unwrap().code;
        let shown = match (&code, self.on) {
            (CodeOfAccount::Now(code), Some(on)) => code.digits.as_str() == digits[on],
            (CodeOfAccount::None, None) => true,
            _ => false,
        };
        let mfa = client.account(account).unwrap().summary.mfa;
        let stated = match mfa {
            MfaState::Off => self.on.is_none() && self.pending.is_none(),
            MfaState::Pending { .. } => self.on.is_none() && self.pending.is_some(),
            MfaState::On { replacing, .. } => {
                self.on.is_some() && replacing.is_some() == self.pending.is_some()
            }
        };
        shown && stated && client.replaced_secrets(account).unwrap().len() == self.sealed.len()
    }
}

fn digits() -> [String; 4] {
    let (_phone, _client, unlocked) = TestPhone::with_workspace(99);
    KEYS.map(|key| {
        let account = super::account_with(&unlocked, "any", key);
        match unlocked.codes(&[account]).unwrap().pop().unwrap().code {
            CodeOfAccount::Now(code) => code.digits.as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    })
}

fn run(seed: u64, digits: &[String; 4]) {
    let random = Random(Seeded::new(seed));
    let (phone, client, unlocked) = TestPhone::with_workspace(seed);
    let account = unlocked.add_account(&card("GitHub")).unwrap();
    let mut open: (Client, Unlocked) = (client, unlocked);
    let mut model = Model::default();
    let mut history = Vec::new();
    for _ in 0..30 {
        let verb = random.verb();
        let failing = random.below(3) == 0;
        if failing {
            phone.entropy.fail_after(Some(u32::try_from(random.below(12)).unwrap()));
        }
        let done = act(&open.1, account, verb);
        phone.entropy.fail_after(None);
        history.push((verb, failing, done));
        let may = if done { model.after(verb) } else { vec![model.clone()] };
        if !failing {
            assert_eq!(done, !model.after(verb).is_empty(), "seed {seed}: {history:?}");
        }
        if random.below(4) == 0 {
            // A kill: the process is gone, the file is what it is.
            drop(open);
            let client = phone.open().unwrap();
            let unlocked = client.unlock().unwrap();
            open = (client, unlocked);
        }
        let now = may.into_iter().find(|model| model.is_shown_by(&open.1, account, digits));
        model = now.unwrap_or_else(|| panic!("seed {seed}: {model:?} and then {history:?}"));
    }
}

#[test]
fn any_order_of_verbs_with_failures_and_kills_loses_no_secret_and_tells_no_lie() {
    let digits = digits();
    for seed in 1000..1040 {
        run(seed, &digits);
    }
}
