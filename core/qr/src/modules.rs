//! The sampled symbol: one signed number a module, and the order in which modules carry codewords.
//!
//! Positive is dark, negative is light, and the distance from zero says how sure the sampling is. Everything after
//! this point works on these margins, so that doubt is never thrown away before error correction can use it.

use crate::version::Version;

/// The margins of a symbol's modules, row by row: above zero dark, below zero light, 1 in clear light.
#[derive(Debug, Clone)]
pub(crate) struct Modules {
    version: Version,
    margins: Vec<f32>,
}

/// What a place in a symbol is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Carries codewords.
    Data,
    /// Always dark: part of a finder, timing or alignment pattern.
    Dark,
    /// Always light: the same.
    Light,
    /// Carries format or version information.
    Information,
}

impl Modules {
    pub(crate) fn new(version: Version, margins: Vec<f32>) -> Self {
        debug_assert_eq!(margins.len(), version.size() * version.size());
        Self { version, margins }
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn margin(&self, column: usize, row: usize) -> f32 {
        self.margins[row * self.version.size() + column]
    }

    pub(crate) fn margins(&self) -> &[f32] {
        &self.margins
    }

    #[cfg(test)]
    pub(crate) fn margins_mut(&mut self) -> &mut [f32] {
        &mut self.margins
    }

    /// The symbol seen in a mirror along its diagonal: columns become rows.
    pub(crate) fn mirrored(&self) -> Self {
        let size = self.version.size();
        let margins = (0..size * size).map(|i| self.margin(i / size, i % size)).collect();
        Self { version: self.version, margins }
    }
}

/// The roles of all modules of a version, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    version: Version,
    roles: Vec<Role>,
}

impl Layout {
    pub(crate) fn new(version: Version) -> Self {
        let size = version.size();
        let mut layout = Self { version, roles: vec![Role::Data; size * size] };
        for i in 0..size {
            let role = if i % 2 == 0 { Role::Dark } else { Role::Light };
            layout.set(i, 6, role);
            layout.set(6, i, role);
        }
        layout.lay_finders();
        layout.lay_alignments();
        layout.lay_information();
        layout
    }

    pub(crate) fn role(&self, column: usize, row: usize) -> Role {
        self.roles[row * self.version.size() + column]
    }

    pub(crate) fn roles(&self) -> &[Role] {
        &self.roles
    }

    fn set(&mut self, column: usize, row: usize, role: Role) {
        let size = self.version.size();
        self.roles[row * size + column] = role;
    }

    /// Finder patterns with their separators: dark rings at distance 3, dark centres, light between and around.
    fn lay_finders(&mut self) {
        let far = self.version.size() - 7;
        for (left, top) in [(0, 0), (far, 0), (0, far)] {
            for row in top.saturating_sub(1)..(top + 8).min(far + 7) {
                for column in left.saturating_sub(1)..(left + 8).min(far + 7) {
                    let distance = (column.abs_diff(left + 3)).max(row.abs_diff(top + 3));
                    let role = if matches!(distance, 2 | 4) { Role::Light } else { Role::Dark };
                    self.set(column, row, role);
                }
            }
        }
    }

    fn lay_alignments(&mut self) {
        for (column, row) in alignment_centres(self.version) {
            for y in row - 2..=row + 2 {
                for x in column - 2..=column + 2 {
                    let distance = x.abs_diff(column).max(y.abs_diff(row));
                    self.set(x, y, if distance == 1 { Role::Light } else { Role::Dark });
                }
            }
        }
    }

    fn lay_information(&mut self) {
        let size = self.version.size();
        for i in 0..9 {
            if i != 6 {
                self.set(i, 8, Role::Information);
                self.set(8, i, Role::Information);
            }
        }
        for i in size - 8..size {
            self.set(i, 8, Role::Information);
            self.set(8, i, Role::Information);
        }
        self.set(8, size - 8, Role::Dark);
        if self.version.number() >= 7 {
            for i in 0..18 {
                self.set(size - 11 + i % 3, i / 3, Role::Information);
                self.set(i / 3, size - 11 + i % 3, Role::Information);
            }
        }
    }

    /// Data modules in the order of codeword bits: two columns at a time from the right, up and down in turn
    /// (ISO/IEC 18004, 7.7.3). Pairs of column and row.
    pub(crate) fn data_places(&self) -> impl Iterator<Item = (usize, usize)> {
        let size = self.version.size();
        let pairs = (0..size / 2).map(move |pair| {
            let right = size - 1 - 2 * pair;
            // The vertical timing pattern takes a column of its own.
            if right <= 6 { right - 1 } else { right }
        });
        pairs
            .enumerate()
            .flat_map(move |(pair, right)| {
                (0..size).flat_map(move |step| {
                    let row = if pair % 2 == 0 { size - 1 - step } else { step };
                    [(right, row), (right - 1, row)]
                })
            })
            .filter(|&(column, row)| self.role(column, row) == Role::Data)
    }
}

/// Centres of the alignment patterns of a version: pairs of column and row.
pub(crate) fn alignment_centres(version: Version) -> impl Iterator<Item = (usize, usize)> {
    let last = version.size() - 7;
    version
        .alignment_centres()
        .flat_map(move |row| version.alignment_centres().map(move |column| (column, row)))
        .filter(move |place| !matches!(*place, (6, 6)) && *place != (6, last) && *place != (last, 6))
}

/// Whether mask pattern `mask` inverts a data module (ISO/IEC 18004, table 10).
pub(crate) fn is_masked(mask: u8, column: usize, row: usize) -> bool {
    let (x, y) = (column, row);
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}
