//! Products: making, changing, listing, searching them.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::catalog::service;
use vitrine_client::{Client, Method};
use vitrine_types::{
    Code,
    catalog::{Access, AdminProduct, NewProduct, Product, ProductPatch, ProductQuery, ProductSort, ProductStatus},
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

async fn make(admin: &Client, name: &str, other: Value) -> AdminProduct {
    admin.create_product(&product(name, other)).await.unwrap()
}

fn query(other: Value) -> ProductQuery {
    serde_json::from_value(other).unwrap()
}

/// The names of all products of a list, read page by page.
async fn names(client: &Client, mut query: ProductQuery) -> Vec<String> {
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

#[test]
fn lists_are_filtered_ordered_and_complete() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        for number in 0..23_i64 {
            let kind = if number % 3 == 0 { "service" } else { "download" };
            let price = json!({"amount": number * 7 % 5 * 100, "currency": "usd"});
            let tags = if number % 2 == 0 { json!(["even"]) } else { json!(["odd"]) };
            let name = format!("{} Guide {number}", ["Öl", "ok", "Zebra", "apple"][number as usize % 4]);
            make(&admin, &name, json!({"kind": kind, "price": price, "tags": tags})).await;
        }
        let everything = visitor.list_products(&query(json!({"limit": 100}))).await.unwrap().data;
        for sort in ["newest", "price", "-price", "name"] {
            for filter in [
                json!({}),
                json!({"kind": "service"}),
                json!({"tag": "even"}),
                json!({"q": "guide"}),
                json!({"q": "guide", "tag": "odd", "kind": "download"}),
            ] {
                let mut expected: Vec<&Product> = everything
                    .iter()
                    .filter(|product| filter["kind"].as_str().is_none_or(|kind| product.kind.as_str() == kind))
                    .filter(|product| filter["tag"].as_str().is_none_or(|tag| product.tags == [tag]))
                    .collect();
                let fold = |product: &&Product| vitrine::catalog::text::fold(&product.name);
                match sort {
                    "price" => expected.sort_by_key(|product| (product.price.amount, product.id)),
                    "-price" => expected.sort_by_key(|product| std::cmp::Reverse((product.price.amount, product.id))),
                    "name" => expected.sort_by_key(fold),
                    _ => {}
                }
                let expected: Vec<_> = expected.into_iter().map(|product| product.name.clone()).collect();
                for limit in [4, 23, 100] {
                    let mut asked = filter.clone();
                    asked["sort"] = sort.into();
                    asked["limit"] = limit.into();
                    assert_eq!(names(&visitor, query(asked.clone())).await, expected, "{asked}");
                }
            }
        }
        let tags = visitor.list_tags().await.unwrap().data;
        assert_eq!(
            tags.iter().map(|tag| (tag.name.as_str(), tag.products)).collect::<Vec<_>>(),
            [("even", 12), ("odd", 11)]
        );
    });
}

/// Pages neither skip nor repeat while products are added and others leave.
#[test]
fn pages_stay_exact_while_the_list_changes() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        let mut first = Vec::new();
        for number in 0..20 {
            let price = json!({"amount": number % 3, "currency": "usd"});
            first.push(make(&admin, &format!("First {number}"), json!({"price": price})).await.product);
        }
        for sort in [ProductSort::Newest, ProductSort::Price, ProductSort::PriceDescending, ProductSort::Name] {
            let mut seen = Vec::new();
            let mut query =
                ProductQuery { sort: Some(sort), limit: Some(3), q: Some("first".into()), ..Default::default() };
            loop {
                let page = visitor.list_products(&query).await.unwrap();
                seen.extend(page.data.into_iter().map(|product| product.id));
                let price = json!({"amount": seen.len() % 3, "currency": "usd"});
                make(&admin, &format!("First more {}", seen.len()), json!({"price": price, "summary": "later"})).await;
                query.cursor = page.next_cursor;
                if query.cursor.is_none() {
                    break;
                }
            }
            let unique: HashSet<_> = seen.iter().collect();
            assert_eq!(unique.len(), seen.len(), "{sort:?} repeats");
            assert!(first.iter().all(|product| unique.contains(&product.id)), "{sort:?} skips");
            for product in admin
                .list_admin_products(&crate::catalog::query(json!({"q": "later", "limit": 100})))
                .await
                .unwrap()
                .data
            {
                admin.delete_product(product.product.id).await.unwrap();
            }
        }
    });
}

