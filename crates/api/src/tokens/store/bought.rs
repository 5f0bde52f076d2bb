//! Lots that were bought.

use uuid::Uuid;

use super::{LotRecord, lot_columns};
use crate::db::{Cx, Result, Tx, sql};

/// The lots that an order line brought: one, and those that came of giving back what had been taken, oldest first.
pub async fn list_bought_lots(cx: impl Into<Cx<'_>>, order_line: Uuid) -> Result<Vec<LotRecord>> {
    sql(cx, concat!("select ", lot_columns!(), " from token_lots where order_line_id = $1 order by id"))
        .bind(order_line)
        .all()
        .await
}

/// Sets what is wrong with the payment for an order line's lots.
pub async fn update_payment(tx: &mut Tx, order_line: Uuid, payment: Option<&str>) -> Result<u64> {
    sql(tx, "update token_lots set payment = $2 where order_line_id = $1")
        .bind(order_line)
        .bind(payment.map(str::to_owned))
        .exec()
        .await
}

/// How often tokens of an order line were taken back or restored, and how many are taken at present.
pub async fn sum_taken_back(tx: &mut Tx, order_line: Uuid) -> Result<(i64, i64)> {
    sql(
        tx,
        "select count(distinct e.id), cast(coalesce(sum(-m.amount), 0) as bigint) from token_lots l
         join token_movements m on m.lot_id = l.id
         join token_entries e on e.id = m.entry_id and e.kind = 'adjust' and e.source = 'top_up'
         where l.order_line_id = $1",
    )
    .bind(order_line)
    .one()
    .await
}
