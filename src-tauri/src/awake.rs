//! What keeps the panel lit while the window is open.
//!
//! A desktop darkens what nobody touches, and listens to whom it has started; a bare X server does so by itself. cage, which shows
//! the window on a box without a desktop, darkens nothing.

use gtk::ApplicationInhibitFlags;
use gtk::gdk::prelude::DisplayExtManual;
use gtk::prelude::{GtkApplicationExt, GtkWindowExt, WidgetExt};
use tauri::WebviewWindow;
use x11rb::protocol::screensaver::ConnectionExt;
use x11rb::rust_connection::RustConnection;

/// The version of the screen saver's protocol that knows how to suspend.
const SUSPENDS_SINCE: (u8, u8) = (1, 1);

/// As long as it lives, nothing darkens the screen that the window is on.
pub struct Awake {
    /// The X server forgets what was asked on a connection when that ends.
    _server: Option<RustConnection>,
}

impl Awake {
    /// # Errors
    /// When the window is none of GTK's.
    pub fn keep(window: &WebviewWindow) -> tauri::Result<Self> {
        let window = window.gtk_window()?;
        if let Some(session) = window.application() {
            session.inhibit(
                Some(&window),
                ApplicationInhibitFlags::IDLE,
                Some("the host stand is in service"),
            );
        }
        if !window.display().backend().is_x11() {
            return Ok(Self { _server: None });
        }
        let server = suspended()
            .inspect_err(|error| tracing::warn!(%error, "the X server may darken the screen"))
            .ok();
        Ok(Self { _server: server })
    }
}

/// A connection on which the screen saver was asked to wait.
fn suspended() -> anyhow::Result<RustConnection> {
    let (server, _) = x11rb::connect(None)?;
    server.screensaver_query_version(SUSPENDS_SINCE.0, SUSPENDS_SINCE.1)?.reply()?;
    server.screensaver_suspend(1)?.check()?;
    Ok(server)
}
