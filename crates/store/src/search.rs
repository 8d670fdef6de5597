//! Folding of text for search, the same when indexing and when asking.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest text that is searched for, in characters.
pub const QUERY_CHARS_MAX: usize = 100;

/// Folds `text`: compatibility forms and case, accents, Arabic letter forms and marks, the dotless i. Marks that are
/// letters of their own (vowels of Thai, the voicing of kana) stay.
pub fn fold(text: &str) -> String {
    let folded = text.nfkd().filter(|character| !is_accent(*character) && !is_arabic_mark(*character));
    let folded = folded.map(fold_letter).flat_map(char::to_lowercase);
    folded.filter(|character| !is_accent(*character)).nfc().collect()
}

/// The folded words to look for `text`: Arabic ones without their article, and those of scripts that leave no space
/// between words as a dictionary cuts them.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let spaced = folded.split(|character: char| !is_of_word(character)).filter(|word| !word.is_empty());
    spaced.flat_map(cut).map(|word| without_article(&word).to_owned()).collect()
}

/// The words under which `text` is found: those of [`words`], and of scripts without spaces every end of a word too.
/// Whoever looks for the last half of what a dictionary takes for one word finds it.
pub fn indexed_words(text: &str) -> Vec<String> {
    words(text).iter().flat_map(|word| ends(word)).collect()
}

/// `word`, and where it is of a script without spaces what it ends with.
fn ends(word: &str) -> impl Iterator<Item = String> {
    let starts = word.char_indices().filter(|(at, character)| *at == 0 || may_start(*character));
    starts.map(|(at, _)| word[at..].to_owned())
}

/// Cuts what stands between two spaces into words.
fn cut(spaced: &str) -> Vec<String> {
    if !spaced.chars().any(is_of_spaceless_script) {
        return vec![spaced.to_owned()];
    }
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let ends: Vec<usize> = segmenter.segment_str(spaced).collect();
    ends.windows(2).map(|ends| spaced[ends[0]..ends[1]].to_owned()).collect()
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || is_of_spaceless_script(character)
}

/// Scripts whose words follow each other without a space: Thai, Lao, Myanmar, Khmer, kana, Han.
fn is_of_spaceless_script(character: char) -> bool {
    matches!(
        character,
        '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{30FF}'
            | '\u{3400}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}

/// Whether a word of a script without spaces could start with this letter.
fn may_start(character: char) -> bool {
    is_of_spaceless_script(character) && !is_combining_mark(character) && character != 'ー'
}

/// Accents of Latin, Greek and Cyrillic letters, and the points of Hebrew ones.
fn is_accent(character: char) -> bool {
    let of_letters = matches!(
        character,
        '\u{0300}'..='\u{036F}'
            | '\u{0483}'..='\u{0489}'
            | '\u{0591}'..='\u{05C7}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE20}'..='\u{FE2F}'
    );
    of_letters && is_combining_mark(character)
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

    /// Whether somebody who types `query` is shown `name`.
    fn finds(query: &str, name: &str) -> bool {
        let indexed = indexed_words(name);
        let words = words(query);
        !words.is_empty() && words.iter().all(|word| indexed.iter().any(|known| known.starts_with(word)))
    }

    #[test]
    fn words_without_spaces_are_found_in_the_middle_and_at_the_end() {
        for (name, queries) in [
            ("宫保鸡丁", &["宫保", "鸡丁", "鸡", "宫保鸡丁"][..]),
            ("麻婆豆腐", &["豆腐", "麻婆"]),
            ("北京烤鸭", &["烤鸭", "北京", "鸭"]),
            ("親子丼", &["親子", "丼"]),
            ("天ぷらうどん", &["うどん", "天ぷら"]),
            ("チーズバーガー", &["バーガー", "チーズ"]),
            ("味噌ラーメン", &["ラーメン", "味噌"]),
            ("ผัดไทยกุ้งสด", &["ผัดไทย", "กุ้ง", "กุ้งสด"]),
            ("ต้มยำกุ้ง", &["ต้มยำ", "กุ้ง"]),
            ("ข้าวผัดไก่", &["ข้าว", "ไก่", "ข้าวผัด"]),
            ("비빔밥", &["비빔", "비빔밥"]),
        ] {
            for query in queries {
                assert!(finds(query, name), "{query} in {name}: {:?}", indexed_words(name));
            }
        }
    }

    #[test]
    fn another_dish_is_not_found() {
        for (query, name) in
            [("牛肉", "宫保鸡丁"), ("うどん", "味噌ラーメン"), ("ขาว", "ข้าวผัดไก่"), ("か", "がんも")]
        {
            assert!(!finds(query, name), "{query} in {name}");
        }
    }

    #[test]
    fn two_scripts_side_by_side_are_both_found() {
        assert!(finds("kimchi", "Kimchi炒飯") && finds("炒飯", "Kimchi炒飯"));
        assert!(finds("ﾗｰﾒﾝ", "ラーメン"), "half width");
    }
}
