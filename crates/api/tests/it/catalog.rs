//! Products: making, changing, listing, searching them.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::catalog::service;
use vitrine_client::{Client, Method};
use vitrine_types::{
    Code,
    catalog::{Access, AdminProduct, NewProduct, ProductPatch, ProductQuery, ProductStatus},
};

use crate::harness::with_shop;

/// A product for sale at 19.00, changed by `other`.
pub fn product(name: &str, other: Value) -> NewProduct {
    let mut new = json!({
        "name": name, "kind": "download", "price": {"amount": 1900, "currency": "usd"}, "published": true,
    });
    new.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    serde_json::from_value(new).unwrap()
}

pub async fn make(admin: &Client, name: &str, other: Value) -> AdminProduct {
    admin.create_product(&product(name, other)).await.unwrap()
}

pub fn query(other: Value) -> ProductQuery {
    serde_json::from_value(other).unwrap()
}

/// The names of all products of a list, read page by page.
pub async fn names(client: &Client, mut query: ProductQuery) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let page = client.list_products(&query).await.unwrap();
        names.extend(page.data.into_iter().map(|product| product.name));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return names;
        }
    }
}

#[test]
fn a_product_is_shown_as_the_owner_wrote_it() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let made = make(
            &admin,
            "  Field Guide — Nº 1 ",
            json!({
                "summary": "A walk", "description": "# Inside\n<script>x</script>*leaves*", "stock": 3,
                "tags": ["Maps ", "maps", "FIELD  notes"],
            }),
        )
        .await;
        assert_eq!((made.status, made.sold, made.product.stock), (ProductStatus::Published, 0, Some(3)));
        let shown = shop.visitor().get_product(&made.product.slug).await.unwrap();
        assert_eq!((shown.name.as_str(), shown.slug.as_str()), ("Field Guide — Nº 1", "field-guide-no-1"));
        assert_eq!(shown.tags, ["maps", "field notes"]);
        assert_eq!(shown.description, "# Inside\n<script>x</script>*leaves*");
        let html = shown.description_html.unwrap();
        assert!(html.contains("<h2>Inside</h2>") && !html.contains("script"), "{html}");
        assert_eq!((shown.access, shown.image_url), (Access::None, None));
        let listed = shop.visitor().list_products(&query(json!({}))).await.unwrap().data;
        assert_eq!((listed.len(), listed[0].description_html.is_none()), (1, true));
        let shop = shop.visitor().get_shop().await.unwrap();
        assert_eq!((shop.currency.as_str(), shop.payments), ("usd", true));
    });
}

#[test]
fn addresses_are_unique() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let mut slugs = Vec::new();
        for _ in 0..12 {
            slugs.push(make(&admin, "Guide", json!({})).await.product.slug);
        }
        assert_eq!(slugs[..3], ["guide", "guide-2", "guide-3"]);
        assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), 12, "{slugs:?}");
        assert_eq!(make(&admin, "!!!", json!({})).await.product.slug, "download");
        let taken = admin.create_product(&product("Other", json!({"slug": "guide-2"}))).await.unwrap_err();
        assert_eq!((taken.code(), taken.status()), (Some(Code::SlugTaken), Some(409)));
        let other = make(&admin, "Other", json!({"slug": "other"})).await.product.id;
        let patch = ProductPatch { slug: Some("guide".into()), ..Default::default() };
        assert_eq!(admin.update_product(other, &patch).await.unwrap_err().code(), Some(Code::SlugTaken));
        assert_eq!(admin.get_admin_product(other).await.unwrap().product.slug, "other");
    });
}

#[test]
fn only_what_is_published_exists_for_customers() {
    with_shop(|shop| async move {
        let (admin, customer) = (shop.admin().await, shop.customer("ada").await);
        let draft = make(&admin, "Draft", json!({"published": false, "tags": ["secret"]})).await.product;
        let id = draft.id;
        for client in [&shop.visitor(), &customer, &admin] {
            assert_eq!(client.get_product("draft").await.unwrap_err().code(), Some(Code::NotFound));
            assert!(names(client, query(json!({}))).await.is_empty());
            assert!(names(client, query(json!({"q": "draft"}))).await.is_empty());
            assert!(names(client, query(json!({"tag": "secret"}))).await.is_empty());
            assert!(client.list_tags().await.unwrap().data.is_empty());
        }
        let any: Result<Value, _> = shop.visitor().call(Method::Get, "/products?status=draft", None::<&()>).await;
        assert_eq!(any.unwrap_err().status(), Some(422));
        let publish = |published| ProductPatch { published: Some(published), ..Default::default() };
        admin.update_product(id, &publish(true)).await.unwrap();
        assert_eq!(shop.visitor().get_product("draft").await.unwrap().id, id);
        assert_eq!(names(&customer, query(json!({"tag": "Secret"}))).await, ["Draft"]);
        admin.update_product(id, &publish(false)).await.unwrap();
        assert_eq!(shop.visitor().get_product("draft").await.unwrap_err().status(), Some(404));
        assert!(names(&customer, query(json!({"tag": "secret"}))).await.is_empty());
        assert_eq!(admin.list_admin_products(&query(json!({"status": "draft"}))).await.unwrap().data.len(), 1);
        assert_eq!(admin.list_admin_products(&query(json!({"status": "published"}))).await.unwrap().data.len(), 0);
        assert_eq!(admin.list_admin_products(&query(json!({"q": "dra"}))).await.unwrap().data.len(), 1);
    });
}

