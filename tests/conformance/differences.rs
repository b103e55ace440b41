//! What differs from Kestra's documents on purpose, and why.

use kestra_admin::domain::release::Release;

/// A finding that is as it should be.
pub struct Difference {
    /// Text that such findings contain.
    pub finding: &'static str,
    /// First and last release it is about.
    pub releases: (Release, Release),
    /// Whether only the client's requests show it, which are checked in a test of their own.
    pub of_the_client: bool,
    /// Why it is right.
    pub reason: &'static str,
}

/// Everything that differs on purpose.
pub const DIFFERENCES: &[Difference] = &[
    Difference {
        finding: "/acls/templates: answer.",
        releases: (Release::new(2, 0), Release::new(2, 0)),
        of_the_client: false,
        reason: "the document describes the map of a template by a field of its Java class, not by its keys",
    },
    Difference {
        finding: "status 200 is not declared, [\"404\"] are",
        releases: (Release::new(0, 21), Release::new(0, 21)),
        of_the_client: false,
        reason: "the document names only the refusal of these; what is done is answered with the user",
    },
    Difference {
        finding: "GET /api/v1/configs/login: no such operation",
        releases: (Release::new(0, 13), Release::new(1, 3)),
        of_the_client: true,
        reason: "it is how the client finds out whether it speaks to 2.0; older servers answer that there is none",
    },
    Difference {
        finding: "GET /api/v1/me: no such operation",
        releases: (Release::new(0, 23), Release::new(0, 23)),
        of_the_client: true,
        reason: "0.23 answers it with a fallback tenant configured; otherwise the client asks within a tenant",
    },
    Difference {
        finding: "/instanceowner: no such operation",
        releases: (Release::new(2, 0), Release::new(2, 0)),
        of_the_client: true,
        reason: "the document is a snapshot; the released 2.0 has the route under this name, and the client tries it first",
    },
    Difference {
        finding: ".instanceOwner is not declared",
        releases: (Release::new(2, 0), Release::new(2, 0)),
        of_the_client: false,
        reason: "the document is a snapshot; the released 2.0 calls a superadmin so",
    },
    Difference {
        finding: ".ownedGroups is not declared",
        releases: (Release::new(2, 0), Release::new(2, 0)),
        of_the_client: false,
        reason: "the document is a snapshot; the released 2.0 tells the groups that one owns",
    },
];

/// Operations that a rehearsal does not offer.
pub struct NotOffered {
    /// Text that the names of these operations, method and path, contain.
    pub operation: &'static str,
    /// First and last release it is about.
    pub releases: (Release, Release),
    /// Why not.
    pub reason: &'static str,
}

/// Operations of the documents that a rehearsal does not offer, and why.
pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered {
        operation: "/impersonate",
        releases: ALL,
        reason: "nobody is practised on in the name of somebody else; the console does not use it",
    },
    NotOffered {
        operation: "/logo",
        releases: ALL,
        reason: "pictures are for the web pages; a local instance keeps none",
    },
    NotOffered {
        operation: " /api/v1/tenants/groups",
        releases: ONLY_0_23,
        reason: NO_DEFAULT_TENANT,
    },
    NotOffered {
        operation: " /api/v1/tenants/roles",
        releases: ONLY_0_23,
        reason: NO_DEFAULT_TENANT,
    },
    NotOffered {
        operation: " /api/v1/tenants/invitations",
        releases: ONLY_0_23,
        reason: NO_DEFAULT_TENANT,
    },
    NotOffered {
        operation: " /api/v1/tenants/namespaces",
        releases: ONLY_0_23,
        reason: NO_DEFAULT_TENANT,
    },
];

const ALL: (Release, Release) = (Release::new(0, 13), Release::new(2, 0));
const ONLY_0_23: (Release, Release) = (Release::new(0, 23), Release::new(0, 23));
const NO_DEFAULT_TENANT: &str = "these work in the tenant without an id, which 0.23 does not have any more";

/// The entry that a finding falls under.
pub fn on_purpose(release: Release, finding: &str) -> Option<usize> {
    DIFFERENCES.iter().position(|difference| {
        let (first, last) = difference.releases;
        assert!(!difference.reason.is_empty());
        (first..=last).contains(&release) && finding.contains(difference.finding)
    })
}

/// The entry that an operation falls under.
pub fn not_offered(release: Release, operation: &str) -> Option<usize> {
    NOT_OFFERED.iter().position(|entry| {
        let (first, last) = entry.releases;
        assert!(!entry.reason.is_empty());
        (first..=last).contains(&release) && operation.contains(entry.operation)
    })
}
