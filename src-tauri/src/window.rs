//! The window: the whole screen, one page, nothing else.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gtk::gio::TlsCertificate;
use tauri::webview::NewWindowResponse;
use tauri::{App, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use webkit2gtk::{NetworkError, PolicyError, WebContextExt, WebResourceExt, WebView, WebViewExt};

use crate::awake::Awake;
use crate::cli::Look;
use crate::places::Places;
use crate::trust::Trust;

/// How pages are drawn and run, unless somebody has said otherwise.
const ALWAYS: [(&str, &str); 5] = [
    // `WebKit`'s way of sharing pictures with the graphics driver leaves some panels black, those of small boxes among them.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // What a page does at a touch runs once and not in a loop: to compile it costs 14 MB, and it starts no sooner for it.
    ("JSC_useJIT", "0"),
    // What the processes of pages allocate beside what `WebKit` itself does.
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_TRIM_THRESHOLD_", "65536"),
    ("MALLOC_MMAP_THRESHOLD_", "65536"),
];
/// The same where no graphics processor is: only the process of the page loads what draws in its place, and the window's own
/// does not, which is 17 MB less.
const WITHOUT_GRAPHICS: [(&str, &str); 2] =
    [("GDK_GL", "disable"), ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null")];
/// Where the kernel shows what there is to draw with.
const GRAPHICS: &str = "/dev/dri";
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

/// Chooses how pages are drawn and run; before the first thread starts.
pub fn choose_renderer() {
    let without_graphics = if Path::new(GRAPHICS).exists() { &[][..] } else { &WITHOUT_GRAPHICS };
    for (name, value) in ALWAYS.iter().chain(without_graphics) {
        set_unless_said(name, value);
    }
}

#[expect(unsafe_code, reason = "the environment is changed while nobody else can read it")]
fn set_unless_said(name: &str, value: &str) {
    if std::env::var_os(name).is_none() {
        // SAFETY: this is the first thing that the program does, and no other thread runs yet.
        unsafe { std::env::set_var(name, value) };
    }
}

/// The window, and whether what it shows is no page of a hub.
pub struct Stage {
    pub window: WebviewWindow,
    pub is_lost: Arc<AtomicBool>,
    _awake: Awake,
}

/// Opens it on the page that says that a hub is looked for.
///
/// # Errors
/// When there is no display.
pub fn open(app: &App, look: &Look, places: &Places) -> tauri::Result<Stage> {
    let (origins, trust) = (places.origins(), places.trust());
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
    let awake = Awake::keep(&window)?;
    let is_lost = Arc::new(AtomicBool::new(false));
    let lost = Arc::clone(&is_lost);
    window.with_webview(move |webview| {
        let page = webview.inner();
        // A page that has run out of memory is loaded again: a black screen helps nobody.
        page.connect_web_process_terminated(|page, reason| {
            tracing::error!(?reason, "the page's process has ended");
            page.reload();
        });
        page.connect_load_failed(move |_, _, url, error| {
            // What was not allowed, or given up for another page, is no loss.
            let is_given_up = error.matches(NetworkError::Cancelled)
                || error.matches(PolicyError::FrameLoadInterruptedByPolicyChange);
            if !is_given_up {
                tracing::warn!(%url, %error, "the page cannot be loaded");
                lost.store(true, Ordering::Relaxed);
            }
            false
        });
        believe(&page, trust);
    })?;
    Ok(Stage { window, is_lost, _awake: awake })
}

/// Has a page, and whatever it asks a hub for, take certificates of the venue's own authority for good: `WebKit` knows only
/// those of the system, and remembers one after the other.
fn believe(page: &WebView, trust: Arc<Trust>) {
    let of_resources = Arc::clone(&trust);
    page.connect_resource_load_started(move |page, resource, _| {
        let (page, trust) = (page.clone(), Arc::clone(&of_resources));
        resource.connect_failed_with_tls_errors(move |resource, certificate, _| {
            let url = resource.uri().unwrap_or_default();
            allow(&page, &trust, &url, certificate);
        });
    });
    page.connect_load_failed_with_tls_errors(move |page, url, certificate, _| {
        let is_ours = allow(page, &trust, url, certificate);
        if is_ours {
            page.load_uri(url);
        }
        is_ours
    });
}

/// Whether whoever showed that certificate is a hub of the venue; it is then believed from now on.
fn allow(page: &WebView, trust: &Trust, url: &str, certificate: &TlsCertificate) -> bool {
    let url = Url::parse(url).ok();
    let Some(host) = url.as_ref().and_then(Url::host_str) else { return false };
    let host = host.trim_matches(['[', ']']);
    let is_ours = trust.vouches(certificate, host);
    if !is_ours {
        tracing::warn!(%host, "whoever answers there is not of the venue");
    } else if let Some(context) = page.context() {
        context.allow_tls_certificate_for_host(certificate, host);
    }
    is_ours
}
