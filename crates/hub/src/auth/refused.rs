//! What is refused to somebody, written into the log: who guesses, who pries, and from where.

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::pace::Asker;
use super::{TERMINAL_HEADER, token};
use crate::app::App;
use crate::door::Met;
use crate::problem::Code;
use crate::router::shown_path;

/// The problems that say that somebody may not. A wrong PIN is written down where it is known whose it would have been.
const REFUSALS: [&str; 10] = [
    "unauthenticated",
    "forbidden",
    "not-from-here",
    "device-not-paired",
    "not-on-this-terminal",
    "foreign-page",
    "not-encrypted",
    "not-this-host",
    "wrong-code",
    "locked-out",
];

/// Writes down what is refused: what was asked, from which address, and at which terminal, also one that was taken out. Of
/// somebody who is refused more often than anybody would read, not each time.
pub async fn written_down(
    State(app): State<App>,
    ConnectInfo(met): ConnectInfo<Met>,
    request: Request,
    next: Next,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let token = request.headers().get(TERMINAL_HEADER).cloned();
    let response = next.run(request).await;
    let code = response.extensions().get().map(|Code(code)| *code);
    if let Some(code) = code.filter(|code| REFUSALS.contains(code)) {
        let catalogue = app.store.catalogue();
        let terminal = token
            .and_then(|token| catalogue.terminal_of_token(&token::hash_text(token.to_str().ok()?)))
            .map(|terminal| terminal.id);
        if app.paces.refusals.allows(Asker::new(terminal, met.from), app.now()) {
            let terminal = terminal.map(tracing::field::display);
            tracing::warn!(code, %method, path = shown_path(&uri), from = %met.from.ip(), terminal, "refused");
        }
    }
    response
}
