//! One frame: a surface is laid out, seen, lit, blurred and exposed, in the order in which light does it.

use crate::camera::{Camera, Point, Pose};
use crate::conditions::{Conditions, Ground, Payload, Size};
use crate::light::{Glare, Light, Shadow};
use crate::page::{self, Canvas};
use crate::plane::Plane;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::sensor::Sensor;
use crate::symbol::{Level, Symbol};
use crate::tile::Tile;
use crate::{clutter, hand, optics, payload};

/// A generated camera frame and everything known about it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One byte a pixel (0 black … 255 white), rows without gaps.
    pub luma: Vec<u8>,
    /// The code in it.
    pub code: Option<Code>,
}

/// The code in a frame.
#[derive(Debug, Clone)]
pub struct Code {
    /// What it holds.
    pub text: String,
    /// 1 to 40.
    pub version: u8,
    /// Its error correction.
    pub level: Level,
    /// Side of a module in the middle of the code, in pixels, before any tilt.
    pub module: f32,
    /// Outer corners without the quiet zone, in pixels of the frame: top left, top right, bottom right, bottom left.
    pub corners: [(f32, f32); 4],
}

/// Makes frame number `index` of a situation. The same arguments give the same bytes, on every platform.
///
/// # Panics
/// When a side is shorter than 64 pixels: nothing that has to be found would fit.
pub fn generate(seed: u64, scenario: Scenario, index: usize, size: (usize, usize)) -> Frame {
    generate_moment(seed, scenario, index, size, 0)
}

/// Makes the frame that a camera sees so many moments after the one of [`generate`], which is moment 0.
///
/// The scene is the same, and so are its light and the reflections in it. The hand has moved a little, the lens hunts
/// around its focus, a shake has another direction and length, and the sensor's noise is new.
///
/// # Panics
/// As [`generate`].
pub fn generate_moment(
    seed: u64,
    scenario: Scenario,
    index: usize,
    size: (usize, usize),
    moment: usize,
) -> Frame {
    assert!(size.0 >= 64 && size.1 >= 64, "a frame of {} × {} is too small", size.0, size.1);
    let random = Random::new(seed, scenario.name()).part(&index.to_string());
    let now =
        |name: &str| if moment == 0 { random.part(name) } else { random.part(&format!("{name} {moment}")) };
    let mut conditions = Conditions::new(scenario, &mut random.part("conditions"));
    let subject = if scenario.has_code() { Some(subject(&random, &conditions, size)) } else { None };
    let half = subject.as_ref().map_or(size.1 as f32 * 0.25, |subject| subject.tile.half());
    let first = aim(&mut random.part("camera"), &conditions, half, size);
    let canvas = surface(&random, scenario, &conditions, subject.as_ref(), &first, size);
    let camera = if moment == 0 { first } else { hand::moved(&first, &mut now("hand"), half, size) };
    if moment > 0 {
        hand::hunt(&mut conditions, &mut now("lens"));
    }

    let mut scene = view(&canvas, subject.as_ref().map(|subject| &subject.tile), &camera, size);
    let module = subject.as_ref().map_or(size.1 as f32 / 90.0, |subject| subject.tile.module);
    let middle = camera.frame((0.0, 0.0));
    light(&mut random.part("light"), &conditions, middle, half * 2.0).fall_on(&mut scene);
    let scene = blur(&mut now("blur"), &conditions, &scene, module);
    let scene = meet_grid(scene, &conditions, &camera);
    let luma = sensor(&mut random.part("sensor"), &conditions).expose(&scene, &mut now("noise"));

    let code = subject.map(|subject| Code {
        text: subject.text,
        version: subject.tile.symbol.version,
        level: subject.tile.symbol.level,
        module,
        corners: subject.tile.corners().map(|corner| camera.frame(corner)),
    });
    Frame { width: size.0, height: size.1, luma, code }
}

struct Subject {
    text: String,
    tile: Tile,
}

