//! Settings: what the server reads is explained where its operator looks.

use super::{File, Violation, code::code};

const CONFIG: &str = "crates/api/src/config.rs";
const EXPLAINED: &str = ".env.example";

/// Each setting the server knows stands in `.env.example`.
pub fn are_explained(files: &[File]) -> Vec<Violation> {
    let find = |path: &str| files.iter().find(|file| file.path == path);
    let (Some(config), Some(explained)) = (find(CONFIG), find(EXPLAINED)) else { return Vec::new() };
    let code = code(&config.text);
    let fields = code.lines().enumerate().skip_while(|(_, line)| !line.starts_with("struct Raw {")).skip(1);
    let fields = fields.take_while(|(_, line)| *line != "}");
    let missing = fields.filter_map(|(number, line)| {
        let name = line.trim().split_once(':')?.0.to_ascii_uppercase();
        let is_explained =
            explained.text.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{name}=")));
        (!is_explained).then(|| config.violation(number + 1, format!("{name} is not explained in {EXPLAINED}")))
    });
    missing.collect()
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    #[test]
    fn a_setting_without_words_is_caught() {
        let config = file(CONFIG, "struct Raw {\n    vitrine_bind: String,\n    smtp_url: Option<String>,\n}\n");
        let found = are_explained(&[config, file(EXPLAINED, "# Where.\nVITRINE_BIND=x\n")]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 3);
    }
}
