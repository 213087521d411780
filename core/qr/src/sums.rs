//! Sums over squares of a symbol's modules, at the price of four additions each whatever their size.

/// Running sums of weighted values and of weights over the raster of a symbol.
#[derive(Debug)]
pub(crate) struct Sums {
    size: usize,
    sums: Vec<[f32; 2]>,
}

impl Sums {
    /// Sums of `value · weight` and `weight` over a raster of `size` × `size`.
    pub(crate) fn new(size: usize, pairs: impl IntoIterator<Item = (f32, f32)>) -> Self {
        let line = size + 1;
        let mut sums = vec![[0.0; 2]; line * line];
        let mut running = [0.0; 2];
        for (index, (value, weight)) in pairs.into_iter().take(size * size).enumerate() {
            let (row, column) = (index / size, index % size);
            if column == 0 {
                running = [0.0; 2];
            }
            running = [running[0] + value * weight, running[1] + weight];
            let above = sums[row * line + column + 1];
            sums[(row + 1) * line + column + 1] = [above[0] + running[0], above[1] + running[1]];
        }
        Self { size, sums }
    }

    /// Weighted sum and weight of the modules at most `radius` away from one, diagonals included.
    pub(crate) fn around(&self, index: usize, radius: usize) -> (f32, f32) {
        let (row, column) = (index / self.size, index % self.size);
        let (top, bottom) = (row.saturating_sub(radius), (row + radius + 1).min(self.size));
        let (left, right) = (column.saturating_sub(radius), (column + radius + 1).min(self.size));
        let at = |row: usize, column: usize| self.sums[row * (self.size + 1) + column];
        let [a, b, c, d] = [at(top, left), at(top, right), at(bottom, left), at(bottom, right)];
        (d[0] - b[0] - c[0] + a[0], d[1] - b[1] - c[1] + a[1])
    }
}
