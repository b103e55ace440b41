//! The warning before the default tenant is disabled: counts, the largest namespaces, who loses all access.

use super::choices::WantedTenant;
use super::inspection::Inspection;
use crate::domain::count::counted;

/// Namespaces and people that are named; the rest is counted.
const NAMED: usize = 3;

/// What is said of it where nobody has another tenant to go to.
const NONE_LEFT: &str = "Disabled, none but superadmins reach anything: there is no other tenant.";

/// Those who are left with no access at all, by username: whoever becomes Admin of a tenant that is created before has some, and
/// where nobody is named that is who creates it.
pub fn cut_off<'a>(inspection: &'a Inspection, created: &[WantedTenant]) -> Vec<&'a str> {
    let creator = inspection.identity.username.as_str();
    let is_admin = |name: &str| (created.iter()).any(|tenant| tenant.admin.as_deref().unwrap_or(creator) == name);
    let all = inspection.only_here.iter().map(String::as_str);
    all.filter(|name| !is_admin(name)).collect()
}

/// Of those who are not cut off, how many are superadmins, in brackets; nothing where none is.
pub fn superadmins(inspection: &Inspection, cut_off: usize) -> String {
    let others = inspection.access.holders.len().saturating_sub(cut_off) as u64;
    match inspection.superadmins {
        0 => String::new(),
        1 if others == 1 => " (the other one is a superadmin)".to_owned(),
        1 => " (1 of the others is a superadmin)".to_owned(),
        all if all == others => format!(" (the other {all} are superadmins)"),
        some => format!(" ({some} of the others are superadmins)"),
    }
}

/// What becomes unreachable, a line each, as the dialog, the plan and the report say it. The tenants that are created before
/// count as others to go to.
pub fn unreachable(inspection: &Inspection, created: &[WantedTenant]) -> Vec<String> {
    let has_none = inspection.tenants == 0 && created.is_empty();
    let footprint = &inspection.footprint;
    let mut lines = vec![
        [
            known(footprint.flows, "flow"),
            known(footprint.executions, "execution"),
            known(footprint.namespaces, "namespace"),
            known(footprint.triggers, "trigger"),
        ]
        .join("   "),
    ];
    let largest: Vec<String> = inspection
        .namespaces
        .iter()
        .take(named(inspection.namespaces.len()))
        .map(|namespace| format!("{} ({})", namespace.id, flows(namespace.flows)))
        .collect();
    if !largest.is_empty() {
        let more = inspection.namespaces.len() - largest.len();
        lines.push(with_more(&largest.join("  "), more, "namespace"));
    }
    let holders = inspection.access.holders.len();
    let cut_off_names = cut_off(inspection, created);
    let cut_off = cut_off_names.len();
    if cut_off > 0 {
        let verb = if cut_off == 1 { "has" } else { "have" };
        let who: Vec<&str> = cut_off_names.into_iter().take(named(cut_off)).collect();
        let others = superadmins(inspection, cut_off);
        lines.push(format!(
            "{cut_off} of {holders} users {verb} access to no other tenant{others}:  {}",
            with_more(&who.join(", "), cut_off - who.len(), "user")
        ));
        let unseen = inspection.not_looked_into();
        if has_none {
            lines.push(NONE_LEFT.to_owned());
        } else if unseen > 0 {
            lines.push(format!(
                "They may have some in {} that were not looked into.",
                counted(unseen, "tenant")
            ));
        }
    } else if has_none && holders > 0 {
        lines.push(NONE_LEFT.to_owned());
    } else if holders > 0 {
        lines.push("Everybody who has access to it has access to another tenant, too.".to_owned());
    }
    lines
}

/// How many of so many are named: of one more than usual that one, too, rather than that there is one more.
fn named(all: usize) -> usize {
    if all == NAMED + 1 { all } else { NAMED }
}

fn with_more(named: &str, more: usize, thing: &str) -> String {
    if more == 0 {
        named.to_owned()
    } else {
        format!("{named}  {}", counted(more as u64, &format!("more {thing}")))
    }
}

fn flows(count: u64) -> String {
    counted(count, "flow")
}

fn known(count: Option<u64>, noun: &str) -> String {
    count.map_or_else(|| format!("{noun}s: not known"), |count| counted(count, noun))
}
