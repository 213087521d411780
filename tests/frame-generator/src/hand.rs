//! What changes from one frame of a stream to the next: the hand, the lens, the shake.
//!
//! A hand drifts by a few pixels and a degree or so; the lens hunts around the focus that it has; a shake is as long
//! as before in the mean. Nothing of it makes a frame easier than the first one: it is another one of its kind.

use crate::camera::{Camera, Pose};
use crate::conditions::Conditions;
use crate::random::Random;

/// Shares of the frame's height by which the code moves, and radians by which the camera turns, at most.
const DRIFT: f32 = 0.02;
const TURN: f32 = 0.03;

/// The camera a moment later; where it was, if the code would leave the frame.
pub(crate) fn moved(camera: &Camera, random: &mut Random, half: f32, size: (usize, usize)) -> Camera {
    let reach = DRIFT * size.1 as f32;
    let aim = (camera.aim.0 + random.between(-reach, reach), camera.aim.1 + random.between(-reach, reach));
    let pose = Pose {
        tilt: camera.pose.tilt + random.between(-TURN, TURN),
        azimuth: camera.pose.azimuth,
        roll: camera.pose.roll + random.between(-TURN, TURN),
    };
    let moved = Camera::new(size, pose, (0.0, 0.0), aim, camera.bend);
    if moved.sees(half, size) { moved } else { camera.clone() }
}

/// The lens and the shake a moment later.
pub(crate) fn hunt(conditions: &mut Conditions, random: &mut Random) {
    conditions.defocus *= random.between(0.85, 1.15);
    conditions.shake *= random.between(0.5, 1.5);
}
