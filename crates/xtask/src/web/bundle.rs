//! Puts the parts together: names with hashes, and the page that refers to them.
//!
//! A file below `assets/` never changes under its name, so that it may be cached for ever. What `index.html` and the
//! style sheet refer to goes there; the rest of `public/` (robots.txt, icons …) keeps its name.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::wasm;
use crate::{hash, place};

/// Writes the finished app into `out`.
pub fn assemble(out: &Path, glue: &Path, css: &str) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    let bundle = Bundle { out, frontend: place::frontend() };
    fs::create_dir_all(out.join("assets"))?;
    copy_below(&bundle.frontend.join("public"), out)?;
    // Module, glue and parts fit only each other, and refer to each other by relative names: one hash for all of them.
    let app = format!("/assets/app-{}", hash::of_files(&[glue.to_path_buf()])?);
    copy_below(glue, &out.join(&app[1..]))?;
    let (module, script) = (format!("{app}/{}", wasm::MODULE), format!("{app}/{}", wasm::GLUE));
    let start = format!("import init from '{script}';\ninit({{ module_or_path: '{module}' }});\n");
    let start = bundle.add("start.js", start.as_bytes())?;
    let css = bundle.rewrite(css, "url(", &bundle.frontend.join("style"))?;
    let css = bundle.add("main.css", css.as_bytes())?;

    let page = fs::read_to_string(bundle.frontend.join("index.html")).context("cannot read frontend/index.html")?;
    let page = replace_once(&page, "\"/style/main.css\"", &format!("\"{css}\""))?;
    let page = replace_once(&page, "\"/start.js\"", &format!("\"{start}\""))?;
    let public = bundle.frontend.join("public");
    let page = bundle.rewrite(&page, " href=", &public)?;
    let page = bundle.rewrite(&page, " src=", &public)?;
    let preload = format!(
        "<link rel=\"preload\" href=\"{module}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         <link rel=\"modulepreload\" href=\"{script}\">\n\
         <link rel=\"modulepreload\" href=\"{app}/{}\">\n</head>",
        wasm::LOADER
    );
    fs::write(out.join("index.html"), replace_once(&page, "</head>", &preload)?)?;
    Ok(())
}

struct Bundle<'a> {
    out: &'a Path,
    frontend: PathBuf,
}

impl Bundle<'_> {
    /// Adds a file that is cached for ever, and answers its URL.
    fn add(&self, name: &str, bytes: &[u8]) -> Result<String> {
        let (stem, ending) = name.rsplit_once('.').with_context(|| format!("{name} has no ending"))?;
        let url = format!("/assets/{stem}-{}.{ending}", hash::of(bytes));
        fs::write(self.out.join(&url[1..]), bytes).with_context(|| format!("cannot write {url}"))?;
        Ok(url)
    }

    /// Replaces each reference in `text` that follows `before` and names a file of ours by the URL of its hashed copy.
    /// Relative ones are looked up in `folder`, absolute ones in `public/`.
    fn rewrite(&self, text: &str, before: &str, folder: &Path) -> Result<String> {
        let (mut rewritten, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(at) = rest.find(before) {
            let (head, tail) = rest.split_at(at + before.len());
            let quote = tail.chars().next().filter(|first| ['"', '\''].contains(first));
            let value = &tail[quote.map_or(0, char::len_utf8)..];
            let value =
                &value[..value.find(quote.unwrap_or(')')).with_context(|| format!("`{before}` without an end"))?];
            let (quoted, after) = tail.split_at(value.len() + if quote.is_some() { 2 } else { 0 });
            rewritten += head;
            match self.hashed(value, folder)? {
                Some(url) => write!(rewritten, "\"{url}\"")?,
                None => rewritten += quoted,
            }
            rest = after;
        }
        Ok(rewritten + rest)
    }

    /// The URL of the hashed copy of what `reference` names, unless that is not ours or keeps its name.
    fn hashed(&self, reference: &str, folder: &Path) -> Result<Option<String>> {
        let path = reference.split(['?', '#']).next().unwrap_or_default();
        let foreign = path.is_empty() || path.contains(':') || path.starts_with("//");
        if foreign || path.starts_with("/assets/") || path == "/" {
            return Ok(None);
        }
        let file =
            path.strip_prefix('/').map_or_else(|| folder.join(path), |path| self.frontend.join("public").join(path));
        let name = file.file_name().context("a reference to a folder")?.to_string_lossy();
        let bytes = fs::read(&file)
            .with_context(|| format!("`{reference}` is referred to, but {} cannot be read", file.display()))?;
        self.add(&name, &bytes).map(Some)
    }
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    if text.matches(from).count() != 1 {
        bail!("frontend/index.html must contain {from} exactly once");
    }
    Ok(text.replace(from, to))
}

fn copy_below(from: &Path, to: &Path) -> Result<()> {
    for file in hash::files_below(&[from.to_path_buf()])? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_our_files_are_hashed_and_others_left_alone() -> Result<()> {
        let place = tempfile::tempdir()?;
        let (out, frontend) = (place.path().join("out"), place.path().join("frontend"));
        fs::create_dir_all(out.join("assets"))?;
        fs::create_dir_all(frontend.join("public"))?;
        fs::create_dir_all(frontend.join("style"))?;
        fs::write(frontend.join("public/icon.svg"), "icon")?;
        fs::write(frontend.join("style/a.woff2"), "font")?;
        let bundle = Bundle { out: &out, frontend: frontend.clone() };

        let css = r#"a{b:url(a.woff2)}c{d:url("data:x,url(#y)")}e{f:url('/icon.svg?v=1')}"#;
        let icon = hash::of(b"icon");
        let wanted = format!(
            r#"a{{b:url("/assets/a-{}.woff2")}}c{{d:url("data:x,url(#y)")}}e{{f:url("/assets/icon-{icon}.svg")}}"#,
            hash::of(b"font")
        );
        assert_eq!(bundle.rewrite(css, "url(", &frontend.join("style"))?, wanted);
        assert!(out.join(format!("assets/icon-{icon}.svg")).exists());

        let page = r#"<a href="/">x</a><a href="https://example.com/y.css">"#;
        assert_eq!(bundle.rewrite(page, " href=", &frontend)?, page);
        assert!(bundle.rewrite("url(missing.png)", "url(", &frontend).is_err());
        Ok(())
    }
}
