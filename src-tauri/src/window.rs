//! The window: the whole screen, one page, nothing else.

use gtk::ApplicationInhibitFlags;
use gtk::prelude::{GtkApplicationExt, GtkWindowExt};
use tauri::webview::NewWindowResponse;
use tauri::{App, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use webkit2gtk::WebViewExt;

use crate::cli::Look;
use crate::places::Origins;

/// `WebKit`'s way of sharing pictures with the graphics driver leaves some panels black, those of small boxes among them.
const SHARED_BUFFERS: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// The scheme of the page that is shown until a hub is found.
const OWN_SCHEME: &str = "tauri";
/// Every page of a touch screen, before anything of it is drawn.
const NO_CURSOR: &str = "
const hide = () => {
  const style = document.createElement('style');
  style.textContent = '* { cursor: none !important }';
  document.documentElement.append(style);
};
if (document.documentElement) hide();
else document.addEventListener('readystatechange', hide, { once: true });
";

/// Chooses how pages are drawn, unless somebody has; before the first thread starts.
#[expect(unsafe_code, reason = "the environment is changed while nobody else can read it")]
pub fn choose_renderer() {
    if std::env::var_os(SHARED_BUFFERS).is_none() {
        // SAFETY: this is the first thing that the program does, and no other thread runs yet.
        unsafe { std::env::set_var(SHARED_BUFFERS, "1") };
    }
}

/// Opens it on the page that says that a hub is looked for.
///
/// # Errors
/// When there is no display.
pub fn open(app: &App, look: &Look, origins: Origins) -> tauri::Result<WebviewWindow> {
    let is_allowed = move |url: &Url| url.scheme() == OWN_SCHEME || origins.hold(url);
    let mut builder = WebviewWindowBuilder::new(app, "stand", WebviewUrl::App("index.html".into()))
        .title("Maitred")
        .inner_size(1180.0, 820.0)
        .fullscreen(!look.windowed)
        .decorations(look.windowed)
        .data_directory(look.kept.clone())
        .on_navigation(is_allowed)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if look.no_cursor {
        builder = builder.initialization_script(NO_CURSOR);
    }
    let window = builder.build()?;
    keep_awake(&window)?;
    // A page that has run out of memory is loaded again: a black screen helps nobody.
    window.with_webview(|webview| {
        webview.inner().connect_web_process_terminated(|page, reason| {
            tracing::error!(?reason, "the page's process has ended");
            page.reload();
        });
    })?;
    Ok(window)
}

/// Asks the session not to darken the screen while the window is open.
fn keep_awake(window: &WebviewWindow) -> tauri::Result<()> {
    let window = window.gtk_window()?;
    if let Some(session) = window.application() {
        session.inhibit(Some(&window), ApplicationInhibitFlags::IDLE, Some("the host stand is in service"));
    }
    Ok(())
}
