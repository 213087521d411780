//! The situations in which people point a phone at a code, or at none.

/// One situation. The names are the categories of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// Nothing in the way.
    Easy,
    /// Seen from the side, 30° to 50°.
    Tilt,
    /// A little out of focus.
    DefocusMild,
    /// Far out of focus.
    DefocusStrong,
    /// A hand that moves.
    Motion,
    /// Few photons.
    LowLight,
    /// Grey on grey.
    LowContrast,
    /// A lamp or window mirrored in the surface.
    Glare,
    /// The border of a shadow across the code.
    Shadow,
    /// Light on a dark page, with a quiet zone.
    InvertedQuiet,
    /// Light on a dark page, with something else right at its edge.
    InvertedBare,
    /// Dark on a light tile of one module's margin, on a dark page.
    DarkOneModule,
    /// A picture in the middle, error correction M.
    LogoM,
    /// A larger picture in the middle, error correction H.
    LogoH,
    /// A display's pixels against the camera's.
    Moire,
    /// 3.5 pixels a module in a frame of 1080 rows.
    Small35,
    /// 2.4 pixels a module in a frame of 1080 rows.
    Small24,
    /// A long link in a dense code.
    Dense,
    /// An export of eight accounts.
    Migration,
    /// Several of the above at once, each mild.
    HardMild,
    /// Several of the above at once.
    HardStrong,
    /// No code: a page of text.
    NoneText,
    /// No code: a keyboard.
    NoneKeyboard,
    /// No code: leaves.
    NoneFoliage,
    /// No code: checkerboards.
    NoneCheckerboard,
    /// No code: squares of modules like those of a Data Matrix.
    NoneDataMatrix,
}

impl Scenario {
    /// Every situation, those with a code first.
    pub const ALL: [Self; 26] = [
        Self::Easy,
        Self::Tilt,
        Self::DefocusMild,
        Self::DefocusStrong,
        Self::Motion,
        Self::LowLight,
        Self::LowContrast,
        Self::Glare,
        Self::Shadow,
        Self::InvertedQuiet,
        Self::InvertedBare,
        Self::DarkOneModule,
        Self::LogoM,
        Self::LogoH,
        Self::Moire,
        Self::Small35,
        Self::Small24,
        Self::Dense,
        Self::Migration,
        Self::HardMild,
        Self::HardStrong,
        Self::NoneText,
        Self::NoneKeyboard,
        Self::NoneFoliage,
        Self::NoneCheckerboard,
        Self::NoneDataMatrix,
    ];

    /// Lower case, words joined by `-`: for file names and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Tilt => "tilt",
            Self::DefocusMild => "defocus-mild",
            Self::DefocusStrong => "defocus-strong",
            Self::Motion => "motion",
            Self::LowLight => "low-light",
            Self::LowContrast => "low-contrast",
            Self::Glare => "glare",
            Self::Shadow => "shadow",
            Self::InvertedQuiet => "inverted-quiet",
            Self::InvertedBare => "inverted-bare",
            Self::DarkOneModule => "dark-one-module",
            Self::LogoM => "logo-m",
            Self::LogoH => "logo-h",
            Self::Moire => "moire",
            Self::Small35 => "small-3.5",
            Self::Small24 => "small-2.4",
            Self::Dense => "dense",
            Self::Migration => "migration",
            Self::HardMild => "hard-mild",
            Self::HardStrong => "hard-strong",
            Self::NoneText => "none-text",
            Self::NoneKeyboard => "none-keyboard",
            Self::NoneFoliage => "none-foliage",
            Self::NoneCheckerboard => "none-checkerboard",
            Self::NoneDataMatrix => "none-data-matrix",
        }
    }

    /// Whether there is a code in the frame.
    pub fn has_code(self) -> bool {
        !matches!(
            self,
            Self::NoneText
                | Self::NoneKeyboard
                | Self::NoneFoliage
                | Self::NoneCheckerboard
                | Self::NoneDataMatrix
        )
    }
}
