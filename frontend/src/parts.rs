//! The app's parts: pages that are loaded together, when one of them is first asked for.
//!
//! A first visit fetches only the shop window. The router keeps the page before in view until a part is there. The build
//! (`crates/xtask/src/web/wasm.rs`) moves whatever only one part reaches into a module of its own.

use leptos::prelude::*;

use crate::{
    components::{Button, ButtonKind, Page},
    texts,
};

/// Makes a part of its pages, and of the shell around them if it has one of its own: a module with `Routes`, and `load`,
/// which fetches the part ahead of time.
macro_rules! part {
    (
        $(#[$doc:meta])*
        $name:ident $(in $shell:ident at $at:tt)? { $($path:tt => $area:ident::$page:ident,)* }
    ) => {
        $(#[$doc])*
        // `#[wasm_split]` writes the jump into another module, which the compiler cannot check.
        #[allow(unsafe_code)]
        mod $name {
            use leptos::{
                prelude::*,
                wasm_split::{SplitLoaderError, wasm_split},
            };
            // Some are for parts with a shell only.
            #[allow(unused_imports)]
            use leptos_router::{
                ChooseView, MatchNestedRoutes,
                any_nested_route::IntoAnyNestedRoute,
                components::{ParentRoute, Route},
            };

            #[allow(unused_imports)]
            use $crate::{layout, pages::*, parts::missing, path::Path};

            // Their names, not their functions: those would be loaded with whoever refers to them.
            #[derive(Clone, Copy)]
            enum Pages {
                $($shell,)?
                $($page,)*
            }

            #[wasm_split($name, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
            fn $name(page: Pages) -> Result<AnyView, SplitLoaderError> {
                Ok(match page {
                    $(Pages::$shell => view! { <layout::$shell/> }.into_any(),)?
                    $(Pages::$page => view! { <$area::$page/> }.into_any(),)*
                })
            }

            impl ChooseView for Pages {
                async fn choose(self) -> AnyView {
                    $name(self).await.unwrap_or_else(|_| missing())
                }

                async fn preload(&self) {
                    load().await;
                }
            }

            /// Fetches the part unless it is there. What goes wrong is told when one of its pages is shown.
            pub async fn load() {
                let _ = fetch().await;
            }

            /// The part's pages.
            #[component(transparent)]
            pub fn Routes() -> impl MatchNestedRoutes + Clone {
                $crate::parts::part!(@routes $($shell at $at)? { $(<Route path=Path($path) view=Pages::$page/>)* })
            }
        }
    };
    (@routes { $($routes:tt)* }) => {
        view! { $($routes)* }.into_inner().into_any_nested_route()
    };
    (@routes $shell:ident at $at:tt { $($routes:tt)* }) => {
        view! { <ParentRoute path=Path($at) view=Pages::$shell>$($routes)*</ParentRoute> }
            .into_inner()
            .into_any_nested_route()
    };
}
pub(crate) use part;

/// Instead of a page whose part did not come: the connection broke, or the shop has been upgraded and the files of the
/// version this visitor has open are gone.
pub fn missing() -> AnyView {
    view! {
        <div class="wall py-16">
            <Page title=texts::FAILED_TITLE lead=texts::PART_MISSING>
                <Button kind=ButtonKind::Secondary on_press=move || drop(window().location().reload())>{texts::RELOAD}</Button>
            </Page>
        </div>
    }
    .into_any()
}
