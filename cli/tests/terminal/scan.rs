use image::{DynamicImage, ImageFormat, Rgba, RgbaImage, imageops};
use qrcodegen::{QrCode, QrCodeEcc, Version};

use crate::pictures::{EXAMPLE, RFC_KEY, code, drawn, encoded, entry, export, in_a_column, png};
use crate::program::{AT, file, folder, run, run_with};

/// What is said about [`EXAMPLE`], below its picture's name.
const EXAMPLE_SHOWN: &str = "  Example Corp · ana@example.com
  324 550   next 367 665   10 s left
  TOTP · SHA1 · 6 digits · every 30 s
  warning: The service's secret is shorter than the standard asks for.
";

#[test]
fn a_picture_becomes_a_code_with_its_time_and_the_next_one() {
    let path = file(&folder("scan_example"), "demo.png", &png(EXAMPLE));
    let run = run(&["scan".as_ref(), path.as_os_str(), AT.as_ref()]);
    assert_eq!(run.out, format!("{}\n{EXAMPLE_SHOWN}", path.display()));
    assert_eq!((run.err.as_str(), run.code), ("", Some(0)));
}

#[test]
fn every_picture_format_comes_to_the_same() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp]
    {
        let colour = DynamicImage::from(code(EXAMPLE)).into_rgb8();
        let run = run_with(&encoded(colour, format), &["scan", "-", AT]);
        assert_eq!(run.out, format!("-\n{EXAMPLE_SHOWN}"), "{format:?}: {}", run.err);
    }
}

#[test]
fn a_code_is_read_turned_mirrored_and_inverted() {
    let upright = code(EXAMPLE);
    let mut inverted = upright.clone();
    imageops::invert(&mut inverted);
    let pictures = [
        imageops::rotate90(&upright),
        imageops::rotate180(&upright),
        imageops::rotate270(&upright),
        imageops::flip_horizontal(&upright),
        inverted,
    ];
    for (index, picture) in pictures.into_iter().enumerate() {
        let run = run_with(&encoded(picture, ImageFormat::Png), &["scan", "-", AT]);
        assert!(run.out.contains("324 550"), "picture {index}: {}", run.out);
    }
}

#[test]
fn a_code_drawn_on_nothing_is_read_whatever_its_ink() {
    for ink in [0, 255] {
        let modules = code(EXAMPLE);
        let glass = RgbaImage::from_fn(modules.width(), modules.height(), |x, y| {
            Rgba([ink, ink, ink, 255 - modules.get_pixel(x, y).0[0]])
        });
        let run = run_with(&encoded(glass, ImageFormat::Png), &["scan", "-", AT]);
        assert!(run.out.contains("324 550"), "ink {ink}: {}", run.out);
    }
}

#[test]
fn all_codes_in_a_picture_are_listed_in_reading_order() {
    let second = format!("otpauth://totp/Second?secret={RFC_KEY}");
    let page = in_a_column(&[code(EXAMPLE), code(&second), code("WIFI:S:home;T:WPA;P:canary-passphrase;;")]);
    let run = run_with(&encoded(page, ImageFormat::Png), &["scan", "-", AT]);
    let places = ["ana@example.com", "  Second\n", "a Wi-Fi code"].map(|text| run.out.find(text));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", run.out);
    assert!(!run.out.contains("canary"), "{}", run.out);
    assert_eq!(run.code, Some(0));
}

#[test]
fn each_kind_of_account_says_how_its_codes_are_made() {
    let cases = [
        (
            format!("otpauth://hotp/Bank:ana?secret={RFC_KEY}&counter=0"),
            "755 224   counter 0",
            "HOTP · SHA1 · 6 digits · each code works once",
        ),
        (
            format!("otpauth://totp/S:g?secret={RFC_KEY}&issuer=Steam"),
            "10 s left",
            "Steam · 5 characters · every 30 s",
        ),
        (
            format!("otpauth://totp/E?secret={RFC_KEY}&digits=8&algorithm=SHA256&period=60"),
            "40 s left",
            "TOTP · SHA256 · 8 digits · every 60 s",
        ),
    ];
    for (link, shown, recipe) in cases {
        let run = run_with(&png(&link), &["scan", "-", AT]);
        assert!(run.out.contains(shown) && run.out.contains(recipe), "{}", run.out);
    }
}

