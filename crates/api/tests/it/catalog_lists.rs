//! Lists of products: filters, orders, pages, words.

use std::collections::HashSet;

use serde_json::{Value, json};
use vitrine_client::Method;
use vitrine_types::catalog::{Product, ProductQuery, ProductSort};

use crate::{
    catalog::{make, names, query},
    harness::with_shop,
};

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

/// Words that few products have are found by another way than words of many: see `Start` in the store of lists.
#[test]
fn rare_words_are_found_in_every_order() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        // The needles lie deeper than the first look goes.
        for number in 0..60_i64 {
            let name = format!("{} {}", if number < 5 { "Needle" } else { "Hay" }, 99 - number);
            let kind = if number % 2 == 0 { "service" } else { "download" };
            let price = json!({"amount": number % 3 * 100, "currency": "usd"});
            make(&admin, &name, json!({"kind": kind, "price": price, "tags": ["stack"]})).await;
        }
        for (sort, expected) in [
            ("newest", [95, 96, 97, 98, 99]),
            ("name", [95, 96, 97, 98, 99]),
            ("price", [99, 96, 98, 95, 97]),
            ("-price", [97, 95, 98, 96, 99]),
        ] {
            let named = |of_kind: &dyn Fn(i64) -> bool| -> Vec<String> {
                let numbers = expected.into_iter().filter(|number| of_kind(*number));
                numbers.map(|number| format!("Needle {number}")).collect()
            };
            for (filter, expected) in [
                (json!({"q": "needle"}), named(&|_| true)),
                (json!({"q": "need", "tag": "stack"}), named(&|_| true)),
                (json!({"q": "needle", "kind": "service"}), named(&|number| number % 2 == 1)),
            ] {
                let mut asked = filter;
                asked["sort"] = sort.into();
                asked["limit"] = 2.into();
                assert_eq!(names(&visitor, query(asked.clone())).await, expected, "{asked}");
            }
        }
    });
}

/// Part numbers and the like. A database that took words apart by rules of its own would not find them all.
#[test]
fn words_of_letters_and_digits_are_found_as_they_are() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        let words = ["12e5ab", "1234e567", "4e5", "9e99999x", "0x1f", "007", "1e", "3d7c0e1b", "e7", "mk2", "2mk"];
        for word in words {
            make(&admin, &format!("Part {word}"), json!({})).await;
        }
        for word in words {
            let found = names(&visitor, query(json!({"q": word}))).await;
            assert!(found.contains(&format!("Part {word}")), "{word}: {found:?}");
            let found = names(&visitor, query(json!({"q": format!("{word} part")}))).await;
            assert_eq!(found, [format!("Part {word}")]);
        }
    });
}

/// Counts are kept beside the tags: they follow every change of either.
#[test]
fn tags_are_counted_as_they_come_and_go() {
    with_shop(|shop| async move {
        let (admin, visitor) = (shop.admin().await, shop.visitor());
        let counts = async || {
            let tags = visitor.list_tags().await.unwrap().data;
            tags.into_iter().map(|tag| (tag.name, tag.products)).collect::<Vec<_>>()
        };
        let one = make(&admin, "One", json!({"tags": ["ink", "paper"]})).await.product.id;
        let two = make(&admin, "Two", json!({"tags": ["paper"]})).await.product.id;
        let draft = make(&admin, "Draft", json!({"tags": ["paper"], "published": false})).await.product.id;
        assert_eq!(counts().await, [("paper".into(), 2), ("ink".into(), 1)]);
        let change = async |id, patch| admin.update_product(id, &serde_json::from_value(patch).unwrap()).await.unwrap();
        change(one, json!({"tags": ["ink", "clay"]})).await;
        assert_eq!(counts().await, [("clay".into(), 1), ("ink".into(), 1), ("paper".into(), 1)]);
        change(draft, json!({"published": true})).await;
        change(two, json!({"published": false})).await;
        assert_eq!(counts().await, [("clay".into(), 1), ("ink".into(), 1), ("paper".into(), 1)]);
        admin.delete_product(one).await.unwrap();
        assert_eq!(counts().await, [("paper".into(), 1)]);
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
            let later = json!({"q": "later", "limit": 100});
            for product in admin.list_admin_products(&crate::catalog::query(later)).await.unwrap().data {
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
