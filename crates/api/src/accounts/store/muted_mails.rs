//! SQL of mails that customers do without.

use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// Which mails the customer does not want.
pub async fn list_muted_mails<'c>(cx: impl Into<Cx<'c>>, customer: Uuid) -> Result<Vec<String>> {
    let topics: Vec<(String,)> =
        sql(cx, "select topic from muted_mails where customer_id = $1").bind(customer).all().await?;
    Ok(topics.into_iter().map(|(topic,)| topic).collect())
}

/// Notes that the customer does not want such mails.
pub async fn insert_muted_mail(tx: &mut Tx, customer: Uuid, topic: &str) -> Result<()> {
    sql(tx, "insert into muted_mails (customer_id, topic) values ($1, $2) on conflict do nothing")
        .bind(customer)
        .bind(topic.to_owned())
        .exec()
        .await
        .map(drop)
}

/// Notes that the customer wants all mails.
pub async fn delete_muted_mails(tx: &mut Tx, customer: Uuid) -> Result<()> {
    sql(tx, "delete from muted_mails where customer_id = $1").bind(customer).exec().await.map(drop)
}
