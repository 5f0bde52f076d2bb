//! Which tokens a paid invoice gives. The rules are decision 8.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use vitrine_types::tokens::TokenSource;

use super::{
    store,
    store::{PlanRecord, SubscriptionRecord},
};
use crate::{
    db::Tx,
    error::Result,
    state::State,
    stripe::billing::{Invoice, Line},
    tokens::service::{self as tokens, Grant, RollOver},
};

/// The plans of prices at Stripe.
pub type Plans = HashMap<String, PlanRecord>;

/// What an invoice gives once it is paid.
struct Due {
    invoice: String,
    kind: Kind,
    amount: i64,
    /// At most so many are carried over into this period.
    cap: i64,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A whole period: all tokens of its plan.
    Period,
    /// The rest of a period on a better plan: what that gives more.
    Upgrade,
}

/// Gives the tokens of all paid invoices that have not given them yet, in the order of their periods, and carries over what
/// is left of each period. However often and in whatever order invoices become known, the outcome is the same.
///
/// # Errors
/// When the database does not answer.
pub async fn give(
    tx: &mut Tx,
    state: &State,
    subscription: &SubscriptionRecord,
    invoices: &[Invoice],
    plans: &Plans,
) -> Result<()> {
    let paid = invoices.iter().filter(|invoice| invoice.is_paid());
    let mut dues: Vec<Due> = paid.filter_map(|invoice| due(invoice, plans)).collect();
    dues.sort_by_key(|due| (due.start, due.kind));
    let account = subscription.id;
    // Most are old: what is noted stays noted, and only what is not is tried.
    let granted = store::list_granted(tx, account).await?;
    // The period before, and whether anything came into it that was not carried over yet.
    let mut before: Option<(DateTime<Utc>, bool)> = None;
    for due in dues {
        let name = if due.kind == Kind::Period { "period" } else { "upgrade" };
        let now = state.clock.now();
        let new = !granted.contains(&(due.invoice.clone(), due.start))
            && store::insert_grant(tx, account, &due.invoice, name, (due.start, due.end), now).await?;
        let carries = due.kind == Kind::Period;
        if carries
            && let Some((old_end, came)) = before
            && (new || came)
        {
            if due.start < old_end {
                // Another rhythm: the period before ended early.
                tokens::shorten(tx, &state.clock, account, old_end, due.start).await?;
            }
            let period = RollOver { ended_at: old_end.min(due.start), new_end: due.end, cap: due.cap };
            tokens::roll_over(tx, &state.clock, account, &period).await?;
        }
        if new && due.amount > 0 {
            let fact = format!("invoice:{}:{}", due.invoice, due.start.timestamp());
            let grant = Grant {
                fact: &fact,
                source: TokenSource::Period,
                source_ref: Some(due.invoice.clone()),
                amount: due.amount,
                expires_at: Some(due.end),
                order_line: None,
            };
            tokens::grant(tx, &state.clock, account, &grant).await?;
        }
        before = match before {
            Some((end, came)) if !carries => Some((end, came || new)),
            _ => Some((due.end, new)),
        };
    }
    Ok(())
}

fn due(invoice: &Invoice, plans: &Plans) -> Option<Due> {
    let mut whole: Option<Due> = None;
    let (mut more, mut less): (Option<(&PlanRecord, &Line)>, Option<&PlanRecord>) = (None, None);
    for line in &invoice.lines.data {
        let (Some(price), Some((start, end))) = (line.price(), line.period()) else { continue };
        let Some(plan) = plans.get(price) else { continue };
        match (line.is_proration(), line.amount) {
            (false, 0..) if whole.as_ref().is_none_or(|whole| whole.end < end) => {
                whole = Some(Due {
                    invoice: invoice.id.clone(),
                    kind: Kind::Period,
                    amount: plan.tokens_per_period,
                    cap: plan.rollover_cap,
                    start,
                    end,
                });
            }
            (true, amount) if amount > 0 => more = Some((plan, line)),
            (true, amount) if amount < 0 => less = Some(plan),
            _ => {}
        }
    }
    if whole.is_some() {
        return whole;
    }
    let ((to, line), from) = (more?, less?);
    line.period().map(|(start, end)| Due {
        invoice: invoice.id.clone(),
        kind: Kind::Upgrade,
        amount: (to.tokens_per_period - from.tokens_per_period).max(0),
        cap: to.rollover_cap,
        start,
        end,
    })
}
