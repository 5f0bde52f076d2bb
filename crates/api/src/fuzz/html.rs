//! Looks at cleaned HTML as a browser would, without the cleaner's own parser.

/// Of the cleaner's own list: tags that show text, tables and pictures.
const TAGS: &str = "a abbr acronym area article aside b bdi bdo blockquote br caption center cite code col colgroup data dd \
    del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li map mark nav \
    ol p pre q rp rt rtc ruby s samp small span strike strong sub summary sup table tbody td th thead time tr tt u ul var wbr";

/// Attributes that name an address.
const ADDRESSES: [&str; 4] = ["href", "src", "cite", "longdesc"];

/// Schemes that open something, but run nothing here.
const SCHEMES: &str = "bitcoin ftp ftps geo http https im irc ircs magnet mailto mms mx news nntp openpgp4fpr sip sms smsto \
    ssh tel url webcal wtai xmpp";

/// Panics on anything that could run, load or submit something.
pub fn check(html: &str) {
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let end = tag.find([' ', '>']).unwrap_or_else(|| panic!("a tag without end: {tag}"));
        let (name, after) = tag.split_at(end);
        assert!(TAGS.split_whitespace().any(|known| known == name), "<{name}> in {html}");
        rest = attributes(after);
    }
}

/// Checks ` name="value"` pairs; what follows the tag's end.
fn attributes(text: &str) -> &str {
    let mut rest = text;
    while let Some(pair) = rest.strip_prefix(' ') {
        let read = pair.split_once("=\"").and_then(|(name, after)| Some((name, after.split_once('"')?)));
        let (name, (value, after)) = read.unwrap_or_else(|| panic!("an attribute without a value: {pair}"));
        assert!(name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'), "{pair}");
        assert!(!name.starts_with("on") && name != "style" && name != "srcdoc", "{pair}");
        if ADDRESSES.contains(&name) {
            let stands_for = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
            check_address(&stands_for.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)));
        }
        rest = after;
    }
    rest.strip_prefix('>').unwrap_or_else(|| panic!("a tag without end: {text}"))
}

fn check_address(address: &str) {
    // Browsers drop these wherever they stand.
    let plain: String = address.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let plain = plain.trim_start_matches(|c: char| c.is_control() || c.is_whitespace()).to_ascii_lowercase();
    let scheme = plain.split_once(':').filter(|(scheme, _)| is_scheme(scheme));
    if let Some((scheme, _)) = scheme {
        assert!(SCHEMES.split_whitespace().any(|known| known == scheme), "{address}");
    }
}

/// What cannot be one begins an address within the page's own site.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
}
