//! How the local instance of a rehearsal is made: with sample data and a password, whole or not at all.

use std::fs::{self, File, Metadata, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::args_rehearsal::NewRehearsal;
use super::failure::Failure;
use super::printer::Printer;
use super::rehearsal_process::random_password;
use super::rehearsal_state::{PASSWORD, Place};
use super::request::Deed;
use crate::backend::local::LocalInstance;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::private;
use crate::config::secret::SecretSource;
use crate::domain::account::Profile;
use crate::domain::problem::{Problem, ProblemKind, invalid};
use crate::domain::release::Release;
use crate::domain::text::visible;
use crate::rehearsal::sample::{self, SampleSize};

/// How often it is said how far the sample is.
const TOLD_EVERY: Duration = Duration::from_secs(3);

/// A user and password that somebody chose.
struct Given {
    username: String,
    password: String,
    file: PathBuf,
}

/// What is asked for, checked.
struct Wanted {
    release: Release,
    size: SampleSize,
    given: Option<Given>,
}

/// What [`create`] would do.
pub fn would_create(place: &Place, new: &NewRehearsal) -> Result<Deed, Problem> {
    if place.exists() {
        return Err(taken(place));
    }
    let Wanted { release, size, .. } = wanted(place, new)?;
    let (name, directory) = (&place.name, place.directory.display());
    Ok((
        "make",
        format!("`{name}` in `{directory}`, a Kestra {release} with the sample `{size}`"),
    ))
}

/// Makes a rehearsal.
pub fn create(printer: &mut Printer<'_>, paths: &Paths, place: &Place, new: &NewRehearsal) -> Result<(), Failure> {
    if place.exists() {
        return Err(taken(place).into());
    }
    let wanted = wanted(place, new)?;
    let release = wanted.release;
    let instances = paths.instances();
    private::create_directory(&instances)?;
    sweep(printer, &instances);
    let failed = |error: std::io::Error| private::io_problem("made", &place.directory, &error);
    // It gets its name when it is whole, so that half of one is never taken for a rehearsal.
    let draft = tempfile::Builder::new()
        .prefix(DRAFT)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&instances)
        .map_err(failed)?;
    let _maker = at_work(draft.path()).map_err(failed)?;
    let unfinished = Place {
        name: place.name.clone(),
        directory: draft.path().join("instance"),
    };
    LocalInstance::create(&unfinished.directory, release)?;
    let summary = fill(printer, &unfinished, wanted)?;
    match fs::rename(&unfinished.directory, &place.directory) {
        Ok(()) => {}
        // Somebody else was faster.
        Err(_) if place.exists() => return Err(taken(place).into()),
        Err(error) => return Err(failed(error).into()),
    }
    printer.say(&format!("`{}` is made, a Kestra {release} with {summary}.", place.name));
    Ok(())
}

/// What the directory begins with in which a rehearsal is made.
const DRAFT: &str = ".new-rehearsal-";
/// Its file that is locked for as long as somebody is at work in it.
const MAKER: &str = "maker.lock";
/// How old one without that file has to be before nobody can be at work in it: it is there from the first moment on.
const ABANDONED: Duration = Duration::from_hours(24);

/// Shows others that somebody is at work in this directory, until what is returned is dropped or the process ends.
fn at_work(draft: &Path) -> std::io::Result<File> {
    // Whoever finds it finds it locked.
    let new = draft.join("maker.new");
    let file = File::create(&new)?;
    file.lock()?;
    fs::rename(&new, draft.join(MAKER))?;
    Ok(file)
}

/// Takes away what those left who were killed while they made a rehearsal, and says so. What cannot be taken away stays.
pub fn sweep(printer: &mut Printer<'_>, instances: &Path) {
    for name in swept(instances, SystemTime::now()) {
        printer.say(&format!(
            "`{name}` is taken away: whoever made a rehearsal in it is gone."
        ));
    }
}

fn swept(instances: &Path, now: SystemTime) -> Vec<String> {
    let entries = fs::read_dir(instances).into_iter().flatten().flatten();
    let drafts = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    let abandoned = drafts.filter(|(name, path)| name.starts_with(DRAFT) && is_abandoned(path, now));
    let gone = abandoned.filter(|(_, path)| fs::remove_dir_all(path).is_ok());
    gone.map(|(name, _)| name).collect()
}

fn is_abandoned(draft: &Path, now: SystemTime) -> bool {
    match File::open(draft.join(MAKER)) {
        Ok(file) => file.try_lock_shared().is_ok(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let changed = draft.symlink_metadata().ok().filter(Metadata::is_dir);
            let changed = changed.and_then(|draft| draft.modified().ok());
            changed.is_some_and(|at| now.duration_since(at).is_ok_and(|age| age > ABANDONED))
        }
        Err(_) => false,
    }
}

/// The release that is asked for, or the usual one.
pub fn release(place: &Place, asked: Option<&str>) -> Result<Release, Problem> {
    let Some(text) = asked else {
        return Ok(Release::DEFAULT);
    };
    text.parse().map_err(|error: crate::domain::release::ReleaseError| {
        invalid(
            format!("Rehearsal `{}` was not made.", place.name),
            format!("The release is not known: {error}."),
            "Name a release from 0.13 on, such as 0.21 or 1.3.",
        )
    })
}

fn taken(place: &Place) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("There is a local instance `{}` already.", place.name),
        format!("It lies in `{}`.", place.directory.display()),
        "Choose another name, or delete it first.",
    )
}

