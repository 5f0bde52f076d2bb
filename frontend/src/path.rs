//! Addresses of pages.

use leptos::prelude::*;
use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch, hooks::use_params_map};
use uuid::Uuid;

/// The `:id` of the page's address. What is no id is the nil one, which is nobody's.
pub fn id_in_path() -> Memo<Uuid> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()).unwrap_or_default())
}

/// Where a page hangs, such as `products/:slug`; `*rest` at the end takes whatever comes.
///
/// Not the router's `path!`: that makes a type of each path, and all that handles routes is compiled for each type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path(pub &'static str);

impl Path {
    fn segments(&self) -> impl Iterator<Item = PathSegment> + use<> {
        self.0.split('/').filter(|text| !text.is_empty()).map(|text| match text.split_at(1) {
            (":", name) => PathSegment::Param(name.into()),
            ("*", name) => PathSegment::Splat(name.into()),
            _ => PathSegment::Static(text.into()),
        })
    }
}

impl PossibleRouteMatch for Path {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut rest, mut params) = (path, Vec::new());
        for segment in self.segments() {
            let text = rest.strip_prefix('/').unwrap_or(rest);
            let (first, after) = text.split_at(text.find('/').unwrap_or(text.len()));
            rest = after;
            match segment {
                PathSegment::Static(wanted) if wanted == first => {}
                PathSegment::Param(name) if !first.is_empty() => params.push((name, first.to_owned())),
                PathSegment::Splat(name) => {
                    params.push((name, text.to_owned()));
                    rest = "";
                }
                _ => return None,
            }
        }
        Some(PartialPathMatch::new(rest, params, &path[..path.len() - rest.len()]))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(self.segments());
    }
}
