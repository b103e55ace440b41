//! Any bytes as a configuration file: nothing panics, and what is edited keeps what `tests/server_config` asks of it.

#![no_main]

#[path = "../../tests/server_config/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The slow comparison of lines is for files, not for novels.
    if bytes.len() <= 4096 {
        invariants::hold("fuzz.yml", bytes);
    }
});
