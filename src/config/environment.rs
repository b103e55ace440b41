//! Environment variables, as one value handed in, so that nothing else reads the process and tests are hermetic.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::sorting;

/// The environment variables a run may look at.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The variables of this process. What is not UTF-8 has its wrong bytes replaced.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect()
    }

    /// The value of a variable. An empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Account and machine, as reports and the activity record name whoever works here: `ana@jump1`.
    pub fn operator(&self) -> String {
        let account = ["USER", "LOGNAME"]
            .into_iter()
            .find_map(|name| self.get(name).map(str::to_owned))
            .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()));
        let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        match machine.trim() {
            "" => account,
            machine => format!("{account}@{machine}"),
        }
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self {
            variables: sorting::map(pairs.into_iter().map(|(name, value)| (name.into(), value.into()))),
        }
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_not_set_and_values_stay_out_of_traces() {
        let environment: Environment = [("A", "secret"), ("B", "")].into_iter().collect();
        assert_eq!(environment.get("A"), Some("secret"));
        assert_eq!(environment.get("B"), None);
        assert_eq!(environment.get("C"), None);
        assert_eq!(format!("{environment:?}"), "{\"A\", \"B\"}");
    }
}
