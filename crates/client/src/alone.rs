//! One refresh at a time: using a refresh token twice ends the whole session.

/// Calls at once in one program wait for each other.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Default)]
pub(crate) struct Alone(std::sync::Arc<tokio::sync::Mutex<()>>);

#[cfg(not(target_arch = "wasm32"))]
impl Alone {
    /// Runs `work` when no other holds the place.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let _held = self.0.lock().await;
        work.await
    }
}

/// Tabs share the cookie, so they wait for each other too, by the Web Locks API; a page that has none goes ahead.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Default)]
pub(crate) struct Alone;

#[cfg(target_arch = "wasm32")]
mod lock {
    use js_sys::{Function, Promise};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = ["navigator", "locks"], catch)]
        pub fn request(name: &str, held: &Function) -> Result<Promise, JsValue>;
    }

    /// Gives the place back when dropped, also when whoever waited has gone.
    pub struct Release(pub Function);

    impl Drop for Release {
        fn drop(&mut self) {
            let _ = self.0.call0(&JsValue::NULL);
        }
    }
}

#[cfg(target_arch = "wasm32")]
impl Alone {
    /// Runs `work` when no other tab or call holds the place.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        use js_sys::Promise;
        use wasm_bindgen::prelude::*;
        use wasm_bindgen_futures::JsFuture;

        let mut release = JsValue::UNDEFINED;
        let mut held_until = Some(Promise::new(&mut |resolve, _| release = resolve.into()));
        let _release = lock::Release(release.unchecked_into());
        let mut held = JsValue::UNDEFINED;
        let granted = Promise::new(&mut |resolve, _| held = resolve.into());
        let on_grant = Closure::once(move || {
            let _ = held.unchecked_ref::<js_sys::Function>().call0(&JsValue::NULL);
            JsValue::from(held_until.take())
        });
        if lock::request("vitrine.refresh", on_grant.as_ref().unchecked_ref()).is_ok() {
            let _ = JsFuture::from(granted).await;
        }
        work.await
    }
}
