//! A service's page that turns on its second step, as a display shows it: the light it sends out, by colour.
//!
//! A dark page, so that the room around the display stays as it was lit when the photo was taken.

use crate::camera::Point;
use crate::draw::{self, Area};
use crate::plane::Plane;
use crate::symbol::Symbol;
use crate::tile::Tile;

/// Light of one kind of thing on the page: red, green, blue.
type Colour = [f32; 3];

const TEXT: Colour = [0.34, 0.33, 0.30];
const QUIET_TEXT: Colour = [0.13, 0.13, 0.12];
const BUTTON: Colour = [0.02, 0.14, 0.17];
const CARD: Colour = [0.60, 0.60, 0.56];

/// The page and the code on it.
pub(crate) struct SignIn {
    code: Tile,
    centre: Point,
    /// One plane a colour.
    planes: [Plane; 3],
}

impl SignIn {
    /// Pixels of the page.
    pub(crate) const SIZE: (usize, usize) = (1600, 860);

    /// Lays the page out around the code.
    pub(crate) fn new(symbol: Symbol) -> Self {
        let card = Area::new(60.0, 178.0, 640.0, 640.0);
        let module = (card.width - 24.0) / (symbol.side as f32 + 8.0);
        Self {
            code: Tile { symbol, module, quiet: 4.0, dark: 0.0, light: 1.0, logo: 0.0 },
            centre: (card.left + card.width / 2.0, card.top + card.height / 2.0),
            planes: [0, 1, 2].map(|channel| draw(card, channel)),
        }
    }

    /// The light of one colour (0 red, 1 green, 2 blue) at a place on the page.
    pub(crate) fn at(&self, (x, y): Point, channel: usize) -> f32 {
        match self.code.at((x - self.centre.0, y - self.centre.1)) {
            Some(light) => light * CARD[channel],
            None => self.planes[channel].sample(x, y),
        }
    }
}

fn draw(card: Area, channel: usize) -> Plane {
    let plane = &mut Plane::new(SignIn::SIZE.0, SignIn::SIZE.1, 0.0);
    let mut write = |text, left, base, size, colour: Colour| {
        draw::text(plane, text, (left, base), size, colour[channel]);
    };
    write("Example Corp - Security", 66.0, 32.0, 15.0, TEXT);
    write("accounts.example.com/security/two-step", 130.0, 84.0, 15.0, QUIET_TEXT);
    write("Mail    Calendar    Wiki    Payroll    Tickets", 40.0, 132.0, 14.0, QUIET_TEXT);

    let left = 790.0;
    write("Set up your second step", left, 262.0, 36.0, TEXT);
    write("Signed in as ana@example.com", left, 326.0, 20.0, QUIET_TEXT);
    write("1. Open your authenticator app.", left, 420.0, 22.0, TEXT);
    write("2. Scan the picture with its camera.", left, 474.0, 22.0, TEXT);
    write("3. Type the six digits that it shows.", left, 528.0, 22.0, TEXT);

    let field = Area::new(left, 590.0, 330.0, 76.0);
    draw::rectangle(plane, field, 10.0, QUIET_TEXT[channel]);
    draw::rectangle(plane, field.inset(3.0), 8.0, 0.0);
    let button = Area::new(left + 360.0, 590.0, 240.0, 76.0);
    draw::rectangle(plane, button, 10.0, BUTTON[channel]);
    draw::text(plane, "Continue", (button.left + 52.0, 640.0), 22.0, TEXT[channel]);
    draw::text(plane, "I cannot scan it", (left, 748.0), 20.0, BUTTON[channel] * 1.6);
    draw::rectangle(plane, card, 14.0, CARD[channel]);
    plane.clone()
}
