//! Folding of text for search, the same when indexing and when asking.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest text that is searched for, in characters.
pub const QUERY_CHARS_MAX: usize = 100;

/// Folds `text`: compatibility forms and case, accents, Arabic letter forms and marks, the dotless i.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|character| !is_combining_mark(*character) && !is_arabic_mark(*character))
        .map(fold_letter)
        .flat_map(char::to_lowercase)
        .filter(|character| !is_combining_mark(*character))
        .collect()
}

/// The folded words of `text`, Arabic ones without their article.
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| without_article(word).to_owned())
        .collect()
}

/// Tatweel, which only stretches a word, and the marks of vocalisation.
fn is_arabic_mark(character: char) -> bool {
    matches!(character, '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}')
}

fn fold_letter(character: char) -> char {
    match character {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ئ' => 'ي',
        'ؤ' => 'و',
        'ة' => 'ه',
        'ک' => 'ك',
        'ı' | 'İ' => 'i',
        'ß' => 's',
        'ø' | 'Ø' => 'o',
        'ł' | 'Ł' => 'l',
        'đ' | 'Đ' => 'd',
        other => other,
    }
}

/// An Arabic word without its article, when enough is left to be a word.
fn without_article(word: &str) -> &str {
    match word.strip_prefix("ال") {
        Some(rest) if rest.chars().count() >= 2 => rest,
        Some(_) | None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_width_do_not_matter() {
        assert_eq!(words("Crème BRÛLÉE"), words("creme brulee"));
        assert_eq!(words("ＴＩＲＡＭＩＳÙ"), words("tiramisu"));
        assert_eq!(words("Ispanaklı"), words("ispanakli"));
    }

    #[test]
    fn arabic_is_found_vocalised_stretched_and_with_its_article() {
        assert_eq!(words("دَجَاج"), words("دجاج"));
        assert_eq!(words("دجـــاج"), words("دجاج"));
        assert_eq!(words("الدجاج"), words("دجاج"));
        assert_eq!(words("سَلَطة"), words("سلطه"));
        assert_eq!(words("أرز"), words("ارز"));
    }
}
