use crate::program::run;

const COMMANDS: [&str; 38] = [
    "init",
    "add",
    "confirm",
    "cancel",
    "list",
    "code",
    "show",
    "activate",
    "replace",
    "restore",
    "off",
    "edit",
    "favourite",
    "remove",
    "undo",
    "recovery-codes",
    "activity",
    "kit",
    "recover",
    "unlock",
    "lock",
    "export",
    "import",
    "workspaces",
    "scan",
    "demo",
    "attach",
    "invite",
    "join",
    "sync",
    "share",
    "members",
    "devices",
    "link",
    "safety-words",
    "known",
    "completions",
    "man",
];

#[test]
fn the_help_teaches_by_example() {
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let run = run(&[command, flag]);
            assert!(run.out.contains("\nExamples:\n  countersign "), "{command} {flag}: {}", run.out);
            assert_eq!((run.err.as_str(), run.code), ("", Some(0)));
        }
    }
}

#[test]
fn the_long_help_has_the_exit_codes_and_the_short_one_has_not() {
    for arguments in [&["--help"][..], &["scan", "--help"], &["code", "--help"]] {
        assert!(run(arguments).out.contains("\nExit codes:\n  0  done"), "{arguments:?}");
    }
    assert!(!run(&["scan", "-h"]).out.contains("Exit codes"));
}

#[test]
fn no_line_of_the_help_is_wider_than_a_page() {
    let whole = run(&["--help"]).out;
    let pages = COMMANDS.iter().map(|command| run(&[command, "--help"]).out);
    for page in pages.chain([whole]) {
        for line in page.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn nothing_said_is_answered_with_the_help() {
    let nothing: [&str; 0] = [];
    let run = run(&nothing);
    assert!(run.err.contains("Usage: countersign <COMMAND>"), "{}", run.err);
    assert_eq!(run.code, Some(2));
}

#[test]
fn the_guide_has_the_same_exit_codes_as_the_help() {
    let help = run(&["--help"]).out;
    let start = help.find("Exit codes:\n").unwrap() + "Exit codes:\n".len();
    let codes: Vec<&str> = help[start..].lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    assert_eq!(codes.len(), 7);
    for code in codes {
        let (number, meaning) = code.split_once("  ").unwrap();
        assert!(crate::json::guide().contains(&format!("| {number} | {meaning} |")), "{code}");
    }
}

#[test]
fn completions_know_the_commands_in_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = run(&["completions", shell]);
        assert!(COMMANDS.iter().all(|command| run.out.contains(command)), "{shell}");
        assert!(run.out.contains("show-secret"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_the_program_and_each_command() {
    let whole = run(&["man"]).out;
    assert!(whole.contains(".TH countersign 1") && whole.contains("EXIT CODES"), "{whole}");
    for command in COMMANDS {
        let page = run(&["man", command]).out;
        assert!(page.contains(&format!(".TH countersign-{command} 1")), "{page}");
    }
    assert_eq!(run(&["man", "nonsense"]).code, Some(2));
}
