//! Where a value lives: `"{section}/{key}"`, and `"{section}/{epoch}/{delta_id}"` for deltas.

use std::ops::Range;

/// The longest whole key, `section/key`, in bytes.
pub const KEY_BYTES_MAX: usize = 512;

const SEPARATOR: char = '/';
/// The character after [`SEPARATOR`], which ends the range of all keys under a prefix.
const AFTER_SEPARATOR: char = '0';

/// Why a section, epoch or key cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// A section, epoch, key or id is empty.
    #[error("a part of the key is empty")]
    Empty,
    /// A section or epoch contains `/`; only what comes last may.
    #[error("a section or epoch contains a slash")]
    Slash,
    /// Longer than [`KEY_BYTES_MAX`].
    #[error("key of {bytes} bytes is longer than {KEY_BYTES_MAX}")]
    TooLong {
        /// Bytes of the whole key.
        bytes: usize,
    },
}

/// Joins `folders` (section, then epoch) and the name under them.
pub(super) fn join(folders: &[&str], name: &str) -> Result<String, KeyError> {
    if name.is_empty() || folders.iter().any(|folder| folder.is_empty()) {
        return Err(KeyError::Empty);
    }
    if folders.iter().any(|folder| folder.contains(SEPARATOR)) {
        return Err(KeyError::Slash);
    }
    let bytes = folders.iter().map(|folder| folder.len() + 1).sum::<usize>() + name.len();
    if bytes > KEY_BYTES_MAX {
        return Err(KeyError::TooLong { bytes });
    }
    let mut key = String::with_capacity(bytes);
    for folder in folders {
        key.push_str(folder);
        key.push(SEPARATOR);
    }
    key.push_str(name);
    Ok(key)
}

/// Every key under `folders`.
pub(super) fn under(folders: &[&str]) -> Range<String> {
    let path = folders.join("/");
    let (mut start, mut end) = (path.clone(), path);
    start.push(SEPARATOR);
    end.push(AFTER_SEPARATOR);
    start..end
}

/// The section of a key and what follows it; `None` for a key no [`join`] made.
pub(super) fn split(key: &str) -> Option<(&str, &str)> {
    key.split_once(SEPARATOR).filter(|(section, name)| !section.is_empty() && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_holds_its_own_keys_and_no_neighbours() {
        let range = under(&["line"]);
        assert!(range.contains(&join(&["line"], "\u{0}").unwrap()));
        assert!(range.contains(&join(&["line"], "\u{10ffff}").unwrap()));
        assert!(range.contains(&join(&["line", "epoch"], "1").unwrap()));
        assert!(!range.contains(&join(&["lines"], "1").unwrap()));
        assert!(!range.contains(&join(&["line-state"], "1").unwrap()));
        assert!(!range.contains(&"line".to_owned()));
    }

    #[test]
    fn only_the_last_part_may_hold_a_slash() {
        assert_eq!(join(&["a"], "b/c").unwrap(), "a/b/c");
        assert_eq!(join(&["a/b"], "c"), Err(KeyError::Slash));
        assert_eq!(join(&["a", ""], "c"), Err(KeyError::Empty));
        assert_eq!(join(&["a"], ""), Err(KeyError::Empty));
    }

    #[test]
    fn the_longest_key_is_512_bytes() {
        assert!(join(&["a"], &"k".repeat(KEY_BYTES_MAX - 2)).is_ok());
        let bytes = KEY_BYTES_MAX + 1;
        assert_eq!(join(&["a"], &"k".repeat(KEY_BYTES_MAX - 1)), Err(KeyError::TooLong { bytes }));
    }
}
