use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use super::{free_port, program, signal, succeed, wait_until};

/// Who owns the databases, and what it says at the door.
const OWNER: &str = "owner";
const PASSWORD: &str = "of the owner";
const PASSWORD_IN_URL: &str = "of%20the%20owner";
/// Who runs the server when nobody but root is there, whom it refuses to run as.
const SYSTEM_USER: &str = "postgres";

/// A PostgreSQL server with an empty folder. Dropping it ends it.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    user: Option<(u32, u32)>,
    port: u16,
    running: Child,
}

impl Postgres {
    /// Starts one; `None` when it is not installed, which is said.
    ///
    /// # Errors
    /// When it is installed and does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let Some(initdb) = program("initdb") else { return Ok(None) };
        let programs = std::fs::canonicalize(initdb)?.parent().map(Path::to_owned).unwrap_or_default();
        let (folder, user) = (tempfile::tempdir()?, other_than_root()?);
        std::fs::write(folder.path().join("password"), PASSWORD)?;
        if let Some((user, group)) = user {
            for path in [folder.path().to_owned(), folder.path().join("password")] {
                chown(path, Some(user), Some(group))?;
            }
        }
        let mut initdb = command(&programs, "initdb", user);
        initdb.arg("--pwfile").arg(folder.path().join("password")).arg("-D").arg(folder.path().join("data"));
        initdb.args(["-U", OWNER, "--auth=scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C"]);
        succeed(Path::new("initdb"), &initdb.output()?)?;
        let port = free_port()?;
        let running = run(&programs, folder.path(), user, port)?;
        Ok(Some(Self { programs, folder, user, port, running }))
    }

    /// An empty database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, database: &str) -> io::Result<()> {
        self.sql("postgres", &format!("CREATE DATABASE {database}")).map(drop)
    }

    /// Where a database is, for its owner.
    pub fn url(&self, database: &str) -> String {
        self.url_of(OWNER, PASSWORD_IN_URL, database)
    }

    /// The same for somebody else.
    pub fn url_of(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// Has the owner of everything say something.
    ///
    /// # Errors
    /// When it is refused.
    pub fn sql(&self, database: &str, sql: &str) -> io::Result<String> {
        self.client("psql", database, &["-X", "-v", "ON_ERROR_STOP=1", "-At", "-c", sql])
    }

    /// A backup of a database, as text.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn dump(&self, database: &str) -> io::Result<String> {
        self.client("pg_dump", database, &[])
    }

    /// Puts a backup into a database that is empty.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn restore(&self, database: &str, dump: &str) -> io::Result<()> {
        let file = self.folder.path().join("dump.sql");
        std::fs::write(&file, dump)?;
        let file = file.to_string_lossy().into_owned();
        self.client("psql", database, &["-X", "-v", "ON_ERROR_STOP=1", "-q", "-f", &file]).map(drop)
    }

    /// Ends it as a crash would, and starts it where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub fn crash_and_start(&mut self) -> io::Result<()> {
        self.crash()?;
        self.running = run(&self.programs, self.folder.path(), self.user, self.port)?;
        Ok(())
    }

    /// Ends it without letting anybody finish.
    ///
    /// # Errors
    /// When nobody knows whether it ended.
    pub fn crash(&mut self) -> io::Result<()> {
        signal(&self.running, Signal::QUIT);
        self.running.wait().map(drop)
    }

    fn client(&self, name: &str, database: &str, arguments: &[&str]) -> io::Result<String> {
        let mut client = Command::new(self.programs.join(name));
        client.args(["-h", "127.0.0.1", "-U", OWNER, "-d", database, "-p"]).arg(self.port.to_string());
        let said = client.args(arguments).env("PGPASSWORD", PASSWORD).output()?;
        succeed(Path::new(name), &said)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.crash();
    }
}

fn run(programs: &Path, folder: &Path, user: Option<(u32, u32)>, port: u16) -> io::Result<Child> {
    let mut server = command(programs, "postgres", user);
    server.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""]);
    let running = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let port = port.to_string();
    wait_until("PostgreSQL", || {
        let mut ready = Command::new(programs.join("pg_isready"));
        let ready = ready.args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        ready.is_ok_and(|status| status.success())
    })?;
    Ok(running)
}

fn command(programs: &Path, name: &str, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(programs.join(name));
    command.stdin(Stdio::null()).current_dir("/");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

/// Whom to run as in the place of root.
fn other_than_root() -> io::Result<Option<(u32, u32)>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let id = |what: &str| {
        let said = succeed(Path::new("id"), &Command::new("id").args([what, SYSTEM_USER]).output()?)?;
        said.trim().parse().map_err(io::Error::other)
    };
    Ok(Some((id("-u")?, id("-g")?)))
}
