//! How hard each situation is: the ranges that its frames are drawn from.
//!
//! These numbers are the calibration (`docs/measurements.md`, "Generated frames"): with them, rqrr, rxing and
//! zxing-cpp read the shares that they read of comparable pictures. Never make a range easier to reach a figure.

use crate::random::Random;
use crate::scenario::Scenario;
use crate::symbol::Level;

/// What the code holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    Enrolment,
    LongEnrolment,
    Migration,
}

/// What the code lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// A light page; the code has its four modules of quiet zone.
    Light,
    /// A dark page; the code is light on it, with four modules of quiet zone.
    Inverted,
    /// The same with other things right at the code's edge.
    InvertedBare,
    /// A dark page; the code is dark on a tile of one module's margin.
    DarkOneModule,
}

/// How large the code is seen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Size {
    /// Its side, as a share of the frame's height.
    Share(f32),
    /// One module, in pixels of a frame of 1080 rows.
    Module(f32),
}

/// A lamp or window in the surface: lengths in sides of the code, strength in white pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mirror {
    pub offset: f32,
    pub half: (f32, f32),
    pub strength: f32,
    pub is_window: bool,
}

/// One frame's circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    pub payload: Payload,
    pub level: Level,
    pub ground: Ground,
    pub size: Size,
    /// Light of ink and of paper (or of dark and light display pixels); a white page is 1.
    pub ink: f32,
    pub paper: f32,
    /// Side of a picture in the middle, as a share of the code's side.
    pub logo: f32,
    /// Degrees.
    pub tilt: f32,
    pub roll: f32,
    /// Lens: deviation of its softness in pixels, distortion at half the frame's width.
    pub softness: f32,
    pub bend: f32,
    /// Radius of the disc that a point becomes, in modules.
    pub defocus: f32,
    /// Length of the line that a point becomes, in modules.
    pub shake: f32,
    /// Change of the light over half the frame's width.
    pub slope: f32,
    /// Light left in a shadow over part of the code, and the width of its border in sides of the code.
    pub shadow: Option<(f32, f32)>,
    pub mirror: Option<Mirror>,
    /// Strength of the display's pixel grid, and its pitch in frame pixels.
    pub grid: Option<(f32, f32)>,
    /// Strength of dark bands from a pulsed display.
    pub bands: f32,
    pub photons: f32,
    pub read_noise: f32,
    pub smoothing: f32,
    pub sharpening: f32,
    pub quality: Option<u8>,
}

impl Conditions {
    /// What a frame of this situation is like.
    pub(crate) fn new(scenario: Scenario, random: &mut Random) -> Self {
        let mut conditions = Self::ordinary(random);
        conditions.harden(scenario, random);
        conditions
    }

    /// A code seen well: the ground that every situation starts from.
    fn ordinary(random: &mut Random) -> Self {
        Self {
            payload: Payload::Enrolment,
            level: *random.pick(&[Level::L, Level::M, Level::M, Level::Q, Level::H]),
            ground: Ground::Light,
            size: Size::Share(random.between(0.2, 0.52)),
            ink: random.between(0.02, 0.10),
            paper: random.between(0.75, 1.0),
            logo: 0.0,
            tilt: random.between(0.0, 18.0),
            roll: if random.chance(0.25) {
                random.between(-180.0, 180.0)
            } else {
                random.between(-15.0, 15.0)
            },
            softness: random.between(0.35, 0.6),
            bend: random.between(-0.025, 0.025),
            defocus: 0.0,
            shake: random.between(0.0, 0.15),
            slope: random.between(0.0, 0.35),
            shadow: None,
            mirror: None,
            grid: None,
            bands: 0.0,
            photons: random.between(2500.0, 12_000.0),
            read_noise: random.between(0.002, 0.006),
            smoothing: random.between(0.2, 0.7),
            sharpening: random.between(0.1, 0.9),
            quality: random.chance(0.4).then(|| random.whole(70, 95) as u8),
        }
    }

