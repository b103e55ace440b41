//! The words that sample data is made of. All companies are invented, and their addresses end in `.example`.
//!
//! Where a word cannot be spelled with plain letters, a bar stands before how it is.

/// First names.
pub(super) const FIRST_NAMES: &[&str] = &[
    "Anna",
    "José",
    "Zoë",
    "健太|kenta",
    "Mehmet",
    "Ingrid",
    "Renée",
    "Oluwaseun",
    "Jürgen",
    "Priya",
    "Łukasz",
    "Siobhán",
    "Björn",
    "Fatima",
    "Matteo",
    "Chloé",
    "Hiroshi",
    "Nadia",
    "Søren",
    "Amélie",
    "Tomáš",
    "Leila",
    "Pieter",
    "Aoife",
    "Diego",
    "Yuki",
    "Katarzyna",
    "Emeka",
    "Élodie",
    "Stefan",
    "Mariana",
    "Niamh",
    "Viktor",
    "Ayşe",
    "Gustavo",
    "Hanna",
    "Ravi",
    "Françoise",
    "Jonas",
    "Mirjam",
    "Tariq",
];

/// Last names.
pub(super) const LAST_NAMES: &[&str] = &[
    "Lindqvist",
    "García",
    "Müller",
    "田中|tanaka",
    "Yılmaz",
    "Bergström",
    "Dupré",
    "Adeyemi",
    "Weiß",
    "Raman",
    "Nowak",
    "O'Sullivan",
    "Håkansson",
    "El Amrani",
    "Rossi",
    "Lefèvre",
    "Nakamura",
    "Petrova",
    "Jørgensen",
    "Beaumont",
    "Dvořák",
    "Haddad",
    "van der Meer",
    "Byrne",
    "Fernández",
    "Sato",
    "Wiśniewska",
    "Okafor",
    "Garnier",
    "Hoffmann",
    "Sousa",
    "Kelly",
    "Kowalczyk",
    "Demir",
    "Almeida",
    "Virtanen",
    "Krishnan",
    "Moreau",
    "Schröder",
    "de Vries",
    "Aziz",
    "Featherstonehaugh-Cholmondeley",
    "Castellanos",
];

/// Departments of the company: a part of a namespace.
pub(super) const DEPARTMENTS: &[&str] = &[
    "finance",
    "logistics",
    "sales",
    "data",
    "marketing",
    "support",
    "procurement",
    "quality",
    "hr",
    "legal",
    "it",
    "research",
    "production",
    "treasury",
    "compliance",
];

/// Topics that departments work on: a part of a namespace.
pub(super) const TOPICS: &[&str] = &[
    "reporting",
    "ingestion",
    "reconciliation",
    "forecast",
    "archive",
    "alerts",
    "exports",
    "masterdata",
    "billing",
    "inventory",
    "quality",
    "audit",
    "partners",
    "sandbox",
    "realtime",
    "dashboards",
    "contracts",
    "payments",
    "planning",
    "returns",
];

/// What flows do.
pub(super) const VERBS: &[&str] = &[
    "load", "sync", "export", "check", "publish", "clean", "merge", "archive", "notify", "score", "refresh",
];

/// What flows do it to; no fewer than flows in a namespace.
pub(super) const NOUNS: &[&str] = &[
    "invoices",
    "customers",
    "orders",
    "shipments",
    "ledger",
    "stock-levels",
    "price-list",
    "suppliers",
    "exchange-rates",
    "timesheets",
    "payslips",
    "contracts",
    "tickets",
    "sensor-data",
    "web-logs",
    "campaigns",
    "leads",
    "refunds",
    "tax-report",
    "bank-statements",
    "product-catalog",
    "warehouse-map",
    "routes",
    "forecasts",
    "budgets",
    "surveys",
    "certificates",
    "incidents",
    "backups",
    "audit-trail",
];

/// States of executions, as often as they come up.
pub(super) const STATES: &[(&str, usize)] = &[
    ("SUCCESS", 820),
    ("FAILED", 80),
    ("WARNING", 35),
    ("KILLED", 15),
    ("CANCELLED", 10),
    ("RUNNING", 15),
    ("QUEUED", 8),
    ("PAUSED", 7),
    ("CREATED", 5),
    ("RETRIED", 5),
];

