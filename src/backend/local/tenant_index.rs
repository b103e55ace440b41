//! The searchable text of all tenants, kept in memory so that a filter answers between two keystrokes.
//!
//! SQLite looks through 100,000 tenants in 15 to 30 ms; this takes a few. It is read when somebody filters, and again
//! when the database has changed since. An instance with more tenants than [`TenantIndex::MOST`] is searched by SQLite
//! alone, to keep memory small. Both give the same rows; a test compares them.

use rusqlite::Connection;

use crate::domain::columns::WORKER_GROUP;
use crate::domain::letters;
use crate::domain::query::{Operator, Query, Term};
pub(super) use crate::domain::tenant::{ACTIVE, GLOBAL, NO_ADMIN};

use super::failure::Failure;
use super::search::word_holds;

/// When the text was read: it is good as long as this is the same.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    others: i64,
    own: u64,
}

/// Parts id and name, so that a word that does not hold it is looked for in both at once.
const BREAK: char = '\n';

/// Where the text of one tenant begins: id, [`BREAK`], name, storage and secrets, one after the other.
struct Entry {
    id: u32,
    name: u32,
    storage: u32,
    secrets: u32,
    end: u32,
    admins: u32,
}

/// The text of all tenants in lower case, by id.
pub(super) struct TenantIndex {
    stamp: Stamp,
    text: String,
    entries: Vec<Entry>,
}

/// A tenant in the index.
#[derive(Clone, Copy)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    id_and_name: &'a str,
    storage: &'a str,
    secrets: &'a str,
    admins: u32,
}

impl TenantIndex {
    /// The most tenants that are kept in memory, at some 60 bytes each.
    pub(super) const MOST: u64 = 250_000;

    /// Whether a query is about a column that is not in it.
    pub(super) fn lacks(query: &Query) -> bool {
        let terms = query.filter.terms.iter();
        let named = terms.filter_map(|term| term.column.as_deref());
        let ordered = query.sort.iter().map(|sort| sort.column.as_str());
        let words = query.filter.words_in.iter().copied();
        named.chain(ordered).chain(words).any(|column| column == WORKER_GROUP)
    }

    /// The index of the database as it is now: `held` if that still is it.
    pub(super) fn current(db: &Connection, held: Option<Self>) -> Result<Self, Failure> {
        let stamp = Stamp {
            others: db.pragma_query_value(None, "data_version", |row| row.get(0))?,
            own: db.total_changes(),
        };
        match held {
            Some(held) if held.stamp == stamp => Ok(held),
            _ => Self::read(db, stamp),
        }
    }

    fn read(db: &Connection, stamp: Stamp) -> Result<Self, Failure> {
        let mut index = Self {
            stamp,
            text: String::new(),
            entries: Vec::new(),
        };
        let mut statement =
            db.prepare_cached("SELECT id, name_key, storage, secrets, admins FROM tenants ORDER BY id")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let mut starts = [0; 5];
            for (column, start) in starts.iter_mut().enumerate() {
                *start = u32::try_from(index.text.len()).unwrap_or(u32::MAX);
                if column < 4 {
                    let text = row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?;
                    index.text.push_str(text.unwrap_or_default());
                }
                if column == 0 {
                    index.text.push(BREAK);
                }
            }
            let [id, name, storage, secrets, end] = starts;
            index.entries.push(Entry {
                id,
                name,
                storage,
                secrets,
                end,
                admins: row.get(4)?,
            });
        }
        Ok(index)
    }

    /// Ids of the tenants on the page that `query` asks for, and how many pass its filter in all.
    pub(super) fn page(&self, query: &Query) -> (Vec<&str>, u64) {
        let terms: Vec<Prepared<'_>> = {
            let words_in = &query.filter.words_in;
            let terms = query.filter.terms.iter();
            terms.map(|term| Prepared::new(term, words_in)).collect()
        };
        let mut found: Vec<Row<'_>> = self
            .entries
            .iter()
            .map(|entry| self.row(entry))
            .filter(|row| terms.iter().all(|term| term.matches(row)))
            .collect();
        let total = found.len() as u64;
        let start = usize::try_from(query.offset()).unwrap_or(usize::MAX).min(found.len());
        let end = start.saturating_add(query.size as usize).min(found.len());
        if start == end {
            return (Vec::new(), total);
        }
        if let Some(sort) = &query.sort {
            let column = sort.column.as_str();
            let order = |a: &Row<'_>, b: &Row<'_>| {
                let order = a.order(b, column).then_with(|| a.id.cmp(b.id));
                if sort.descending { order.reverse() } else { order }
            };
            // Only the rows up to the end of the page are put in order.
            if end < found.len() {
                found.select_nth_unstable_by(end, order);
                found.truncate(end);
            }
            found.sort_unstable_by(order);
        }
        (found.iter().take(end).skip(start).map(|row| row.id).collect(), total)
    }

    fn row(&self, entry: &Entry) -> Row<'_> {
        let part = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
        Row {
            id: part(entry.id, entry.name.saturating_sub(1)),
            id_and_name: part(entry.id, entry.storage),
            name: part(entry.name, entry.storage),
            storage: part(entry.storage, entry.secrets),
            secrets: part(entry.secrets, entry.end),
            admins: entry.admins,
        }
    }
}