#[test]
fn a_cursor_is_for_its_list() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        for number in 0..3 {
            make(&admin, &format!("Guide {number}"), json!({})).await;
        }
        let page = admin.list_products(&query(json!({"limit": 1, "sort": "price"}))).await.unwrap();
        for wrong in [
            json!({"sort": "name", "cursor": page.next_cursor}),
            json!({"cursor": "x"}),
            json!({"cursor": "W10"}),
            json!({"limit": 0}),
            json!({"limit": 101}),
            json!({"q": "x".repeat(201)}),
        ] {
            let problem = admin.list_products(&query(wrong.clone())).await.unwrap_err();
            assert_eq!(problem.status(), Some(422), "{wrong}");
        }
        for wrong in ["?sort=random", "?kind=car", "?limit=x", "?offset=1", "?limit=-1"] {
            let problem =
                admin.call::<Value>(Method::Get, &format!("/products{wrong}"), None::<&()>).await.unwrap_err();
            assert_eq!(problem.status(), Some(422), "{wrong}");
        }
    });
}

#[test]
fn search_finds_words_in_any_script_and_beginnings() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        make(&admin, "Größenlehre", json!({"description": "Ein Buch über *Räume*."})).await;
        make(&admin, "東京の夜", json!({"summary": "Photographs", "tags": ["night walks"]})).await;
        make(&admin, "Night Sounds", json!({})).await;
        for (asked, found) in [
            ("grossenlehre", vec!["Größenlehre"]),
            ("Größen", vec!["Größenlehre"]),
            ("buch raume", vec!["Größenlehre"]),
            ("raume BUCH", vec!["Größenlehre"]),
            ("東京", vec!["東京の夜"]),
            ("night", vec!["Night Sounds", "東京の夜"]),
            ("nig", vec!["Night Sounds", "東京の夜"]),
            ("nig sounds", vec![]),
            ("night photographs", vec!["東京の夜"]),
            ("nothing of the kind", vec![]),
            ("", vec!["Night Sounds", "東京の夜", "Größenlehre"]),
        ] {
            assert_eq!(names(&visitor, query(json!({"q": asked}))).await, found, "{asked}");
        }
    });
}

#[test]
fn no_question_is_an_operator() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        make(&admin, "Guide", json!({})).await;
        let hostile = [
            "\"",
            "'",
            "''",
            "*",
            "guide*",
            "\"guide",
            "guide\"",
            "AND",
            "OR",
            "NOT",
            "guide AND",
            "NEAR(guide, 5)",
            "search_text:guide",
            "-guide",
            "^guide",
            "(guide",
            "guide)",
            "{guide}",
            "guide:*",
            "guide & ",
            "| guide",
            "!guide",
            "<->",
            "guide <-> guide",
            "\\",
            "\\'",
            "$1",
            "%",
            "_",
            "\u{0}guide",
            "guide\u{0}",
            "; drop table products",
            "' or 1=1 --",
            "guide' union select 1 --",
            "\u{202e}",
            "\u{feff}",
            "🦊",
            "ﷺ",
            "a\u{301}",
            "1e999",
            "0x1",
            "NaN",
        ];
        for asked in hostile {
            for sort in ["newest", "name"] {
                let page = visitor.list_products(&query(json!({"q": asked, "sort": sort}))).await;
                page.unwrap_or_else(|error| panic!("{asked:?}: {error}"));
                visitor.list_products(&query(json!({"tag": asked, "sort": sort}))).await.unwrap();
            }
        }
        let cursor = "WyJuZXdlc3QiLDAsIicgb3IgMT0xIC0tIiwxXQ";
        visitor.list_products(&query(json!({"cursor": cursor}))).await.unwrap();
        assert_eq!(names(&visitor, query(json!({}))).await, ["Guide"]);
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
