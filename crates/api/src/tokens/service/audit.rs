//! Looking at all accounts together.

use chrono::{DateTime, Utc};
use vitrine_types::tokens::TokenTotals;

use crate::{db::Db, error::Result, tokens::store};

/// Where ledger, lots and balances disagree, each in words; empty when all is well.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(db: &Db) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for (id, balance, entries, lots) in store::list_unbalanced_accounts(db).await? {
        let words = format!("Account {id} says {balance} tokens, its entries {entries}, its lots {lots}.");
        findings.push(words);
    }
    for (id, remaining, moved) in store::list_unbalanced_lots(db).await? {
        findings.push(format!("Lot {id} says that {remaining} are left; its movements make {moved}."));
    }
    for (id, amount, moved) in store::list_unbalanced_entries(db).await? {
        findings.push(format!("Entry {id} says {amount}; its movements make {moved}."));
    }
    Ok(findings)
}

/// All tokens together, as they stand at `now`.
///
/// # Errors
/// When the database does not answer.
pub async fn totals(db: &Db, now: DateTime<Utc>) -> Result<TokenTotals> {
    let sums = store::sum_entries(db).await?;
    let sum = |kind: &str| sums.iter().find(|(of, _)| of == kind).map_or(0, |(_, sum)| *sum);
    Ok(TokenTotals {
        accounts: store::count_accounts(db).await?,
        balance: store::sum_live(db, now).await?,
        granted: sum("grant"),
        spent: -sum("spend"),
        returned: sum("return"),
        expired: -sum("expire"),
        adjusted: sum("adjust"),
        findings: verify(db).await?,
    })
}
