//! Directories and files that are nobody else's business: how they are made, and how it is noticed that they are not.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use crate::domain::problem::{Problem, ProblemKind};

/// Makes a directory and its missing parents, 0700 each. One that exists is left as it is.
pub fn create_directory(path: &Path) -> Result<(), Problem> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| io_problem("made", path, &error))
}

/// How often a lock is tried, with a millisecond between: who has it holds it for one change.
const TRIES: usize = 2_000;

/// Locks another file beside this one, for as long as what is returned is kept; nothing where the file system knows no locks. The
/// system takes it back however the process ends.
pub fn lock(path: &Path) -> Result<Option<File>, Problem> {
    let path = path.with_extension("lock");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|error| io_problem("made", &path, &error))?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(1)),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Err(Problem::new(
        ProblemKind::Failed,
        format!("`{}` is locked.", path.display()),
        "Another console holds it.",
        "Look for one that was stopped.",
    ))
}

/// Where secrets lie that were typed to connect: beside the configuration.
pub fn secrets_beside(config_file: &Path) -> PathBuf {
    config_file.parent().unwrap_or(Path::new(".")).join("secrets")
}

/// The files in which those of a context lie, whether they are there or not: its password, its token.
pub fn typed_secrets(config_file: &Path, context: &str) -> [PathBuf; 2] {
    ["password", "token"].map(|kind| secrets_beside(config_file).join(format!("{context}.{kind}")))
}

/// Writes a file whole or not at all, 0600, in the place of one that may be there.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let failed = |error: io::Error| not_written(path, error);
    let new = written_beside(path, content).map_err(failed)?;
    new.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Writes a new file that nobody else may read, whole or not at all; one that is there stays.
pub fn create_whole(path: &Path, content: &[u8]) -> Result<(), Problem> {
    let failed = |error: io::Error| not_written(path, error);
    let new = written_beside(path, content).map_err(failed)?;
    new.persist_noclobber(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Why a file could not be written that others stand in for until it is whole: it alone is named.
fn not_written(path: &Path, error: io::Error) -> Problem {
    let text = error.to_string();
    // The library adds the path of its own file to what the system says.
    let error = match text.split_once(" at path ") {
        Some((says, _)) if error.get_ref().is_some() => io::Error::new(error.kind(), says),
        _ => error,
    };
    io_problem("written", path, &error)
}

/// A file in the directory of this one, with its content on the disk.
fn written_beside(path: &Path, content: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // The library makes its files 0600.
    let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    Ok(new)
}

/// More bytes than this are read of nothing: a snapshot of 10,000 tenants with their people takes some 100 MB.
pub const MOST_BYTES: u64 = 1 << 30;

/// All of a text, unless there is more of it than [`MOST_BYTES`] or it is none. What never ends is not read for long where it
/// is no text, such as `/dev/zero`.
///
/// # Errors
/// What the system says; `FileTooLarge` and `InvalidData` otherwise.
pub fn text_of(mut source: impl Read) -> io::Result<String> {
    const AT_ONCE: u64 = 1 << 20;
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        let read = source.by_ref().take(AT_ONCE).read_to_end(&mut bytes)?;
        if bytes.iter().skip(before).any(|byte| *byte == 0) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if bytes.len() as u64 > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // Less than was asked for is the end, of which a terminal would have to be told again.
        if (read as u64) < AT_ONCE {
            return String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error));
        }
    }
}

/// The text of a file, and its permission bits as they were when it was opened. `None` if there is no such file.
pub fn read(path: &Path) -> Result<Option<(String, u32)>, Problem> {
    let opened = File::open(path).and_then(|mut file| {
        let metadata = file.metadata()?;
        if metadata.len() > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok((text_of(&mut file)?, metadata.permissions().mode() & 0o777))
    });
    match opened {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_problem("read", path, &error)),
    }
}

