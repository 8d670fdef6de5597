//! Access tokens: random, opaque, and kept only as a hash.

use std::fmt::Write;

use axum::http::{Uri, header, request::Parts};

use maitred_process::clock;

/// A new token.
pub fn mint() -> String {
    clock::random::<32>().iter().fold(String::with_capacity(64), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    })
}

/// What the store knows a token by.
pub fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}

/// The same as hexadecimal digits.
pub fn hash_text(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_string()
}

/// The token of a request: its `Authorization` header, or `?access_token=` for event streams, which cannot set one.
pub fn of(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.or_else(|| in_query(&parts.uri, "access_token"))
}

/// A parameter of an address that needs no unescaping.
pub fn in_query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
