//! What every program of ours is as a process: a command line with a TOML file behind it, one line on standard error when
//! something is wrong, logs, a clock, a word to who started it, and an end when it is told to stop.

pub mod clock;
mod command_line;
mod logs;
mod stop;
mod supervisor;

pub use command_line::{read_file, run};
pub use logs::{LogFormat, Logs};
pub use stop::Stop;
pub use supervisor::Supervisor;
