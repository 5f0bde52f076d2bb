//! The app's page with the head that its address deserves: for search engines, link previews, and readers of tabs.

use std::fmt::Write;

use serde_json::json;
use vitrine_types::Money;

/// What stands in the head of a page.
pub struct Head {
    /// Its address.
    pub url: String,
    /// What tabs and results show.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// The shop's name.
    pub shop: String,
    /// Whether search engines may list it.
    pub listed: bool,
    /// On a product's page.
    pub product: Option<Product>,
}

/// What the head of a product's page says more.
pub struct Product {
    /// What it is called.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// Whether it can be bought now.
    pub available: bool,
    /// Address and size in pixels of its picture.
    pub image: Option<(String, u32, u32)>,
}

/// `index.html`, cut where the head's own part goes.
pub struct Template {
    before: String,
    after: String,
}

impl Template {
    /// Cuts out the title; `None` when there is none.
    pub fn new(page: &str) -> Option<Self> {
        let (before, rest) = page.split_once("<title>")?;
        let (_, after) = rest.split_once("</title>")?;
        Some(Self { before: before.into(), after: after.into() })
    }

    /// The whole page.
    pub fn render(&self, head: &Head) -> String {
        let mut page = String::with_capacity(self.before.len() + self.after.len() + 2048);
        page.push_str(&self.before);
        let Head { url, title, description, shop, listed, product } = head;
        let _ = write!(page, "<title>{}</title>", Escaped(title));
        let mut meta = |attribute: &str, name: &str, content: &str| {
            let _ = write!(page, "\n<meta {attribute}=\"{name}\" content=\"{}\">", Escaped(content));
        };
        meta("name", "description", description);
        if !listed {
            meta("name", "robots", "noindex");
        }
        meta("property", "og:site_name", shop);
        meta("property", "og:url", url);
        meta("property", "og:title", product.as_ref().map_or(title, |product| &product.name));
        meta("property", "og:description", description);
        meta("property", "og:type", if product.is_some() { "product" } else { "website" });
        if let Some(product) = product {
            let (amount, currency) = decimal(product.price);
            meta("property", "product:price:amount", &amount);
            meta("property", "product:price:currency", &currency);
            if let Some((image, width, height)) = &product.image {
                meta("property", "og:image", image);
                meta("property", "og:image:width", &width.to_string());
                meta("property", "og:image:height", &height.to_string());
            }
        }
        let large = product.as_ref().is_some_and(|product| product.image.is_some());
        meta("name", "twitter:card", if large { "summary_large_image" } else { "summary" });
        let _ = write!(page, "\n<link rel=\"canonical\" href=\"{}\">", Escaped(url));
        if let Some(product) = product {
            let _ = write!(page, "\n<script type=\"application/ld+json\">{}</script>", structured(head, product));
        }
        page.push_str(&self.after);
        page
    }
}

/// Amount and currency, such as `19.00` and `USD`.
fn decimal(money: Money) -> (String, String) {
    let text = money.to_string();
    let (amount, currency) = text.split_once(' ').unwrap_or((&text, ""));
    (amount.into(), currency.into())
}

/// schema.org's view of a product, safe inside a script element.
fn structured(head: &Head, product: &Product) -> String {
    let (price, currency) = decimal(product.price);
    let availability = if product.available { "InStock" } else { "OutOfStock" };
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "description": head.description,
        "image": product.image.as_ref().map(|(url, ..)| url),
        "offers": {
            "@type": "Offer",
            "price": price,
            "priceCurrency": currency,
            "availability": format!("https://schema.org/{availability}"),
            "url": head.url,
        },
    });
    data.to_string().replace('<', "\\u003c")
}

/// Text as it stands in HTML, in attributes too.
pub struct Escaped<'a>(pub &'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use vitrine_types::Currency;

    use super::*;

    fn head(name: &str) -> Head {
        Head {
            url: "https://shop.example/products/x".into(),
            title: format!("{name} · Shop"),
            description: name.into(),
            shop: "Shop".into(),
            listed: true,
            product: Some(Product {
                name: name.into(),
                price: Money::new(1900, Currency::USD),
                available: true,
                image: Some(("https://shop.example/media/x.webp".into(), 1600, 900)),
            }),
        }
    }

    #[test]
    fn a_page_says_what_it_is_of() {
        let template = Template::new("<html><head><title>Old</title><link></head></html>").unwrap();
        let page = template.render(&head("Guide"));
        assert!(page.starts_with("<html><head><title>Guide · Shop</title>") && page.ends_with("<link></head></html>"));
        for part in [
            r#"<meta property="og:image" content="https://shop.example/media/x.webp">"#,
            r#"<meta property="product:price:amount" content="19.00">"#,
            r#"<link rel="canonical" href="https://shop.example/products/x">"#,
            r#""availability":"https://schema.org/InStock""#,
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(Template::new("<html></html>").is_none());
    }

    #[test]
    fn no_text_leaves_its_place() {
        let hostile = "\"><script>alert(1)</script><!--'</title></script>\u{2028}";
        let page = Template::new("<title></title>").unwrap().render(&head(hostile));
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert_eq!(page.matches("</script").count(), 1, "{page}");
        assert!(!page.contains("<!--") && !page.contains("\"><"), "{page}");
    }
}
