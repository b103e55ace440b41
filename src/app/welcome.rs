//! The panel of the first start, over the empty list of the local instance that opens where nothing is configured.

use super::cursor::Cursor;

/// A way to go on from the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Connect to a Kestra.
    Connect,
    /// Make a rehearsal and work on it.
    Practise,
    /// Go on here.
    Stay,
}

impl Way {
    /// All, in the order of the panel.
    pub const ALL: [Self; 3] = [Self::Connect, Self::Practise, Self::Stay];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Connect => "Connect to a Kestra",
            Self::Practise => "Practise on a rehearsal with sample data",
            Self::Stay => "Go on with this empty local instance",
        }
    }

    /// The same in few columns.
    pub fn short_title(self) -> &'static str {
        match self {
            Self::Connect => "Connect to a Kestra",
            Self::Practise => "Practise on a rehearsal",
            Self::Stay => "Go on here",
        }
    }

    /// What it does, in a sentence or two.
    pub fn doc(self) -> &'static str {
        match self {
            Self::Connect => {
                "Asks where it is and where the credentials come from, tries it, and keeps it as a context."
            }
            Self::Practise => {
                "Makes a Kestra of sample data on this machine, starts it, and opens it. It reaches nothing else."
            }
            Self::Stay => "This is not shown again; contexts and the palette offer the others at any time.",
        }
    }
}

/// The panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Welcome {
    /// The selection.
    pub cursor: Cursor,
}

impl Welcome {
    /// The way that is selected.
    pub fn selected(self) -> Way {
        Way::ALL.get(self.cursor.at()).copied().unwrap_or(Way::Connect)
    }
}
