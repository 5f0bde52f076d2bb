//! `product`.

use super::metadata;
use crate::params::Params;
use crate::world::World;
use serde_json::{Value, json};

/// A product from the parameters of `products.create` or a `product_data`.
pub fn create(world: &mut World, params: &Params, active: bool) -> Value {
    let mut fields = json!({
        "active": active,
        "default_price": null,
        "description": params.or_null("description"),
        "images": params.list("images"),
        "marketing_features": params.list("marketing_features"),
        "metadata": metadata(params),
        "name": params.or_null("name"),
        "package_dimensions": params.or_null("package_dimensions"),
        "shippable": params.or_null("shippable"),
        "statement_descriptor": params.or_null("statement_descriptor"),
        "tax_code": params.or_null("tax_code"),
        "tax_details": params.get("tax_details").map(|sent| json!({
            "performance_location": sent.get("performance_location"), "tax_code": sent.get("tax_code"),
        })),
        "type": params.text("type").unwrap_or("service"),
        "unit_label": params.or_null("unit_label"),
        "updated": world.now(),
        "url": params.or_null("url"),
    });
    if let Some(id) = params.text("id") {
        fields["id"] = json!(id);
    }
    world.create("prod_", "product", fields)
}
