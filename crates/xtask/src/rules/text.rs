//! Rules on the text of files.

use super::{File, Violation};

const SOURCE: [&str; 5] = [".rs", ".ts", ".mjs", ".js", ".css"];

/// What one can keep in the head at once.
const MAX_LINES: usize = 400;

/// A source file fits in the head.
pub fn files_are_short(files: &[File]) -> Vec<Violation> {
    let long = files.iter().filter(|file| file.is(&SOURCE) && file.text.lines().count() > MAX_LINES);
    long.map(|file| file.violation(MAX_LINES + 1, format!("more than {MAX_LINES} lines: split by subject"))).collect()
}

/// Every module opens with a comment that says what it is for.
pub fn files_say_what_they_are(files: &[File]) -> Vec<Violation> {
    let silent = files.iter().filter(|file| file.is(&[".rs"]) && !file.text.starts_with("//!"));
    silent.map(|file| file.violation(1, "open with a `//!` comment: what this is, and its rules in words")).collect()
}

/// Work is finished or stands in the issue tracker, never in the tree.
pub fn nothing_is_left_to_do(files: &[File]) -> Vec<Violation> {
    // In two parts, so that this file does not break its own rule.
    let marks = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("todo", "!("), concat!("#[ign", "ore")];
    let marks =
        marks.iter().chain(&[concat!("unimplem", "ented!("), concat!("test", ".only("), concat!("test", ".skip(")]);
    find(files, &[".rs", ".ts", ".css", ".html", ".sql", ".toml", ".md"], marks, "finish it, or open an issue")
}

/// No folder of somebody's machine, no registry's host, no secret.
pub fn nothing_private(files: &[File]) -> Vec<Violation> {
    let folders = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
    let hosts = [concat!("registry.np", "mjs.org"), concat!("static.crat", "es.io"), concat!("index.crat", "es.io")];
    let keys = [concat!("sk_", "live_"), concat!("rk_", "live_"), concat!("gh", "p_"), concat!("AKI", "A")];
    let mut violations = find(files, &[""], folders.iter(), "a folder of one machine");
    violations.extend(find(files, &[""], hosts.iter(), "a registry's host"));
    violations.extend(find(files, &[""], [concat!("PRIVATE ", "KEY-----")].iter(), "a secret"));
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            let is_key = |at: usize| line[at..].chars().take_while(char::is_ascii_alphanumeric).count() >= 16;
            let found = keys.iter().find(|key| line.match_indices(*key).any(|(at, _)| is_key(at + key.len())));
            violations.extend(found.map(|key| file.violation(number + 1, format!("`{key}…`: a secret"))));
        }
    }
    violations
}

fn find<'a>(
    files: &[File],
    endings: &[&str],
    marks: impl Iterator<Item = &'a &'a str> + Clone,
    what: &str,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.is(endings)) {
        for (number, line) in file.text.lines().enumerate() {
            let found = marks.clone().find(|mark| stands_in(line, mark));
            violations.extend(found.map(|mark| file.violation(number + 1, format!("`{mark}`: {what}"))));
        }
    }
    violations
}

/// Whether `mark` stands in `line` as words of its own.
fn stands_in(line: &str, mark: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(mark).any(|(at, _)| {
        let is_end = !mark.ends_with(char::is_alphanumeric) || !line[at + mark.len()..].starts_with(joins);
        is_end && !line[..at].ends_with(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::lines, *};

    #[test]
    fn a_long_file_is_caught() {
        assert_eq!(lines(files_are_short, "e2e/a.ts", &"x\n".repeat(401)), [401]);
        assert!(lines(files_are_short, "e2e/a.ts", &"x\n".repeat(400)).is_empty());
        assert!(lines(files_are_short, "Cargo.lock", &"x\n".repeat(401)).is_empty());
    }

    #[test]
    fn a_module_without_words_is_caught() {
        assert_eq!(lines(files_say_what_they_are, "crates/api/src/a.rs", "fn main() {}"), [1]);
        assert!(lines(files_say_what_they_are, "crates/api/src/a.rs", "//! The way in.\nfn main() {}").is_empty());
    }

    #[test]
    fn unfinished_work_is_caught() {
        for mark in ["// TO-DO later", "// FIX-ME", "#[ign-ore = \"slow\"]", "to-do!()"] {
            assert_eq!(lines(nothing_is_left_to_do, "a.rs", &mark.replacen('-', "", 1)), [1], "{mark}");
        }
        assert!(lines(nothing_is_left_to_do, "a.rs", "let methods = TODOS_LISTED;").is_empty());
    }

    #[test]
    fn private_things_are_caught() {
        for mark in ["cd /ro-ot/x", "\"/ho-me/me/x\"", "https://registry.np-mjs.org/x", "PRIVATE -KEY-----"] {
            assert_eq!(lines(nothing_private, "a.md", &mark.replacen('-', "", 1)), [1], "{mark}");
        }
        assert_eq!(lines(nothing_private, "a.md", &format!("sk_{}_{}", "live", "4eC39HqLyjWDarjt")), [1]);
        assert!(
            lines(nothing_private, "a.md", "a chroot/ folder, sk_live_ and more, https://example.com/home/").is_empty()
        );
    }
}
