//! Names and texts in their other forms: addresses, sort keys, tags, words to find.
//!
//! Both databases see only lower-case ASCII words made here, so that they find and sort the same, in any script, and
//! nothing a visitor types can be a search operator.

use std::collections::BTreeSet;

/// Longer words are cut, in texts and in questions alike.
const WORD_LENGTH: usize = 40;

/// A question has at most so many words; the rest is ignored.
const QUESTION_WORDS: usize = 10;

/// Lower-case ASCII: `Über 日本` becomes `uber ri ben `.
pub fn fold(text: &str) -> String {
    let mut folded = deunicode::deunicode(text);
    folded.make_ascii_lowercase();
    folded
}

/// The words of a folded text.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| &word[..word.len().min(WORD_LENGTH)])
}

/// An address made from a name: `Field Guide №2` becomes `field-guide-no2`. Empty when the name has no letters.
pub fn slug(name: &str) -> String {
    let folded = fold(name).replace('\'', "");
    let mut slug = String::new();
    for word in words(&folded) {
        if slug.len() + word.len() >= 80 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    slug
}

/// Whether something can be a product's address.
pub fn is_slug(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 80 && text.split('-').all(is_word)
}

/// A tag as it is kept: lower case, single spaces.
pub fn tag(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Each different word of `texts` once: what the search index holds of a product.
pub fn findable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let folded: Vec<String> = texts.into_iter().map(fold).collect();
    let different: BTreeSet<&str> = folded.iter().flat_map(|text| words(text)).collect();
    different.into_iter().collect::<Vec<_>>().join(" ")
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question(Vec<String>);

impl Question {
    /// The words of `text`; `None` when it has none.
    pub fn new(text: &str) -> Option<Self> {
        let words: Vec<String> = words(&fold(text)).take(QUESTION_WORDS).map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// For SQLite's full-text search: all words, the last one as the beginning of one.
    pub fn fts5(&self) -> String {
        let quoted: Vec<_> = self.0.iter().map(|word| format!("\"{word}\"")).collect();
        format!("{} *", quoted.join(" "))
    }

    /// The same for PostgreSQL.
    pub fn tsquery(&self) -> String {
        let quoted: Vec<_> = self.0.iter().map(|word| format!("'{word}'")).collect();
        format!("{}:*", quoted.join(" & "))
    }

    /// For a look at a single product: texts that must all stand among its [`findable`] words, spaces around them.
    pub fn contained(&self) -> Vec<String> {
        let (last, whole) = self.0.split_last().map_or(("", &[][..]), |(last, whole)| (last.as_str(), whole));
        whole.iter().map(|word| format!(" {word} ")).chain([format!(" {last}")]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_ascii_words() {
        assert_eq!(slug("Field Guide"), "field-guide");
        assert_eq!(slug("  Łódź — Ünïcode & Öl's  "), "lodz-unicode-ols");
        assert_eq!(slug("東京"), "dong-jing");
        assert_eq!(slug("!!!"), "");
        assert!(slug(&"word ".repeat(100)).len() <= 80);
        assert!(slug(&"x".repeat(1000)).len() <= 80);
    }

    #[test]
    fn tags_have_one_form() {
        assert_eq!(tag("  Field   RECORDING "), "field recording");
        assert_eq!(tag("ÄRGER"), "ärger");
    }

    #[test]
    fn a_question_is_words_and_nothing_else() {
        let hostile = "\"a\" OR b* NEAR(c) -d: ^e (f) {g} \\ ' & | ! <-> :* \u{0}h 日";
        assert_eq!(Question::new(hostile).unwrap().0.join(" "), "a or b near c d e f g h");
        assert_eq!(Question::new("field gui").unwrap().fts5(), "\"field\" \"gui\" *");
        assert_eq!(Question::new("field gui").unwrap().tsquery(), "'field' & 'gui':*");
        assert_eq!(Question::new("field gui").unwrap().contained(), [" field ", " gui"]);
        assert_eq!(Question::new(" \t'\"*"), None);
        assert_eq!(findable(["Zwei Räume", "zwei"]), "raume zwei");
    }
}