fn subject(random: &Random, conditions: &Conditions, size: (usize, usize)) -> Subject {
    let random = &mut random.part("payload");
    let (text, symbol) = loop {
        let text = match conditions.payload {
            Payload::Enrolment => payload::enrolment(random),
            Payload::LongEnrolment => payload::long_enrolment(random),
            Payload::Migration => payload::migration(random),
        };
        let symbol = Symbol::new(&text, conditions.level);
        if conditions.payload != Payload::Enrolment || (5..=11).contains(&symbol.version) {
            break (text, symbol);
        }
    };
    let module = match conditions.size {
        Size::Share(share) => share * size.1 as f32 / symbol.side as f32,
        Size::Module(pixels) => pixels * size.1 as f32 / 1080.0,
    };
    let (dark, light, quiet) = match conditions.ground {
        Ground::Light => (conditions.ink, conditions.paper, 4.0),
        Ground::Inverted => (conditions.paper, conditions.ink, 4.0),
        Ground::InvertedBare => (conditions.paper, conditions.ink, 0.0),
        Ground::DarkOneModule => (conditions.ink, conditions.paper, 1.0),
    };
    Subject { text, tile: Tile { symbol, module, quiet, dark, light, logo: conditions.logo } }
}

/// Somewhere around the middle, but whole: people see on the screen what is cut off.
fn aim(random: &mut Random, conditions: &Conditions, half: f32, size: (usize, usize)) -> Camera {
    let (width, height) = (size.0 as f32, size.1 as f32);
    for attempt in 0..60u8 {
        // Ever closer to the middle, and at last upright there.
        let spread = 1.0 - f32::from(attempt) / 60.0;
        let turn = |degrees: f32| degrees * std::f32::consts::PI / 180.0;
        let pose = Pose {
            tilt: turn(conditions.tilt),
            azimuth: random.between(0.0, std::f32::consts::TAU),
            roll: turn(conditions.roll) * if attempt < 40 { 1.0 } else { spread },
        };
        let at = (
            width * (0.5 + 0.3 * spread * random.between(-1.0, 1.0)),
            height * (0.5 + 0.25 * spread * random.between(-1.0, 1.0)),
        );
        let camera = Camera::new(size, pose, (0.0, 0.0), at, conditions.bend);
        if camera.sees(half, size) {
            return camera;
        }
    }
    let pose = Pose { tilt: 0.0, azimuth: 0.0, roll: 0.0 };
    Camera::new(size, pose, (0.0, 0.0), (width / 2.0, height / 2.0), conditions.bend)
}

/// Draws what the camera can see of the surface.
fn surface(
    random: &Random,
    scenario: Scenario,
    conditions: &Conditions,
    subject: Option<&Subject>,
    camera: &Camera,
    size: (usize, usize),
) -> Canvas {
    let (width, height) = (size.0 as f32, size.1 as f32);
    // Far away, where a tilted surface goes on for ever, its edge is repeated.
    let most = 1.1 * width;
    let seen =
        [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].map(|corner| camera.surface(corner));
    let least = |pick: fn(&Point) -> f32| seen.iter().map(pick).fold(f32::MAX, f32::min).max(-most).floor();
    let greatest = |pick: fn(&Point) -> f32| seen.iter().map(pick).fold(f32::MIN, f32::max).min(most).ceil();
    let (left, top) = (least(|point| point.0), least(|point| point.1));
    let (columns, rows) = (greatest(|point| point.0) - left, greatest(|point| point.1) - top);
    let plane = Plane::new(columns.max(16.0) as usize, rows.max(16.0) as usize, 0.5);
    let mut canvas = Canvas { plane, origin: (-left, -top) };
    let random = &mut random.part("surface");
    match subject {
        Some(subject) => page::draw(&mut canvas, random, conditions, &subject.tile),
        None => clutter::draw(&mut canvas.plane, random, scenario),
    }
    canvas
}