/// Triggers of flows.
pub(super) const TRIGGERS: &[&str] = &[
    "every-night",
    "every-quarter-hour",
    "webhook",
    "after-upstream",
    "new-file",
];

/// Names of the first groups of the company, and what they are for.
pub(super) const GROUPS: &[(&str, Option<&str>)] = &[
    ("Data platform", Some("Builds and runs the shared flows")),
    ("Finance operations", Some("Month-end closing and payments")),
    ("Betriebsführung Süd", Some("Schichtleitung der südlichen Standorte")),
    ("Équipe qualité", None),
    ("日本支社", Some("東京と大阪")),
    ("Read-only partners", Some("External partners; look, do not touch")),
];

/// A group that everybody has left.
pub(super) const EMPTY_GROUP: &str = "Former contractors";

/// A name that does not fit any column.
pub(super) const LONG_GROUP: &str = "Regional operations and continuous improvement office for northern and central \
                                     Europe (temporary, until the reorganisation)";

/// Regions, for groups of departments.
pub(super) const REGIONS: &[&str] = &["North", "South", "Iberia", "Overseas"];

/// Branches of the company that have a tenant of their own: id, name, whether somebody administers it.
pub(super) const BRANCHES: &[(&str, &str, bool)] = &[
    ("logistics", "Nordwind Logistics", true),
    ("leman", "Énergies du Léman", true),
    ("tokyo", "東京支社 (Tokyo branch)", true),
    (
        "archive-2019",
        "Archive of the acquired companies 2011-2019, kept for the tax office",
        false,
    ),
    ("sued", "Müller Spedition Süd", true),
    ("iberia", "Compañía del Ebro", true),
    ("overseas", "Nordwind Overseas", true),
    ("sandbox", "Sandbox", true),
    ("training", "Training", false),
    ("partners", "Partners", true),
    ("research", "Research", true),
    ("energy-trading", "Energy trading desk", true),
];

/// Places that companies are named after.
pub(super) const PLACES: &[&str] = &[
    "Aarhus",
    "Bilbao",
    "Córdoba",
    "Dresden",
    "Évora",
    "Fukuoka",
    "Göteborg",
    "Haarlem",
    "Innsbruck",
    "Jaipur",
    "Kraków",
    "Lausanne",
    "Malmö",
    "Nantes",
    "Oulu",
    "Porto",
    "Québec",
    "Rotterdam",
    "Salzburg",
    "Turku",
    "Utrecht",
    "Valencia",
    "Winterthur",
    "Xanten",
    "Yaoundé",
    "Zürich",
    "Antwerp",
    "Bergen",
    "Cork",
    "Durban",
    "Espoo",
    "Freiburg",
    "Galway",
    "Hobart",
    "Izmir",
    "Jönköping",
    "Kobe",
    "Lyon",
    "Münster",
    "Nagoya",
];

/// What companies do.
pub(super) const TRADES: &[&str] = &[
    "Shipping",
    "Insurance",
    "Dairy",
    "Robotics",
    "Textiles",
    "Energy",
    "Pharma",
    "Railways",
    "Retail",
    "Telecom",
    "Steel",
    "Foods",
    "Publishing",
    "Airports",
    "Optics",
    "Water",
    "Forestry",
    "Ceramics",
    "Software",
    "Brewing",
    "Logistics",
    "Furniture",
    "Chemicals",
    "Analytics",
    "Banking",
    "Bicycles",
    "Timber",
    "Media",
    "Tools",
    "Glass",
];

/// A word as it is shown.
pub(super) fn shown(word: &str) -> &str {
    word.split_once('|').map_or(word, |(shown, _)| shown)
}

/// A word as it is spelled with plain letters where it has a spelling of its own.
pub(super) fn spelled(word: &str) -> &str {
    word.split_once('|').map_or(word, |(_, spelled)| spelled)
}

/// The word at a place, counted round and round.
pub(super) fn pick<T: Copy>(words: &[T], at: usize) -> Option<T> {
    words.get(at % words.len().max(1)).copied()
}
