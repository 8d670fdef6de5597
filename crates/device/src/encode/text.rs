//! From what a person typed to what a printer may be sent.

use unicode_normalization::UnicodeNormalization;

use crate::{fonts, profile::CodePage};

/// Stands for what cannot be printed: emoji, and scripts that the font does not have.
pub const MARK: &str = "[?]";
/// Longer texts end in dots: one note must not empty a roll.
pub const TEXT_CHARS_MAX: usize = 1_000;

const CP858_UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
const CP1252_80_9F: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// The byte of `c`, when the page has it. Never a control byte.
pub(crate) fn encode_char(c: char, page: CodePage) -> Option<u8> {
    let at =
        |table: &str| table.chars().position(|known| known == c).and_then(|at| u8::try_from(at + 0x80).ok());
    match (c, page) {
        (' '..='~', _) => u8::try_from(c).ok(),
        (_, CodePage::Cp858) => at(CP858_UPPER),
        ('\u{a0}'..='\u{ff}', CodePage::Cp1252) => u8::try_from(u32::from(c)).ok(),
        (_, CodePage::Cp1252) => at(CP1252_80_9F).filter(|_| !c.is_control()),
    }
}

/// The character a printer shows for `byte`; a space for control bytes.
pub(crate) fn decode_byte(byte: u8, page: CodePage) -> char {
    let upper = |table: &str| table.chars().nth(usize::from(byte) - 0x80).unwrap_or(' ');
    match (byte, page) {
        (b' '..=b'~', _) => char::from(byte),
        (0..=0x7f, _) => ' ',
        (_, CodePage::Cp858) => upper(CP858_UPPER),
        (0x80..=0x9f, CodePage::Cp1252) => upper(CP1252_80_9F),
        (_, CodePage::Cp1252) => char::from(byte),
    }
}

/// Whether all of `text` can be sent as bytes.
pub(crate) fn is_in_page(text: &str, page: CodePage) -> bool {
    text.chars().all(|c| encode_char(c, page).is_some())
}

/// Takes out everything that could drive a printer or reorder a line, and marks what cannot be printed.
pub(crate) fn clean(raw: &str, page: CodePage) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut in_mark = false;
    for (index, c) in raw.nfc().enumerate() {
        if index == TEXT_CHARS_MAX {
            out.push_str("...");
            break;
        }
        match treat(c, page) {
            Treatment::Leave => out.push(c),
            Treatment::Replace(plain) => out.push_str(plain),
            Treatment::Drop => continue,
            Treatment::Mark if in_mark => continue,
            Treatment::Mark => out.push_str(MARK),
        }
        in_mark = matches!(treat(c, page), Treatment::Mark);
    }
    out
}

enum Treatment {
    Leave,
    Replace(&'static str),
    Drop,
    Mark,
}

fn treat(c: char, page: CodePage) -> Treatment {
    if let Some(plain) = plain_for(c) {
        return if encode_char(c, page).is_some() && c > '\u{a0}' {
            Treatment::Leave
        } else {
            Treatment::Replace(plain)
        };
    }
    if c.is_control() || is_invisible(c) {
        Treatment::Drop
    } else if is_pictograph(c) {
        Treatment::Mark
    } else if encode_char(c, page).is_some() || fonts::that_draws(c, false).is_some() {
        Treatment::Leave
    } else {
        Treatment::Mark
    }
}

/// Typewriter forms, so that a curly quote does not turn a line into a picture.
fn plain_for(c: char) -> Option<&'static str> {
    Some(match c {
        '\n'
        | '\r'
        | '\t'
        | '\u{a0}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{2028}'
        | '\u{2029}' => " ",
        '‘' | '’' | '‚' | '‛' | 'ʼ' => "'",
        '“' | '”' | '„' | '‟' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '−' => "-",
        '…' => "...",
        '•' => "*",
        _ => return None,
    })
}

/// Joiners, direction overrides, variation selectors, tags: no ink of their own. The non-joiner stays, Persian needs it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' | '\u{61c}' | '\u{20e3}')
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_bytes_and_direction_overrides_vanish() {
        let raw = "a\u{1b}@\u{10}\u{14}\u{1}b\u{202e}c\u{9b}\nd\u{7f}";
        assert_eq!(clean(raw, CodePage::Cp858), "a@bc d");
    }

    #[test]
    fn a_run_of_emoji_is_one_mark_and_so_is_a_script_without_a_font() {
        assert_eq!(clean("happy 👨‍👩‍👧🎂 day", CodePage::Cp858), "happy [?] day");
        assert_eq!(clean("\u{10000}\u{10001} set", CodePage::Cp858), "[?] set");
    }

    #[test]
    fn arabic_greek_and_cyrillic_stay_for_drawing() {
        for text in ["شاي بالنعناع", "Ψάρι", "Борщ"] {
            assert_eq!(clean(text, CodePage::Cp858), text);
            assert!(!is_in_page(text, CodePage::Cp858));
        }
    }

    #[test]
    fn typewriter_forms_keep_a_line_in_the_code_page() {
        assert_eq!(clean("“Chef’s” – now…", CodePage::Cp858), "\"Chef's\" - now...");
        assert_eq!(clean("e\u{301}", CodePage::Cp858), "é");
    }

    #[test]
    fn every_printable_byte_comes_back_as_itself() {
        for page in [CodePage::Cp858, CodePage::Cp1252] {
            for byte in 0x20..=0xff_u8 {
                let c = decode_byte(byte, page);
                if byte != 0x7f && !c.is_control() {
                    assert_eq!(encode_char(c, page), Some(byte), "{byte:x} {c}");
                }
            }
        }
    }

    #[test]
    fn a_very_long_note_ends_in_dots() {
        let cleaned = clean(&"a".repeat(5_000), CodePage::Cp858);
        assert_eq!(cleaned.len(), TEXT_CHARS_MAX + 3);
    }
}
