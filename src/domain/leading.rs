//! Commands in what is said of an instance, with the words that lead them to it.

use super::check::Check;
use super::equivalent::program;
use super::problem::Problem;

/// Commands about an instance that are named without saying about which.
const COMMANDS: [&str; 11] = [
    "`kestra-admin access",
    "`kestra-admin apply",
    "`kestra-admin audit",
    "`kestra-admin config",
    "`kestra-admin diff",
    "`kestra-admin export",
    "`kestra-admin import",
    "`kestra-admin migrate",
    "`kestra-admin roles",
    "`kestra-admin tenants",
    "`kestra-admin users",
];

/// A text whose commands lead to an instance: `kestra-admin --context prod migrate resume`.
pub fn leading(text: &str, words: &[String]) -> String {
    let mut text = text.to_owned();
    if words.is_empty() {
        return text;
    }
    let before = format!("`{} ", program(words));
    for command in COMMANDS {
        let with = command.replace("`kestra-admin ", &before);
        text = text.replace(command, &with);
    }
    text
}

/// The same of all that a problem says.
pub fn led(problem: Problem, words: &[String]) -> Problem {
    Problem {
        what: leading(&problem.what, words),
        why: leading(&problem.why, words),
        next: leading(&problem.next, words),
        detail: problem.detail.map(|detail| leading(&detail, words)),
        ..problem
    }
}

/// The same of what a step of an examination says to do next.
pub fn led_check(check: Check, words: &[String]) -> Check {
    Check {
        next: check.next.map(|next| leading(&next, words)),
        ..check
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::ProblemKind;

    #[test]
    fn each_command_gets_the_words_once() {
        let words = ["--context", "hb"].map(str::to_owned);
        let text = "`kestra-admin migrate resume` looks; give back with `kestra-admin access restore`.";
        let led = leading(text, &words);
        assert_eq!(
            led,
            "`kestra-admin --context hb migrate resume` looks; give back with `kestra-admin --context hb access restore`."
        );
        assert_eq!(leading(&led, &words), led);
        assert_eq!(leading(text, &[]), text);
        assert_eq!(
            leading(
                "`kestra-admin config set-tenancy FILE`",
                &["--store", "/tmp/my store"].map(str::to_owned)
            ),
            "`kestra-admin --store '/tmp/my store' config set-tenancy FILE`"
        );
    }

    #[test]
    fn commands_about_snapshots_say_where_and_those_that_take_no_instance_do_not() {
        let words = ["--context", "hb"].map(str::to_owned);
        for command in ["export snapshot", "import snapshot F", "apply F", "diff F"] {
            let text = format!("Do it with `kestra-admin {command}`.");
            assert_eq!(
                leading(&text, &words),
                format!("Do it with `kestra-admin --context hb {command}`.")
            );
        }
        for command in ["contexts list", "activity list", "rehearsal up", "keys --check"] {
            let text = format!("See `kestra-admin {command}`.");
            assert_eq!(leading(&text, &words), text);
        }
    }

    #[test]
    fn all_of_a_problem_says_where() {
        let said =
            |command: &str| ["what", "why", "next", "more"].map(|part| format!("{part} `{command} migrate plan`"));
        let problem = |[what, why, next, detail]: [String; 4]| {
            Problem::new(ProblemKind::Failed, what, why, next).with_detail(detail)
        };
        let words = ["--context", "hb"].map(str::to_owned);
        assert_eq!(
            led(problem(said("kestra-admin")), &words),
            problem(said("kestra-admin --context hb"))
        );
    }

    #[test]
    fn a_step_of_an_examination_says_where() {
        let check = Check::new("rights", crate::domain::check::Outcome::Warn, "None.");
        let words = ["--context", "hb"].map(str::to_owned);
        assert_eq!(led_check(check.clone(), &words), check);
        let led = led_check(check.with_next("Run `kestra-admin migrate plan` first."), &words);
        assert_eq!(
            led.next.as_deref(),
            Some("Run `kestra-admin --context hb migrate plan` first.")
        );
    }
}