    fn harden(&mut self, scenario: Scenario, random: &mut Random) {
        match scenario {
            Scenario::Tilt => self.tilt = random.between(30.0, 50.0),
            Scenario::DefocusMild => self.defocus = random.between(0.4, 0.65),
            Scenario::DefocusStrong => self.defocus = random.between(0.5, 0.75),
            Scenario::Motion => self.shake = random.between(0.6, 1.5),
            Scenario::LowLight => self.darken(random, 25.0, 160.0),
            Scenario::LowContrast => self.fade(random, 0.16, 0.5),
            Scenario::Glare => self.mirror = Some(mirror(random, 0.6, 2.4)),
            Scenario::Shadow => self.shadow = Some((random.between(0.08, 0.3), random.between(0.01, 0.25))),
            Scenario::InvertedQuiet => self.ground = Ground::Inverted,
            Scenario::InvertedBare => self.ground = Ground::InvertedBare,
            Scenario::DarkOneModule => {
                self.ground = Ground::DarkOneModule;
                self.size = Size::Share(random.between(0.18, 0.36));
            }
            Scenario::LogoM => self.brand(random, Level::M, 0.18, 0.26),
            Scenario::LogoH => self.brand(random, Level::H, 0.25, 0.36),
            Scenario::Moire => self.display(random, 0.3, 0.7),
            Scenario::Small35 => self.size = Size::Module(3.5),
            Scenario::Small24 => self.size = Size::Module(2.4),
            Scenario::Dense => self.fill(random, Payload::LongEnrolment),
            Scenario::Migration => self.fill(random, Payload::Migration),
            Scenario::HardMild => self.several(random, false),
            Scenario::HardStrong => self.several(random, true),
            Scenario::Easy
            | Scenario::NoneText
            | Scenario::NoneKeyboard
            | Scenario::NoneFoliage
            | Scenario::NoneCheckerboard
            | Scenario::NoneDataMatrix => {}
        }
    }

    fn darken(&mut self, random: &mut Random, fewest: f32, most: f32) {
        self.photons = random.between(fewest, most);
        self.read_noise = random.between(0.01, 0.03);
        self.smoothing = random.between(0.4, 0.95);
    }

    fn fade(&mut self, random: &mut Random, least: f32, most: f32) {
        let middle = random.between(0.3, 0.7);
        let contrast = random.between(least, most);
        self.ink = middle * (1.0 - contrast);
        self.paper = middle * (1.0 + contrast);
    }

    fn brand(&mut self, random: &mut Random, level: Level, least: f32, most: f32) {
        self.level = level;
        self.logo = random.between(least, most);
        self.size = Size::Share(random.between(0.18, 0.36));
    }

    fn display(&mut self, random: &mut Random, least: f32, most: f32) {
        // Pitches near one or two camera pixels beat against them in broad bands.
        let pitch = *random.pick(&[0.5, 1.0, 1.0, 2.0]) * random.between(0.94, 1.06);
        self.grid = Some((random.between(least, most), pitch));
        self.bands = if random.chance(0.4) { random.between(0.1, 0.4) } else { 0.0 };
    }

    fn fill(&mut self, random: &mut Random, payload: Payload) {
        self.payload = payload;
        self.level = *random.pick(&[Level::L, Level::L, Level::M]);
        self.size = Size::Share(random.between(0.42, 0.62));
    }

    fn several(&mut self, random: &mut Random, strong: bool) {
        let most = if strong { 1.0 } else { 0.55 };
        self.tilt = random.between(10.0, 25.0 + 20.0 * most);
        self.size = Size::Share(random.between(0.28, 0.6));
        self.defocus = random.between(0.2, 0.3 + 0.45 * most);
        self.shake = random.between(0.0, 0.9 * most);
        self.slope = random.between(0.2, 0.7);
        self.quality = Some(random.whole(45, 85) as u8);
        if random.chance(0.6) {
            self.darken(random, 300.0 - 180.0 * most, 900.0);
        }
        if random.chance(0.4) {
            self.fade(random, 0.5 - 0.25 * most, 0.7);
        }
        match random.below(4) {
            0 => self.shadow = Some((random.between(0.15, 0.45), random.between(0.02, 0.3))),
            1 => self.mirror = Some(mirror(random, 0.3, 0.5 + 1.2 * most)),
            2 => self.display(random, 0.1, 0.2 + 0.3 * most),
            _ => {}
        }
        if strong && random.chance(0.3) {
            self.ground = *random.pick(&[Ground::Inverted, Ground::DarkOneModule]);
        }
    }
}

fn mirror(random: &mut Random, weakest: f32, strongest: f32) -> Mirror {
    Mirror {
        offset: random.between(0.1, 0.75),
        half: (random.between(0.08, 0.4), random.between(0.05, 0.22)),
        strength: random.between(weakest, strongest),
        is_window: random.chance(0.4),
    }
}