#[test]
fn a_product_becomes_the_newest_when_it_is_first_published() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let early = make(&admin, "Early", json!({"published": false, "tags": ["x"]})).await.product.id;
        make(&admin, "Late", json!({"tags": ["x"]})).await;
        let set = |status| ProductPatch { status: Some(status), ..Default::default() };
        admin.update_product(early, &set(ProductStatus::Published)).await.unwrap();
        make(&admin, "Latest", json!({"tags": ["x"]})).await;
        for filter in [json!({}), json!({"tag": "x"})] {
            assert_eq!(names(&shop.visitor(), query(filter)).await, ["Latest", "Early", "Late"]);
        }
        assert_eq!(names(&shop.visitor(), query(json!({"q": "early"}))).await, ["Early"], "found where it is now");
        admin.update_product(early, &set(ProductStatus::Archived)).await.unwrap();
        admin.update_product(early, &set(ProductStatus::Published)).await.unwrap();
        assert_eq!(names(&shop.visitor(), query(json!({}))).await, ["Latest", "Early", "Late"], "only the first time");
    });
}

#[test]
fn everything_wrong_is_told_at_once() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let wrong = json!({
            "name": "", "summary": "x".repeat(301), "kind": "download", "stock": -1, "tags": vec!["x"; 3],
            "price": {"amount": 100_000_000, "currency": "eur"}, "service": {"duration_minutes": 60},
        });
        let problem = admin.call::<Value>(Method::Post, "/admin/products", Some(&wrong)).await.unwrap_err();
        let vitrine_client::Error::Problem(problem) = problem else { panic!("{problem}") };
        let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(problem.status, 422);
        assert_eq!(fields, ["name", "summary", "price.amount", "price.currency", "stock", "service"]);
        let unknown = json!({"name": "x", "kind": "download", "price": {"amount": 0, "currency": "usd"}, "sold": 5});
        let problem = admin.call::<Value>(Method::Post, "/admin/products", Some(&unknown)).await.unwrap_err();
        assert_eq!(problem.status(), Some(422), "{problem}");
    });
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let made = make(&admin, "Guide", json!({"summary": "s", "description": "d", "tags": ["t"], "stock": 5})).await;
        let id = made.product.id;
        let change = async |patch: Value| admin.call::<AdminProduct>(Method::Patch, &path(id), Some(&patch)).await;
        let after = change(json!({})).await.unwrap();
        assert_eq!(after.product, made.product);
        let after = change(json!({"name": "Atlas", "price": {"amount": 0, "currency": "usd"}})).await.unwrap();
        assert_eq!((after.product.name.as_str(), after.product.slug.as_str()), ("Atlas", "guide"));
        assert_eq!((after.product.stock, after.product.access), (Some(5), Access::Free));
        assert_eq!(change(json!({"stock": null})).await.unwrap().product.stock, None);
        assert_eq!(change(json!({"stock": 0})).await.unwrap().product.stock, Some(0));
        assert!(change(json!({"kind": "embed"})).await.is_err_and(|error| error.status() == Some(422)));
        assert!(change(json!({"stock": -1})).await.is_err_and(|error| error.status() == Some(422)));
        assert!(change(json!({"published": false, "status": "published"})).await.is_err());
        let gone = admin.update_product(Uuid::now_v7(), &ProductPatch::default()).await.unwrap_err();
        assert_eq!(gone.code(), Some(Code::NotFound));
        assert_eq!(names(&admin, query(json!({"q": "atlas"}))).await, ["Atlas"], "found by its new name");
        assert!(names(&admin, query(json!({"q": "guide"}))).await.is_empty(), "and not by the old");
    });
}

#[test]
fn services_and_embeds_carry_their_settings() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let question =
            json!({"id": "goal", "label": "Goal?", "kind": "select", "required": true, "options": ["a", "b"]});
        let service = json!({"kind": "service", "service": {"duration_minutes": 45, "questions": [question]}});
        let made = make(&admin, "Lesson", service).await;
        assert_eq!(made.service_settings.unwrap().horizon_days, 60);
        let shown = shop.visitor().get_product("lesson").await.unwrap().service.unwrap();
        assert_eq!((shown.duration_minutes, shown.questions.len(), shown.cancel_until_minutes), (45, 1, 1440));
        let embed = json!({"kind": "embed", "embed": {"url": "https://example.com/board", "height": 600}});
        let made = make(&admin, "Board", embed).await;
        assert_eq!(made.embed.unwrap().height, 600);
        let shown: Value = shop.visitor().call(Method::Get, "/products/board", None::<&()>).await.unwrap();
        assert!(!shown.to_string().contains("example.com"), "what is sold is not shown: {shown}");
    });
}

