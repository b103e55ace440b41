//! By lines the columns of a list are chosen as on screen, and no answer that is none closes what lies over a place.

use crate::by_lines::{lacks, says};
use crate::screens::tenants::people;
use crate::support::{Console, Setup};

const BEFORE: &str = "1. ID, shown\n2. NAME, shown\n3. ADMINS, shown";
const MOVED: &str = "1. NAME, shown\n2. ID, shown\n3. ADMINS, shown";

#[test]
fn a_column_is_moved_by_its_keys_and_commands() {
    for lines in [
        &["J"][..],
        &["right"],
        &["Right"],
        &["column-later"],
        &[":column-later"],
        &["1 J"],
        &["2 K"],
        &["2 left"],
        &["2 column-earlier"],
        &["Down", "K"],
        &["j", "<left>"],
    ] {
        let mut console = Console::usual();
        console.line("C");
        says(&console, BEFORE);
        says(&console, "At 1 of ");
        for line in lines {
            console.line(line);
        }
        says(&console, MOVED);
        console.line("");
        says(&console, "2. Acme Corporation, acme");
        console.line("C");
        says(&console, MOVED);
        for line in ["2 K", "d"] {
            console.line(line);
            says(&console, "Columns: ");
            says(&console, BEFORE);
        }
    }
}

#[test]
fn what_is_no_answer_is_told_and_the_columns_stay_as_they_were_chosen() {
    let mut console = Console::usual();
    console.line("C").line("3");
    says(&console, "3. ADMINS, hidden");
    for line in ["x", "nonsense", ":nonsense", "2 nonsense", "tenants"] {
        console.line(line);
        says(&console, "There is no command `");
        says(&console, "3. ADMINS, hidden");
    }
    console.line("99");
    says(&console, "There is no row 99 here");
    console.line("99 K");
    says(&console, "There is no row 99 here");
    // What can be done is shown over it.
    for line in ["?", ":", "help"] {
        console.line(line);
        says(&console, "What can be done");
        says(&console, "column-later (J or right)");
        console.line("");
        says(&console, "3. ADMINS, hidden");
    }
    console.line("?").line("J");
    says(&console, "At 3 of 7: NAME, shown");
    // Nor is it left for another place but by what leads out of everything, which says that they were not taken.
    console.line(":messages");
    says(&console, "At 3 of 7: NAME, shown");
    console.line(":migration");
    says(&console, "The columns were not taken");
    console.line("esc").line("tenants").line("C");
    says(&console, BEFORE);
    console.line("3").line("-").line("C");
    says(&console, BEFORE);
}

#[test]
fn the_column_to_order_by_is_chosen_as_on_screen() {
    for line in ["3", "3 enter", "Down"] {
        let mut console = Console::usual();
        console.line("s").line("s");
        says(&console, "Order by: ");
        console.line("nonsense");
        says(&console, "There is no command `nonsense` here");
        says(&console, "Order by: ");
        console.line(line);
        if line == "Down" {
            says(&console, "At 3 of ");
            console.line("Enter");
        }
        lacks(&console, "Order by: ");
        says(&console, "Ordered by ");
    }
}

#[test]
fn a_page_and_a_list_of_commands_are_not_closed_by_a_word_that_says_nothing() {
    let mut console = Setup::default().open(people);
    console.line("?").line("nonsense");
    says(&console, "There is no command `nonsense` here");
    says(&console, "What can be done");
    console.line("messages");
    says(&console, "Messages, newest first");
    console.line("tenants").line("topic migration");
    says(&console, "An empty line closes it.");
    for line in ["nonsense", "9", "PgDn", "tenants"] {
        console.line(line);
        says(&console, "An empty line closes it.");
    }
    says(&console, "There is no command `tenants` here");
    for line in ["Esc", "PgDn", "<q>", "<pgdn>"] {
        console.line("/").line(line);
        lacks(&console, "lines of ");
    }
    console.line("topic migration").line("/").line("tenant");
    says(&console, "have tenant:");
    console.line("").line("q");
    lacks(&console, "An empty line closes it.");
}
