//! The screens: files of a folder, and one page for every address of theirs.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::map_response;
use axum::response::{Html, Response};
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};

use crate::app::App;
use crate::problem::Problem;

/// Addresses of screens, all of them the one page.
const SCREENS: [&str; 13] = [
    "/host",
    "/order",
    "/order/{*rest}",
    "/kitchen",
    "/kitchen/{*rest}",
    "/expo",
    "/manager",
    "/manager/{*rest}",
    "/printers",
    "/pair",
    "/setup",
    "/sign-in",
    "/t/{*rest}",
];

const NO_SCREENS: &str = "<!doctype html><title>Maitred</title><p>The hub runs. Its screens are not installed: build \
                          them with <code>npm run build</code> in <code>ui</code>, or say where they are with \
                          <code>--ui</code>. The API is at <a href=\"/docs\">/docs</a>.";

/// The folder of the screens: the one that is asked for, else one beside the binary, else where a package puts it, else the
/// one that a build leaves.
pub fn folder(asked: Option<PathBuf>) -> Option<PathBuf> {
    let binary = std::env::current_exe().ok();
    let from_binary = |to: &str| Some(binary.as_deref()?.parent()?.join(to));
    let packaged = from_binary("../share/maitred/ui");
    let candidates = [asked, from_binary("ui"), packaged, Some(PathBuf::from("ui/dist"))];
    candidates.into_iter().flatten().find(|folder| folder.join("index.html").is_file())
}

/// Adds the screens, and an answer for every address that is nobody's.
pub fn with_screens(mut router: Router<App>, folder: Option<&Path>) -> Router<App> {
    let Some(folder) = folder else {
        return router.route("/", get(|| async { Html(NO_SCREENS) })).fallback(no_such_route);
    };
    let page = ServeFile::new(folder.join("index.html"));
    for screen in SCREENS {
        router = router.route_service(screen, page.clone());
    }
    // Their names change with what is in them.
    let assets =
        Router::new().fallback_service(ServeDir::new(folder.join("assets"))).layer(map_response(forever));
    router = router.nest("/assets", assets);
    let nobody = axum::handler::HandlerWithoutStateExt::into_service(no_such_route);
    router.fallback_service(ServeDir::new(folder).call_fallback_on_method_not_allowed(true).fallback(nobody))
}

async fn no_such_route(uri: Uri) -> Problem {
    Problem::new("no-such-route", format!("there is nothing at {}", uri.path()))
}

async fn forever(mut response: Response) -> Response {
    if response.status().is_success() {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, forever);
    }
    response
}
