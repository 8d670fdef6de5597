//! Where the hub's own binary is.

use std::path::{Path, PathBuf};

/// The hub, which a build of the workspace puts beside our own programs.
pub fn maitred() -> PathBuf {
    let maitred = Path::new(env!("CARGO_BIN_EXE_hub-worker")).with_file_name("maitred");
    assert!(maitred.exists(), "build the hub first: cargo build -p maitred-hub");
    maitred
}
