//! What can be done with carts.

use uuid::Uuid;
use vitrine_types::Code;

use super::store::{self, CartLineRecord};
use crate::{
    catalog::{self, store::ProductRecord},
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
};

/// The most different products a cart holds.
pub const MAX_LINES: usize = 50;

/// The most of one product a cart or an order holds.
pub const MAX_QUANTITY: u32 = 100;

/// Sets how many of a product are in the cart; 0 takes it out.
///
/// # Errors
/// `request.not_found` when it is not for sale, `request.invalid` for more than [`MAX_QUANTITY`],
/// `cart.too_many_lines`.
pub async fn set_quantity(tx: &mut Tx, clock: &Clock, customer: Uuid, product: Uuid, quantity: u32) -> Result<()> {
    if quantity > MAX_QUANTITY {
        return Err(Error::field("quantity", "out_of_range", format!("At most {MAX_QUANTITY}")));
    }
    if quantity == 0 {
        store::delete_line(tx, customer, product).await?;
        return Ok(());
    }
    if catalog::service::find_for_sale(&mut *tx, &[product]).await?.is_empty() {
        return Err(Error::new(Code::NotFound).detail("This product is not for sale"));
    }
    tx.lock(&format!("cart:{customer}")).await?;
    let lines = store::list_lines(&mut *tx, customer).await?;
    if lines.len() >= MAX_LINES && !lines.iter().any(|line| line.product_id == product) {
        return Err(Error::new(Code::CartTooLarge).detail(format!("A cart holds {MAX_LINES} different products")));
    }
    store::upsert_line(tx, customer, product, quantity.into(), clock.now()).await?;
    Ok(())
}

/// The cart's lines with their products, without what is no longer for sale.
pub async fn contents(db: &Db, customer: Uuid) -> Result<Vec<(ProductRecord, CartLineRecord)>> {
    let lines = store::list_lines(db, customer).await?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.product_id).collect();
    let products = catalog::service::find_for_sale(db, &ids).await?;
    let with_product = |line: CartLineRecord| {
        products.iter().find(|product| product.id == line.product_id).map(|product| (product.clone(), line))
    };
    Ok(lines.into_iter().filter_map(with_product).collect())
}

/// Takes out what an order has bought, so that a paid cart does not come back.
pub async fn consume(tx: &mut Tx, customer: Uuid, products: &[Uuid]) -> Result<()> {
    for product in products {
        store::delete_line(tx, customer, *product).await?;
    }
    Ok(())
}
