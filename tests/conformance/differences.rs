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
pub const DIFFERENCES: &[Difference] = &[];

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
pub const NOT_OFFERED: &[NotOffered] = &[];

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
