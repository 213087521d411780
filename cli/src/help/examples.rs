//! Each command by example, in the order in which a person meets them.

/// The names of all commands.
pub(crate) const COMMANDS: [&str; 38] = {
    let mut names = [""; 38];
    let mut index = 0;
    while index < names.len() {
        names[index] = EXAMPLES[index].0;
        index += 1;
    }
    names
};

pub(super) const PROGRAM: &str = "\
countersign init                        a workspace on this computer
countersign add photo.jpg               an account from a picture of its QR code
countersign confirm                     once the service has taken the code
countersign list                        all accounts, with their codes
countersign code github                 one code
countersign code github --copy          the same, in the clipboard
countersign scan photo.jpg              what is in a picture; keeps nothing
countersign code -                      the code of a key that you type; keeps nothing";

pub(super) const EXAMPLES: [(&str, &str); 38] = [
    (
        "init",
        "\
countersign init                                 asks for names and a passphrase
countersign init --store work.countersign        in a file of your choice
countersign init --workspace Blue --member Ana --device laptop --passphrase-file FILE",
    ),
    (
        "add",
        "\
countersign add photo.jpg                        what the QR code says stands on the card
countersign add - < screenshot.png               a picture from another program
countersign add - --name GitHub                  asks for the key
countersign add --name \"Build server\"            a card without MFA",
    ),
    (
        "confirm",
        "countersign confirm                     the account that is pending\ncountersign confirm github",
    ),
    (
        "cancel",
        "countersign cancel                      the account that is pending\ncountersign cancel github",
    ),
    (
        "list",
        "\
countersign list                        with the time that each code has left
countersign list bank                   those in which this is found
countersign list --json | jq .          for a program",
    ),
    (
        "code",
        "\
countersign code github                 shows the code
countersign code github --copy          copies it; it leaves the clipboard when it ends
countersign code -                      asks for a key or a link, then shows its code
countersign code - --watch < key.txt    a key from a file, and a code that stays current
pass show mfa/git | countersign code -  a key from a password store",
    ),
    ("show", "countersign show github                 the card, MFA, and what can be restored"),
    (
        "activate",
        "\
countersign activate \"Build server\" photo.jpg
countersign activate \"Build server\" -   asks for the key",
    ),
    (
        "replace",
        "\
countersign replace github photo.jpg    then type the code at the service, and: countersign confirm github
countersign replace github -            asks for the key",
    ),
    ("restore", "countersign restore github              the latest\ncountersign restore github --number 2"),
    ("off", "countersign off github                  asks first\ncountersign off github --yes"),
    (
        "edit",
        "\
countersign edit github                 asks for each field
countersign edit github --login ana --notes \"\"",
    ),
    ("favourite", "countersign favourite github\ncountersign favourite github --off"),
    ("remove", "countersign remove github               undo takes it back for 30 days"),
    ("undo", "countersign undo                        what was removed last\ncountersign undo github"),
    (
        "recovery-codes",
        "\
countersign recovery-codes github                shows them
countersign recovery-codes github --save -       type or paste them, then Ctrl-D
countersign recovery-codes github --save qr.png
countersign recovery-codes github --used 3       the third one is spent",
    ),
    ("activity", "countersign activity github             who did what, the latest first"),
    (
        "attach",
        "\
countersign attach https://vault.example.com
countersign attach https://vault.example.com --token-file FILE   where the operator asks for a token",
    ),
    (
        "invite",
        "\
countersign invite                      one person, for a day
countersign invite --role admin --for 2h
countersign invite --revoke 1a2b3c4d    ends one that nobody has used",
    ),
    (
        "join",
        "\
countersign join                        asks for the link
countersign join --link-file FILE --member Ben --device laptop",
    ),
    (
        "sync",
        "\
countersign sync                        what is new comes, what waits is sent
countersign sync --follow               stays in sync, until Ctrl-C",
    ),
    (
        "share",
        "\
countersign share github                who has it
countersign share github ben            Ben sees the codes
countersign share github ben --as owner
countersign share github ben --as none  takes it away",
    ),
    (
        "members",
        "\
countersign members                     everybody, and open invites
countersign members ben --role admin
countersign members ben --remove
countersign members --leave",
    ),
    (
        "devices",
        "\
countersign devices                     your own
countersign devices --add OFFER --name tablet
countersign devices --remove tablet     one that is lost",
    ),
    ("link", "countersign link                        on the new device"),
    (
        "safety-words",
        "countersign safety-words                the last change\ncountersign safety-words 42             what the other one chose",
    ),
    ("known", "countersign known                       what to replace at the service"),
    ("kit", "countersign kit                         shows it, to write down\ncountersign kit --saved"),
    ("recover", "countersign recover\ncountersign recover --store copied.countersign < kit.txt"),
    ("unlock", "countersign unlock\ncountersign unlock --for 2h --passphrase-fd 3 3< passphrase.txt"),
    ("lock", "countersign lock"),
    (
        "export",
        "\
countersign export backup.countersign-backup     encrypted
countersign export --plain links.txt             for another app; delete it afterwards",
    ),
    (
        "import",
        "\
countersign import backup.countersign-backup
countersign import links.txt                     links, one a line, with a result for each
countersign import export-*.png                  a Google Authenticator export of several pictures
countersign import export-*.png --only 1,3",
    ),
    ("workspaces", "countersign workspaces                  the stores here, and which one commands use"),
    (
        "scan",
        "\
countersign scan photo.jpg              the accounts in a photo, with their codes
countersign scan export-*.png           a Google Authenticator export of several pictures
countersign scan - < screenshot.png     a picture from another program
countersign scan --json *.png | jq .    the same, for a program",
    ),
    (
        "demo",
        "\
countersign demo                        a few seconds
countersign demo --keep                 stays for a look around, until Ctrl-C
countersign demo --json | jq .          for a program",
    ),
    (
        "completions",
        "\
countersign completions bash > ~/.local/share/bash-completion/completions/countersign
countersign completions zsh  > ~/.zfunc/_countersign    (a folder in your fpath)
countersign completions fish > ~/.config/fish/completions/countersign.fish",
    ),
    (
        "man",
        "\
countersign man | man -l -              read it now
countersign man      > ~/.local/share/man/man1/countersign.1
countersign man scan > ~/.local/share/man/man1/countersign-scan.1",
    ),
];