fn wanted(place: &Place, new: &NewRehearsal) -> Result<Wanted, Problem> {
    let refused = |why: String, next: &str| invalid(format!("Rehearsal `{}` was not made.", place.name), why, next);
    let release = release(place, new.release.as_deref())?;
    let size = match &new.sample {
        None => SampleSize::Small,
        Some(text) => text.parse().map_err(|error: sample::SampleSizeError| {
            refused(
                format!("The size of the sample is not known: {error}."),
                "Write `--sample small`, `--sample large`, or a number of tenants.",
            )
        })?,
    };
    let given = match (&new.username, &new.password_file) {
        (Some(username), Some(file)) => {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
            let secret = SecretSource::File(file.clone()).read(&Environment::default())?;
            Some(Given {
                username: username.clone(),
                password: secret.reveal().to_owned(),
                file,
            })
        }
        (None, None) => None,
        _ => {
            return Err(refused(
                "`--username` and `--password-file` go together.".to_owned(),
                "Give both, or neither for a random password.",
            ));
        }
    };
    Ok(Wanted { release, size, given })
}

/// Gives an instance its first superadmin's password and sample data. Returns what the sample has.
fn fill(printer: &mut Printer<'_>, place: &Place, wanted: Wanted) -> Result<String, Problem> {
    let instance = LocalInstance::open(&place.directory, None)?;
    if let Some(given) = wanted.given {
        if given.username != instance.myself()?.username {
            instance.update_myself(&Profile {
                username: given.username.clone(),
                ..Profile::default()
            })?;
        }
        instance.set_password(&given.username, &given.password)?;
        let mut remembered = place.remembered();
        (remembered.username, remembered.password_file) = (Some(given.username), Some(given.file));
        place.remember(&remembered)?;
    } else {
        give_password(place, &instance)?;
    }
    let size = wanted.size;
    let mut told = Instant::now();
    let mut tell = |done: usize| {
        if told.elapsed() >= TOLD_EVERY {
            told = Instant::now();
            printer.say(&format!("{done} of {size} tenants are made."));
        }
    };
    Ok(sample::fill_telling(&instance, size, &mut tell)?.to_string())
}

fn give_password(place: &Place, instance: &LocalInstance) -> Result<(), Problem> {
    let username = instance.myself()?.username;
    let password = random_password()?;
    instance.set_password(&username, &password)?;
    private::replace_file(&place.directory.join(PASSWORD), format!("{password}\n").as_bytes())?;
    let mut remembered = place.remembered();
    remembered.username = Some(username);
    place.remember(&remembered)
}

/// Lets a local instance that was never served be signed in to. A password that somebody set stays.
pub fn prepare(place: &Place) -> Result<(), Problem> {
    let remembered = place.remembered();
    if remembered.username.is_some() {
        return Ok(());
    }
    let instance = LocalInstance::open(&place.directory, None)?;
    if instance.myself()?.password_id.is_some() {
        return Ok(());
    }
    give_password(place, &instance)
}

/// What is there stays as it is: a release that is asked for has to be the one it has. Gives what is to be said where
/// another user is asked for.
pub fn compare(place: &Place, new: &NewRehearsal) -> Result<Option<String>, Problem> {
    let release = LocalInstance::open(&place.directory, None)?.release();
    if let Some(asked) = &new.release
        && asked.parse() != Ok(release)
    {
        return Err(Problem::new(
            ProblemKind::Conflict,
            format!("Rehearsal `{}` is a Kestra {release}.", place.name),
            format!(
                "Kestra {} is asked for, and a rehearsal keeps its release.",
                visible(asked)
            ),
            format!(
                "Choose another name, or delete it with `kestra-admin rehearsal delete {0} --confirm {0}`.",
                place.name
            ),
        ));
    }
    let remembered = place.remembered();
    let same_file = |file: &PathBuf| same_path(file, &place.password_file(&remembered));
    let is_other = new
        .username
        .as_ref()
        .is_some_and(|username| remembered.username.as_ref() != Some(username))
        || new.password_file.as_ref().is_some_and(|file| !same_file(file));
    Ok(is_other.then(|| {
        format!(
            "`{}` is there already and keeps its user and password; others are for a new one.",
            place.name
        )
    }))
}

fn same_path(one: &Path, other: &Path) -> bool {
    std::path::absolute(one).is_ok_and(|one| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_maker_left_goes_and_what_is_being_made_stays() {
        let home = tempfile::tempdir().unwrap();
        let draft = |name: &str| {
            let path = home.path().join(name);
            fs::create_dir_all(path.join("instance")).unwrap();
            path
        };
        let held = at_work(&draft(".new-rehearsal-held")).unwrap();
        drop(at_work(&draft(".new-rehearsal-left")).unwrap());
        draft(".new-rehearsal-old");
        draft("lab");
        let now = SystemTime::now();
        assert_eq!(swept(home.path(), now), [".new-rehearsal-left"]);
        // One of a release that locked nothing goes when it is old.
        assert_eq!(swept(home.path(), now + ABANDONED + ABANDONED), [".new-rehearsal-old"]);
        drop(held);
        assert_eq!(swept(home.path(), now), [".new-rehearsal-held"]);
        assert!(home.path().join("lab").is_dir());
        assert_eq!(swept(&home.path().join("nowhere"), now), [""; 0]);
    }
}
