//! An allergy travels in a line's note; on paper it must never look like any other note.

/// What a note that speaks of an allergy has in it, in the languages of the screens and of the demo.
const SIGNS: [&str; 6] = ["allerg", "coeliac", "celiac", "celiach", "intoller", "حساسي"];

/// The parts of `note` (between semicolons) that speak of an allergy, and the rest.
pub(super) fn split_note(note: &str) -> (Vec<String>, Option<String>) {
    let parts = note.split(';').map(str::trim).filter(|part| !part.is_empty());
    let (allergies, rest): (Vec<&str>, Vec<&str>) = parts.partition(|part| speaks_of_allergy(part));
    let rest = (!rest.is_empty()).then(|| rest.join("; "));
    (allergies.into_iter().map(|part| without_word(part).to_owned()).collect(), rest)
}

fn speaks_of_allergy(part: &str) -> bool {
    let part = part.to_lowercase();
    SIGNS.iter().any(|sign| part.contains(sign))
}

/// The paper says the word itself: `ALLERGY nuts` is nuts.
fn without_word(part: &str) -> &str {
    let rest = part.strip_prefix("ALLERGY").map(|rest| rest.trim_start_matches([':', ' ']));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allergy_is_told_from_other_notes_however_it_is_written() {
        let split = |note: &str| split_note(note);
        assert_eq!(split("ALLERGY nuts, milk; no ice"), (vec!["nuts, milk".into()], Some("no ice".into())));
        assert_eq!(
            split("well done; allergic to fish"),
            (vec!["allergic to fish".into()], Some("well done".into()))
        );
        assert_eq!(split("no basil"), (vec![], Some("no basil".into())));
        assert_eq!(split(""), (vec![], None));
    }
}
