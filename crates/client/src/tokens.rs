//! Tokens of plans.

use uuid::Uuid;
use vitrine_types::{
    PageQuery,
    tokens::{TokenAdjustment, TokenEntry, TokenStatement, TokenTotals},
};

use crate::{Client, Result};

impl Client {
    /// The tokens of a subscription of mine, with a page of what happened to them.
    pub async fn get_tokens(&self, subscription: Uuid, query: &PageQuery) -> Result<TokenStatement> {
        self.get_with(&format!("/subscriptions/{subscription}/tokens"), query).await
    }

    /// The tokens of anybody's subscription.
    pub async fn get_admin_tokens(&self, subscription: Uuid, query: &PageQuery) -> Result<TokenStatement> {
        self.get_with(&format!("/admin/subscriptions/{subscription}/tokens"), query).await
    }

    /// Gives tokens to a customer, or takes some. With the same `key` that happens once.
    pub async fn adjust_tokens(
        &self,
        subscription: Uuid,
        adjustment: &TokenAdjustment,
        key: Option<&str>,
    ) -> Result<TokenEntry> {
        self.post_once(&format!("/admin/subscriptions/{subscription}/tokens"), adjustment, key).await
    }

    /// The tokens of all subscriptions together.
    pub async fn get_token_totals(&self) -> Result<TokenTotals> {
        self.get("/admin/tokens").await
    }
}
