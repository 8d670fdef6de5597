//! The pages of the dashboard: files of a folder, and one page for every address of theirs.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, Redirect};
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::{SetResponseHeader, SetResponseHeaderLayer};

use crate::app::App;

const PAGE: &str = "cloud.html";
const NO_PAGES: &str = "<!doctype html><title>Maitred</title><p>The relay runs. Its pages are not installed: build them \
                        with <code>npm run build</code> in <code>ui</code>, or say where they are with <code>--ui</code>.";
/// What a page may load: its own files only. Colours and places are styles of elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The folder of the pages: the one that is asked for, else one beside the binary, else the one that a build leaves.
pub fn folder(asked: Option<PathBuf>) -> Option<PathBuf> {
    let binary = std::env::current_exe().ok();
    let beside = binary.as_deref().and_then(Path::parent).map(|folder| folder.join("cloud"));
    let candidates = [asked, beside, Some(PathBuf::from("ui/dist-cloud"))];
    candidates.into_iter().flatten().find(|folder| folder.join(PAGE).is_file())
}

/// The pages, below `/cloud`.
pub fn router(folder: Option<&Path>) -> Router<App> {
    let pages = match folder {
        None => Router::new()
            .route("/cloud", get(|| async { Html(NO_PAGES) }))
            .route("/cloud/{*rest}", get(|| async { Html(NO_PAGES) })),
        Some(folder) => {
            let page = ServeFile::new(folder.join(PAGE));
            // Their names change with what is in them.
            let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
            let assets = ServeDir::new(folder.join("assets"));
            let assets = SetResponseHeader::if_not_present(assets, header::CACHE_CONTROL, forever);
            Router::new()
                .route_service("/cloud", page.clone())
                .route_service("/cloud/{*rest}", page)
                .nest_service("/cloud/assets", assets)
        }
    };
    let set = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    pages
        .route("/", get(|| async { Redirect::temporary("/cloud") }))
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
}
