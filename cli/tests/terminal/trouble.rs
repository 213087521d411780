use std::fs;
use std::path::Path;

use image::{GrayImage, ImageFormat};

use crate::pictures::{EXAMPLE, encoded, png};
use crate::program::{AT, file, finish, folder, program_at, run, run_with};

/// A PNG whose header declares this size, and which holds a pixel.
fn declaring(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(GrayImage::new(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[test]
fn each_way_to_fail_has_a_name_and_a_next_step() {
    let cases = [
        (b"".to_vec(), "the file is empty", "Fetch or export"),
        (
            b"no picture at all".to_vec(),
            "this is not a picture in a known format",
            "PNG, JPEG, WebP, GIF or BMP",
        ),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1".to_vec(), "HEIC pictures cannot be read here", "heif-convert"),
        (b"%PDF-1.7 and so on".to_vec(), "PDF pictures cannot be read here", "screenshot"),
        (declaring(20_000, 20_000), "says it is 20000 × 20000 pixels", "Crop the picture"),
        (declaring(0, 0), "the picture is damaged: its bytes are not as", "Fetch or export"),
        (declaring(1, 1), "the picture is 1 × 1 pixels, too small", "thumbnail"),
        (png(EXAMPLE)[..60].to_vec(), "the picture is damaged", "Fetch or export"),
    ];
    for (bytes, message, step) in cases {
        let run = run_with(&bytes, &["scan", "-"]);
        assert!(run.err.contains(message) && run.err.contains(step), "{message}: {}", run.err);
        assert_eq!((run.out.as_str(), run.code), ("", Some(3)), "{message}");
    }
}

#[test]
fn half_a_download_is_not_a_photo_without_a_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/images/demo/mfa-code.jpg");
    let photo = fs::read(path).unwrap();
    let run = run_with(&photo[..photo.len() / 5], &["scan", "-"]);
    assert!(run.err.contains("the picture is damaged: it ends too soon\n"), "{}{}", run.err, run.out);
    assert_eq!(run.code, Some(3));
    // Where enough of it came, the code is worth more than the complaint.
    let run = run_with(&photo[..photo.len() - 2], &["scan", "-", AT]);
    assert!(run.out.contains("921 300"), "{}{}", run.err, run.out);
}

#[test]
fn trouble_with_one_picture_leaves_the_others_be() {
    let folder = folder("trouble_others");
    let good = file(&folder, "good.png", &png(EXAMPLE));
    let missing = folder.join("missing.png");
    let run = run(&["scan".as_ref(), missing.as_os_str(), folder.as_os_str(), good.as_os_str(), AT.as_ref()]);
    assert!(run.err.contains("missing.png\n  there is no such file\n  → "), "{}", run.err);
    assert!(run.err.contains("  this is a folder, not a picture\n  → "), "{}", run.err);
    assert!(run.out.contains("324 550"), "{}", run.out);
    assert!(run.out.ends_with("\n3 pictures: 1 account, 2 unreadable\n"), "{}", run.out);
    assert_eq!(run.code, Some(3));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let path = file(&folder("trouble_permission"), "locked.png", &png(EXAMPLE));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let may_read_everything = fs::read(&path).is_ok();
    // The program by its open file: its folder may be closed to others.
    let opened = fs::File::open(env!("CARGO_BIN_EXE_countersign")).unwrap();
    let mut scan = program_at(format!("/proc/self/fd/{}", opened.as_raw_fd()));
    scan.arg("scan").arg(&path);
    if may_read_everything {
        // Permissions stop no administrator: somebody without rights runs it then.
        scan.current_dir("/").uid(65_534).gid(65_534);
    }
    let run = finish(&mut scan, b"");
    assert!(run.err.contains("this user may not read the file"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[cfg(unix)]
#[test]
fn a_device_without_end_is_refused() {
    let run = run(&["scan", "/dev/zero"]);
    assert!(run.err.contains("the file is larger than 256 MiB"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[test]
fn standard_input_holds_one_picture() {
    let run = run_with(&png(EXAMPLE), &["scan", "-", "-"]);
    assert!(run.err.contains("named more than once"), "{}", run.err);
    assert_eq!(run.code, Some(2));
}

#[test]
fn a_moment_that_is_none_is_a_mistake_in_the_usage() {
    let run = run_with(EXAMPLE.as_bytes(), &["code", "-", "--at", "tomorrow"]);
    assert!(run.err.contains("RFC 3339"), "{}", run.err);
    assert_eq!(run.code, Some(2));
}