/// Refuses a file that holds a secret and that its group or everybody may read.
pub fn refuse_if_shared(path: &Path, mode: u32) -> Result<(), Problem> {
    const OTHERS: u32 = 0o077;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(Problem::new(
        ProblemKind::Invalid,
        format!("`{shown}` holds a secret and is not private."),
        format!("Its mode is {mode:04o}, so other accounts of this machine may reach it."),
        format!("Run `chmod 600 {shown}` and try again."),
    ))
}

/// A problem for a file or directory that could not be `done` ("read", "made").
pub fn io_problem(done: &str, path: &Path, error: &io::Error) -> Problem {
    let (kind, next) = match error.kind() {
        io::ErrorKind::NotFound => (ProblemKind::NotFound, "Check the path."),
        io::ErrorKind::PermissionDenied => (
            ProblemKind::Failed,
            "Check who owns it and its mode, or name another path.",
        ),
        io::ErrorKind::InvalidData => (ProblemKind::Invalid, "Name a text file in UTF-8."),
        io::ErrorKind::IsADirectory => (ProblemKind::Invalid, "Name a file."),
        io::ErrorKind::FileTooLarge => (ProblemKind::Invalid, "Take it apart, or name another one."),
        _ => (ProblemKind::Failed, "Look at the path and the disk, then try again."),
    };
    let why = match error.kind() {
        io::ErrorKind::InvalidData => "It is not text in UTF-8.".to_owned(),
        io::ErrorKind::FileTooLarge => "It is larger than 1 GiB.".to_owned(),
        _ => format!("The system says: {error}."),
    };
    Problem::new(kind, format!("`{}` could not be {done}.", path.display()), why, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let deep = directory.path().join("a/b");
        create_directory(&deep).unwrap();
        create_directory(&deep).unwrap();
        assert_eq!(mode(&deep), 0o700);
        assert_eq!(mode(&directory.path().join("a")), 0o700);
        let file = deep.join("token");
        create_whole(&file, b"").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(create_whole(&file, b"").unwrap_err().kind, ProblemKind::Failed);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        replace_file(&file, b"x").unwrap();
        assert_eq!((mode(&file), fs::read_to_string(&file).unwrap().as_str()), (0o600, "x"));
    }

    #[test]
    fn a_shared_secret_is_refused_with_the_cure() {
        let path = Path::new("/x/token");
        for mode in [0o600, 0o400] {
            assert_eq!(refuse_if_shared(path, mode), Ok(()));
        }
        for mode in [0o640, 0o604, 0o610] {
            let problem = refuse_if_shared(path, mode).unwrap_err();
            assert_eq!(problem.kind, ProblemKind::Invalid);
            assert_eq!(problem.next, "Run `chmod 600 /x/token` and try again.");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(read(&directory.path().join("none")), Ok(None));
        assert_eq!(read(directory.path()).unwrap_err().kind, ProblemKind::Invalid);
        let binary = directory.path().join("binary");
        fs::write(&binary, [0xff, 0xfe]).unwrap();
        assert_eq!(read(&binary).unwrap_err().why, "It is not text in UTF-8.");
        for endless in ["/dev/zero", "/dev/urandom"] {
            assert_eq!(read(Path::new(endless)).unwrap_err().why, "It is not text in UTF-8.");
        }
        let large = directory.path().join("large");
        File::create(&large).unwrap().set_len(MOST_BYTES + 1).unwrap();
        let problem = read(&large).unwrap_err();
        assert_eq!(
            (problem.kind, problem.why.as_str()),
            (ProblemKind::Invalid, "It is larger than 1 GiB.")
        );
    }

    #[test]
    fn what_could_not_be_written_is_named_as_it_was_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("none/all.json");
        let problem = create_whole(&path, b"x").unwrap_err();
        assert_eq!(problem.what, format!("`{}` could not be written.", path.display()));
        assert_eq!(problem.why, "The system says: No such file or directory (os error 2).");
    }
}
