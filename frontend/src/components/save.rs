//! Hands a file to the browser to save.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Saves what lies at `url`, an address of this shop, without leaving the page. With an empty `name` the server's holds.
pub fn save_from(url: &str, name: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(url);
        link.set_download(name);
        link.click();
    }
}

/// Saves a text as a file of that name.
pub fn save_as(name: &str, content_type: &str, text: &str) {
    save_parts(name, content_type, &js_sys::Array::of1(&text.into()));
}

/// Saves bytes as a file of that name.
pub fn save_bytes(name: &str, bytes: &[u8]) {
    save_parts(name, "application/octet-stream", &js_sys::Array::of1(&js_sys::Uint8Array::from(bytes)));
}

fn save_parts(name: &str, content_type: &str, parts: &js_sys::Array) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(content_type);
    let Ok(blob) = web_sys::Blob::new_with_buffer_source_sequence_and_options(parts, &options) else { return };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    save_from(&url, name);
    // Not at once: the browser may not have begun to read it.
    set_timeout(move || _ = web_sys::Url::revoke_object_url(&url), std::time::Duration::from_secs(60));
}
