//! Checks `tauri.conf.json` and the capabilities, and makes of them what the window is built from.

fn main() {
    tauri_build::build();
}
