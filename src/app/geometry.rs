//! How much of a screen each part gets, decided once for both the model, which scrolls, and the view, which draws.

/// The size of the terminal, in columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Size {
    /// A size of so many columns and rows.
    pub const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// Too small for anything but a line that says so.
    pub fn is_too_small(self) -> bool {
        self.width < 40 || self.height < 12
    }

    /// Header and breadcrumbs share one line, and lists show only what matters most.
    pub fn is_compact(self) -> bool {
        self.width < 60 || self.height < 16
    }

    /// A list and the details of its selected row fit side by side.
    pub fn is_wide(self) -> bool {
        self.width >= 120 && self.height >= 30
    }

    /// What a page has of a wide screen where something stands beside it.
    #[must_use]
    pub fn left(self) -> Self {
        Self {
            width: self.width * 3 / 5,
            ..self
        }
    }

    /// What stands beside it has.
    #[must_use]
    pub fn right(self) -> Self {
        Self {
            width: self.width - self.left().width,
            ..self
        }
    }

    /// Lines above the body: header and breadcrumbs.
    pub fn head(self) -> u16 {
        if self.is_compact() { 1 } else { 2 }
    }

    /// Lines below the body: one for a notice, one for keys.
    pub const FOOT: u16 = 2;

    /// Lines of the body, borders included.
    pub fn body_height(self) -> u16 {
        self.height.saturating_sub(self.head() + Self::FOOT)
    }

    /// Rows of a list that fills the body, inside its borders and below its column titles.
    pub fn list_rows(self) -> usize {
        usize::from(self.body_height().saturating_sub(3)).max(1)
    }

    /// Rows of a list below a line of tabs.
    pub fn tab_rows(self) -> usize {
        self.list_rows().saturating_sub(1).max(1)
    }

    /// Columns of the overview of a tenant, and how many of them its labels take at most.
    pub fn overview_columns(self) -> (usize, usize) {
        let inside = usize::from(self.width.saturating_sub(2));
        let margins = if inside > 50 { 4 } else { 2 };
        let columns = inside.saturating_sub(margins);
        (columns, if columns < 50 { 14 } else { 26 })
    }

    /// Lines of plain text inside the borders of the body.
    pub fn text_lines(self) -> usize {
        usize::from(self.body_height().saturating_sub(2)).max(1)
    }

    /// Columns of plain text inside the borders of the body, with room for a mark on either side.
    pub fn text_columns(self) -> usize {
        usize::from(self.width.saturating_sub(4)).max(1)
    }

    /// Columns and rows of a page inside the borders of the body and its margin.
    pub fn page(self) -> (usize, usize) {
        let inside = usize::from(self.width.saturating_sub(2));
        let columns = inside.saturating_sub(if inside > 50 { 4 } else { 2 });
        let rows = self.text_lines();
        (columns.max(8), rows.saturating_sub(usize::from(rows > 10)).max(1))
    }

    /// Rows of the list of steps of a run of so many; the rest of the page says how it stands and what is written.
    pub fn step_rows(self, steps: usize) -> usize {
        let rows = self.text_lines();
        // Where there is little room, the steps give way to what has to be done.
        let most = if rows < 12 { rows / 3 } else { rows.saturating_sub(6) };
        steps.min(most).max(1)
    }
}