fn path(id: Uuid) -> String {
    format!("/admin/products/{id}")
}

#[test]
fn the_owners_calls_are_the_owners() {
    with_shop(|shop| async move {
        let id = make(&shop.admin().await, "Guide", json!({})).await.product.id;
        let (visitor, customer) = (shop.visitor(), shop.customer("ada").await);
        let file = Uuid::now_v7();
        for (method, path) in [
            (Method::Get, "/admin/products".to_owned()),
            (Method::Post, "/admin/products".to_owned()),
            (Method::Get, path(id)),
            (Method::Patch, path(id)),
            (Method::Delete, path(id)),
            (Method::Put, format!("/admin/products/{id}/image")),
            (Method::Delete, format!("/admin/products/{id}/image")),
            (Method::Post, format!("/admin/products/{id}/files")),
            (Method::Get, format!("/admin/products/{id}/files/{file}")),
            (Method::Delete, format!("/admin/products/{id}/files/{file}")),
        ] {
            let refused =
                async |client: &Client| client.call::<Value>(method, &path, Some(&json!({}))).await.unwrap_err();
            assert_eq!(refused(&visitor).await.code(), Some(Code::NotSignedIn), "{method:?} {path}");
            assert_eq!(refused(&customer).await.code(), Some(Code::Forbidden), "{method:?} {path}");
        }
        assert_eq!(names(&visitor, query(json!({}))).await, ["Guide"]);
    });
}

#[test]
fn the_last_one_is_held_once() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin, "Print", json!({"stock": 5})).await.product.id;
        let state = &shop.server.state;
        let hold = async || {
            let mut tx = state.db.begin().await.unwrap();
            let held = service::hold_stock(&mut tx, id, 1).await.map_err(|error| error.code());
            if held.is_ok() {
                tx.commit().await.unwrap();
            }
            held
        };
        let held = futures_util::future::join_all((0..16).map(|_| hold())).await;
        assert_eq!(held.iter().filter(|held| held.is_ok()).count(), 5, "{held:?}");
        assert!(held.iter().all(|held| *held == Ok(()) || *held == Err(Code::OutOfStock)), "{held:?}");
        let left = async || admin.get_admin_product(id).await.unwrap().product.stock;
        assert_eq!(left().await, Some(0));
        // A change of something else does not bring the held ones back.
        admin.update_product(id, &ProductPatch { name: Some("Poster".into()), ..Default::default() }).await.unwrap();
        assert_eq!(left().await, Some(0));
        let mut tx = state.db.begin().await.unwrap();
        service::release_stock(&mut tx, id, 2).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(left().await, Some(2));
        let draft = ProductPatch { published: Some(false), ..Default::default() };
        admin.update_product(id, &draft).await.unwrap();
        assert_eq!(hold().await, Err(Code::NotAvailable));
        assert!(service::find_for_sale(&state.db, &[id]).await.unwrap().is_empty());
    });
}

#[test]
fn what_was_sold_is_archived_and_the_rest_deleted() {
    with_shop(|shop| async move {
        let (admin, ada) = (shop.admin().await, shop.customer("ada").await);
        let sold = make(&admin, "Sold", json!({"tags": ["x"]})).await.product;
        let unsold = make(&admin, "Unsold", json!({"tags": ["x"]})).await.product.id;
        for id in [sold.id, unsold] {
            admin.upload_product_file(id, "a.txt", b"a".to_vec()).await.unwrap();
        }
        shop.buy(&ada, &[sold.id]).await;
        assert_eq!(admin.get_admin_product(sold.id).await.unwrap().sold, 1);
        assert_eq!(admin.list_admin_products(&query(json!({"q": "sold"}))).await.unwrap().data[0].sold, 1);
        assert_eq!(ada.get_product("sold").await.unwrap().access, Access::Owned);
        assert_eq!(ada.list_products(&query(json!({"q": "sold"}))).await.unwrap().data[0].access, Access::Owned);
        assert_eq!(shop.visitor().get_product("sold").await.unwrap().access, Access::None);
        for id in [sold.id, unsold] {
            admin.delete_product(id).await.unwrap();
        }
        assert_eq!(admin.get_admin_product(unsold).await.unwrap_err().code(), Some(Code::NotFound));
        assert_eq!(admin.delete_product(unsold).await.unwrap_err().code(), Some(Code::NotFound));
        let kept = admin.get_admin_product(sold.id).await.unwrap();
        assert_eq!((kept.status, kept.product.files.len()), (ProductStatus::Archived, 1));
        assert!(names(&shop.visitor(), query(json!({}))).await.is_empty());
        assert!(shop.visitor().list_tags().await.unwrap().data.is_empty());
        let owned = ada.list_entitlements(&Default::default()).await.unwrap().data;
        assert_eq!((owned.len(), owned[0].files.len()), (1, 1), "who owns it keeps it");
    });
}
