//! A code is the same code in whatever way its plane lies in memory, and bytes that are no plane are refused.

use countersign_core::scan::{Crop, FrameError, Geometry, Rotation};
use proptest::prelude::*;

use super::canvas::{Canvas, Noise, code};
use super::*;

const ROTATIONS: [Rotation; 4] =
    [Rotation::None, Rotation::Clockwise90, Rotation::Half, Rotation::Clockwise270];

/// How a picture lies in a larger plane.
#[derive(Debug, Clone)]
struct Layout {
    /// Pixels around the picture on each side: left, top, right, bottom.
    around: [u32; 4],
    pixel_stride: u32,
    row_padding: u32,
    rotation: Rotation,
    seed: u32,
}

fn layouts() -> impl Strategy<Value = Layout> {
    (proptest::array::uniform4(0u32..40), 1u32..5, 0u32..50, 0usize..4, any::<u32>()).prop_map(
        |(around, pixel_stride, row_padding, rotation, seed)| Layout {
            around,
            pixel_stride,
            row_padding,
            rotation: ROTATIONS[rotation],
            seed,
        },
    )
}

impl Layout {
    /// The picture as a crop of a plane whose every other byte is noise, and which ends at its last pixel.
    fn lay(&self, picture: &Canvas) -> (Vec<u8>, Geometry) {
        let [left, top, right, bottom] = self.around;
        let (width, height) = (left + picture.width + right, top + picture.height + bottom);
        let row_stride = (width - 1) * self.pixel_stride + 1 + self.row_padding;
        let mut noise = Noise(self.seed);
        let length = (height - 1) * row_stride + (width - 1) * self.pixel_stride + 1;
        let mut bytes: Vec<u8> = (0..length).map(|_| noise.byte()).collect();
        for (index, pixel) in (0u32..).zip(&picture.pixels) {
            let (x, y) = (left + index % picture.width, top + index / picture.width);
            bytes[(y * row_stride + x * self.pixel_stride) as usize] = *pixel;
        }
        let crop = Some(Crop { left, top, width: picture.width, height: picture.height });
        let Self { pixel_stride, rotation, .. } = *self;
        (bytes, Geometry { width, height, row_stride, pixel_stride, rotation, crop })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_code_is_read_in_any_layout_and_its_corners_are_in_the_plane(
        text in "[a-z0-9:/?=&]{1,80}",
        module in 2u32..6,
        layout in layouts(),
    ) {
        let code = code(&text);
        let picture = Canvas::of(&code, module, 4);
        let (bytes, geometry) = layout.lay(&picture);
        let symbols = read(&Frame::new(&bytes, geometry).unwrap());
        let symbols = symbols.map_err(|hint| TestCaseError::fail(format!("{hint:?}")))?;
        prop_assert_eq!(symbols.len(), 1);
        prop_assert_eq!(symbols[0].text(), Some(text.as_str()));
        prop_assert_eq!(symbols[0].version(), code.version().value());
        let [left, top, ..] = layout.around.map(|pixels| pixels + 4 * module);
        let side = canvas::side(&code) * module;
        let expected = [(left, top), (left + side, top), (left + side, top + side), (left, top + side)];
        for (corner, (x, y)) in symbols[0].corners().iter().zip(expected) {
            let off = (f64::from(corner.x) - f64::from(x)).hypot(f64::from(corner.y) - f64::from(y));
            prop_assert!(off < f64::from(module), "{corner:?} is {off} pixels from ({x}, {y})");
        }
    }

    #[test]
    fn a_code_outside_the_crop_is_not_seen(layout in layouts()) {
        let picture = Canvas::of(&code("outside"), 3, 4);
        let (bytes, geometry) = layout.lay(&picture);
        let crop = Crop { width: picture.width / 2, ..geometry.crop.unwrap() };
        let frame = Frame::new(&bytes, Geometry { crop: Some(crop), ..geometry }).unwrap();
        prop_assert!(read(&frame).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Small numbers, so that both answers are common, and the largest, so that nothing overflows.
    #[test]
    fn a_frame_is_made_exactly_where_every_pixel_has_a_byte_of_its_own(
        length in 0usize..400,
        numbers in proptest::array::uniform4(prop_oneof![9 => 0u32..24, 1 => Just(u32::MAX)]),
        crop in proptest::option::of(
            proptest::array::uniform4(prop_oneof![9 => 0u32..12, 1 => Just(u32::MAX)])),
    ) {
        let [width, height, row_stride, pixel_stride] = numbers;
        let crop = crop.map(|[left, top, width, height]| Crop { left, top, width, height });
        let bytes = vec![0; length];
        let geometry = Geometry { width, height, row_stride, pixel_stride, rotation: Rotation::None, crop };
        let frame = Frame::new(&bytes, geometry);

        let [w, h, row, pixel] = numbers.map(u128::from);
        let plane = w > 0 && h > 0 && pixel > 0 && (w - 1) * pixel < row
            && (h - 1) * row + (w - 1) * pixel < length as u128;
        let inside = crop.is_none_or(|crop| {
            let [left, top, columns, rows] = [crop.left, crop.top, crop.width, crop.height].map(u128::from);
            columns > 0 && rows > 0 && left + columns <= w && top + rows <= h
        });
        match frame {
            Ok(frame) => {
                prop_assert!(plane && inside);
                prop_assert!(read(&frame).is_err());
            }
            Err(FrameError::CropOutside) => prop_assert!(!inside),
            Err(_) => prop_assert!(!plane),
        }
    }
}