/// What falls on each pixel's area: 16 points where the code is, one blurred point elsewhere.
fn view(canvas: &Canvas, tile: Option<&Tile>, camera: &Camera, size: (usize, usize)) -> Plane {
    let mut scene = Plane::new(size.0, size.1, 0.0);
    let reach = tile.map_or(0.0, |tile| tile.half_with_quiet() + 2.0);
    let around = |(x, y): Point| canvas.plane.sample(x + canvas.origin.0, y + canvas.origin.1);
    for (row, pixels) in scene.light.chunks_mut(size.0).enumerate() {
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let centre = (column as f32 + 0.5, row as f32 + 0.5);
            let here = camera.surface(centre);
            let Some(tile) = tile.filter(|_| here.0.abs() < reach && here.1.abs() < reach) else {
                *pixel = around(here);
                continue;
            };
            // Within a pixel the map is as good as straight.
            let right = camera.surface((centre.0 + 0.25, centre.1));
            let down = camera.surface((centre.0, centre.1 + 0.25));
            let mut sum = 0.0;
            for i in [-1.5, -0.5, 0.5, 1.5] {
                for j in [-1.5, -0.5, 0.5, 1.5] {
                    let x = here.0 + (right.0 - here.0) * i + (down.0 - here.0) * j;
                    let y = here.1 + (right.1 - here.1) * i + (down.1 - here.1) * j;
                    sum += tile.at((x, y)).unwrap_or_else(|| around((x, y)));
                }
            }
            *pixel = sum / 16.0;
        }
    }
    scene
}

fn light(random: &mut Random, conditions: &Conditions, middle: Point, side: f32) -> Light {
    let direction = direction(random);
    let shadow = conditions.shadow.map(|(depth, border)| Shadow {
        at: (middle.0 + side * random.between(-0.35, 0.35), middle.1 + side * random.between(-0.35, 0.35)),
        direction: self::direction(random),
        depth,
        penumbra: border * side,
    });
    let glare = conditions.mirror.map(|mirror| {
        let towards = self::direction(random);
        Glare {
            at: (middle.0 + side * mirror.offset * towards.0, middle.1 + side * mirror.offset * towards.1),
            half: (mirror.half.0 * side, mirror.half.1 * side),
            direction: self::direction(random),
            strength: mirror.strength,
            is_window: mirror.is_window,
        }
    });
    Light {
        slope: conditions.slope,
        direction,
        vignette: random.between(0.05, 0.25),
        veil: random.between(0.01, 0.05),
        shadow,
        glare,
        bands: (conditions.bands, random.between(2.0, 9.0)),
    }
}

fn direction(random: &mut Random) -> (f32, f32) {
    let angle = random.between(0.0, std::f32::consts::TAU);
    (libm::cosf(angle), libm::sinf(angle))
}

fn blur(random: &mut Random, conditions: &Conditions, scene: &Plane, module: f32) -> Plane {
    let (dx, dy) = direction(random);
    let length = conditions.shake * module;
    let scene = optics::defocus(scene, conditions.defocus * module);
    let scene = optics::shake(&scene, (dx * length, dy * length));
    optics::soften(&scene, conditions.softness)
}

/// The gaps between a display's pixels, after the lens: what is left of them beats against the sensor's pixels.
///
/// A preview skips lines and colours, so a pixel's aperture is smaller than its pitch and the beat survives.
fn meet_grid(mut scene: Plane, conditions: &Conditions, camera: &Camera) -> Plane {
    let Some((strength, pitch)) = conditions.grid else { return scene };
    let turns = std::f32::consts::TAU / pitch;
    for (row, pixels) in scene.light.chunks_mut(scene.width).enumerate() {
        for (column, pixel) in pixels.iter_mut().enumerate() {
            let (x, y) = camera.surface((column as f32 + 0.5, row as f32 + 0.5));
            let wave = libm::cosf(x * turns) + libm::cosf(y * turns);
            *pixel *= 1.0 + strength * 0.5 * wave;
        }
    }
    scene
}

fn sensor(random: &mut Random, conditions: &Conditions) -> Sensor {
    Sensor {
        key: random.between(0.22, 0.42),
        photons: conditions.photons,
        read_noise: conditions.read_noise,
        smoothing: conditions.smoothing,
        contrast: random.between(0.1, 0.5),
        sharpening: conditions.sharpening,
        quality: conditions.quality,
    }
}
