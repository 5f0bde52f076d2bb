//! Just enough of a Rust lexer to tell code from comments and strings, and to see which modules a file names.

/// The source with comments and the insides of strings blanked out; every line keeps its number.
pub fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => find(&chars, at, |c| c == '\n'),
            ('/', Some('*')) => end_of_comment(&chars, at),
            ('"', _) => end_of_string(&chars, at),
            ('r', Some('"' | '#')) if !is_inside_word(&chars, at) => end_of_raw_string(&chars, at).unwrap_or(at),
            ('\'', Some('\\')) => find(&chars, at + 3, |c| c == '\'') + 1,
            ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at + 3,
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end.min(chars.len())].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

fn find(chars: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| wanted(chars[*at])).unwrap_or(chars.len())
}

fn is_inside_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn end_of_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn end_of_raw_string(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from + 1..].iter().take_while(|c| **c == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let at = (open + 1..chars.len()).find(|at| chars[*at..].starts_with(&close));
    Some(at.map_or(chars.len(), |at| at + close.len()))
}

/// A path that a file names from the crate's root on, and its line.
#[derive(Debug, PartialEq)]
pub struct CratePath {
    /// Its first three segments, such as `catalog`, `store` and `ProductRecord`; empty after its end.
    pub segments: [String; 3],
    /// Counted from 1.
    pub line: usize,
}

/// Every `crate::…` path in `code`, groups in braces unfolded.
pub fn crate_paths(code: &str) -> Vec<CratePath> {
    let tokens = tokens(code);
    let word = |at: usize| tokens.get(at).map_or("", |(token, _)| *token);
    // What follows the segment at `at`: each branch of a group, or nothing.
    let after = |at: usize| if word(at + 1) == "::" { branches(&tokens, at + 2) } else { vec![usize::MAX] };
    let mut paths = Vec::new();
    for at in (0..tokens.len()).filter(|at| word(*at) == "crate" && word(at + 1) == "::") {
        for first in branches(&tokens, at + 2) {
            for second in after(first) {
                for third in if second == usize::MAX { vec![second] } else { after(second) } {
                    let segments = [first, second, third].map(|at| word(at).to_owned());
                    paths.push(CratePath { segments, line: tokens[first].1 });
                }
            }
        }
    }
    paths
}

/// Where the segment that starts at `at` lies: there, or in each branch of a group.
fn branches(tokens: &[(&str, usize)], at: usize) -> Vec<usize> {
    if tokens.get(at).is_none_or(|(token, _)| *token != "{") {
        return vec![at];
    }
    let (mut found, mut depth) = (Vec::new(), 0);
    for (index, (token, _)) in tokens.iter().enumerate().skip(at) {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && ["{", ","].contains(&tokens[index - 1].0) => found.push(index),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Words and signs of `code` with their lines; `::` is one sign.
fn tokens(code: &str) -> Vec<(&str, usize)> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                _ if rest.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            let (token, after) = rest.split_at(length);
            tokens.push((token, number + 1));
            rest = after.trim_start();
        }
    }
    tokens
}

/// Lines of `code` on which `wanted` stands, not as the end of a longer word.
pub fn lines_naming(code: &str, wanted: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let names = |line: &str| line.match_indices(wanted).any(|(at, _)| !line[..at].ends_with(is_word));
    code.lines().enumerate().filter(|(_, line)| names(line)).map(|(number, _)| number + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let source = "a // b\n\"c \\\" d\" e /* f /* g */ h */ i\nr#\"j \" k\"# l 'm' '\\n' &'n o";
        let code = code(source);
        let words: Vec<_> = tokens(&code).into_iter().filter(|(token, _)| token.len() == 1).collect();
        assert_eq!(words, [("a", 1), ("e", 2), ("i", 2), ("l", 3), ("&", 3), ("'", 3), ("n", 3), ("o", 3)]);
    }

    #[test]
    fn groups_of_paths_are_unfolded() {
        let source = "use crate::{\n  cart::{service, store::{self, Line}},\n  db,\n};\nfn f() { crate::mail::send() }";
        let found: Vec<_> = crate_paths(source).into_iter().map(|path| (path.segments.join(" "), path.line)).collect();
        let wanted =
            [("cart service ", 2), ("cart store self", 2), ("cart store Line", 2), ("db  ", 3), ("mail send ", 5)];
        assert_eq!(found, wanted.map(|(path, line)| (path.to_owned(), line)));
    }
}