#[test]
fn other_kinds_of_code_are_named_with_a_next_step() {
    let cases = [
        (
            "phonefactor://activate_account?code=canary1234",
            "Microsoft Authenticator",
            "different authenticator app",
        ),
        ("WIFI:S:home;T:WPA;P:canary1234;;", "a Wi-Fi code", "Scan the one that the service shows"),
        ("https://example.com/?t=canary1234", "a web link", "Sign in there"),
        ("GEZDGNBVGY3TQOJQGEZDGNBV", "a bare word, perhaps a key", "countersign code -"),
        ("canary1234 and other text", "another kind of text", "Scan the QR code that the service shows"),
    ];
    for (text, name, step) in cases {
        let run = run_with(&png(text), &["scan", "-"]);
        assert!(run.out.contains(name) && run.out.contains(step), "{}", run.out);
        assert!(!run.out.contains("canary") && !run.out.contains("GEZD"), "{}", run.out);
        assert_eq!(run.code, Some(1));
    }
}

#[test]
fn a_picture_without_a_code_says_so() {
    let blank = image::GrayImage::from_pixel(200, 200, image::Luma([230]));
    let run = run_with(&encoded(blank, ImageFormat::Png), &["scan", "-"]);
    assert!(run.out.starts_with("-\n  no QR code in this picture\n  → "), "{}", run.out);
    assert_eq!(run.code, Some(1));
}

#[test]
fn the_parts_of_an_export_are_counted_across_pictures() {
    let folder = folder("scan_export");
    let part = |index: u8, name: &str| {
        file(&folder, &format!("{index}.png"), &png(&export(&[entry(name, 1)], index, 3)))
    };
    let (first, second, third) = (part(0, "one"), part(1, "two"), part(2, "three"));

    let partial = run(&["scan".as_ref(), first.as_os_str(), third.as_os_str(), AT.as_ref()]);
    assert!(partial.out.contains("export · part 3 of 3 · 1 account"), "{}", partial.out);
    let missing = "Google Authenticator export: 2 of 3, one is missing: number 2\n→ Scan what is missing";
    assert!(partial.out.contains(missing), "{}", partial.out);
    assert!(partial.out.ends_with("2 pictures: 2 accounts\n"), "{}", partial.out);

    let paths = [&first, &second, &third].map(|path| path.as_os_str());
    let whole = run(&[&["scan".as_ref()], &paths[..]].concat());
    assert!(whole.out.contains("Google Authenticator export: 3 of 3, complete\n"), "{}", whole.out);
}

#[test]
fn an_entry_that_cannot_be_used_does_not_cost_the_others() {
    let link = export(&[entry("good", 1), entry("old", 4), entry("also good", 1)], 0, 1);
    let run = run_with(&png(&link), &["scan", "-", AT]);
    assert!(run.out.contains("  good\n") && run.out.contains("  also good\n"), "{}", run.out);
    assert!(run.out.contains("entry 2 cannot be used: the algorithm is not supported"), "{}", run.out);
    assert_eq!(run.code, Some(0));
}

#[test]
fn half_of_a_link_is_never_taken_for_a_whole_one() {
    // The first of two codes that share a text, cut within the secret.
    let code = part_of_a_text("otpauth://totp/Half?secret=GEZDGNBVGY3TQOJQ");
    let run = run_with(&encoded(drawn(&code), ImageFormat::Png), &["scan", "-", AT]);
    assert!(run.out.contains("part 1 of 2 of a text that is spread over several codes"), "{}", run.out);
    assert_eq!(run.code, Some(1));
}

/// Structured Append (ISO/IEC 18004, 8): mode 3, part 0, last part 1, parity 0xAB; then a byte segment.
fn part_of_a_text(text: &str) -> QrCode {
    let mut codewords = vec![0x30, 0x1A, 0xB4, u8::try_from(text.len()).unwrap()];
    codewords.extend(text.bytes());
    codewords.resize(108, 0);
    QrCode::encode_codewords(Version::new(5), QrCodeEcc::Low, &codewords, None)
}

#[test]
fn the_secret_is_shown_only_when_asked_for() {
    let link = format!("otpauth://totp/Example:ana?secret={RFC_KEY}&issuer=Example");
    let without = run_with(&png(&link), &["scan", "-"]);
    assert!(!without.out.contains("GEZD"), "{}", without.out);
    let with = run_with(&png(&link), &["scan", "-", "--show-secret"]);
    assert!(with.out.contains("secret GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ\n"), "{}", with.out);
}

#[test]
fn names_cannot_write_to_the_terminal() {
    let link = format!("otpauth://totp/x%1b%5B2J%1b%5D0;pwn%07:a%E2%80%AEb?secret={RFC_KEY}&issuer=A%0AB");
    for arguments in [&["scan", "-"][..], &["scan", "-", "--json"]] {
        let run = run_with(&png(&link), arguments);
        let harmless = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
        assert!(run.out.chars().all(harmless), "{:?}", run.out);
    }
    let run = run_with(&png(&link), &["scan", "-"]);
    assert!(run.out.contains(r"  A\nB · a\u{202e}b"), "{}", run.out);
}