impl Row<'_> {
    fn state(&self) -> &'static str {
        if self.admins == 0 { NO_ADMIN } else { ACTIVE }
    }

    fn order(&self, other: &Self, column: &str) -> std::cmp::Ordering {
        match column {
            "name" => letters::compared(self.name, other.name),
            "admins" => self.admins.cmp(&other.admins),
            "storage" => letters::compared(or_global(self.storage), or_global(other.storage)),
            "secrets" => letters::compared(or_global(self.secrets), or_global(other.secrets)),
            "state" => self.state().cmp(other.state()),
            // By id, which parts equal rows.
            _ => std::cmp::Ordering::Equal,
        }
    }
}

fn or_global(text: &str) -> &str {
    if text.is_empty() { GLOBAL } else { text }
}

/// A term, with what it says of the words most tenants share, so that those are looked at once and not for each.
struct Prepared<'a> {
    term: &'a Term,
    global: bool,
    active: bool,
    no_admin: bool,
    numbers: bool,
    breaks: bool,
    /// Whether a plain word looks at the id, the name, and so on as matched below.
    words_in: [bool; 6],
}

impl<'a> Prepared<'a> {
    fn new(term: &'a Term, words_in: &[&str]) -> Self {
        let holds = |word| term.values.iter().any(|value| word_holds(word, term.operator, value));
        let is_number = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            term,
            global: holds(GLOBAL),
            active: holds(ACTIVE),
            no_admin: holds(NO_ADMIN),
            breaks: term.values.iter().any(|value| value.contains(BREAK)),
            words_in: ["id", "name", "state", "storage", "secrets", "admins"]
                .map(|column| words_in.is_empty() || words_in.contains(&column)),
            numbers: term.operator != Operator::Contains || term.values.iter().any(is_number),
        }
    }

    fn matches(&self, row: &Row<'_>) -> bool {
        let found = match self.term.column.as_deref() {
            None => {
                let [id, name, state, storage, secrets, admins] = self.words_in;
                (match (id, name) {
                    (true, true) => self.id_or_name(row),
                    (true, false) => self.text(row.id),
                    (false, true) => self.text(row.name),
                    (false, false) => false,
                }) || (state && self.state(row))
                    || (storage && self.own(row.storage))
                    || (secrets && self.own(row.secrets))
                    || (admins && self.admins(row))
            }
            Some("id") => self.text(row.id),
            Some("name") => self.text(row.name),
            Some("admins") => self.admins(row),
            Some("storage") => self.own(row.storage),
            Some("secrets") => self.own(row.secrets),
            Some("state") => self.state(row),
            Some(_) => false,
        };
        found != self.term.negated
    }

    fn text(&self, text: &str) -> bool {
        self.term
            .values
            .iter()
            .any(|value| word_holds(text, self.term.operator, value))
    }

    fn id_or_name(&self, row: &Row<'_>) -> bool {
        if self.breaks || self.term.operator != Operator::Contains {
            self.text(row.id) || self.text(row.name)
        } else {
            self.text(row.id_and_name)
        }
    }

    fn own(&self, text: &str) -> bool {
        if text.is_empty() { self.global } else { self.text(text) }
    }

    fn state(&self, row: &Row<'_>) -> bool {
        if row.admins == 0 { self.no_admin } else { self.active }
    }

    fn admins(&self, row: &Row<'_>) -> bool {
        self.numbers && self.text(&row.admins.to_string())
    }
}
