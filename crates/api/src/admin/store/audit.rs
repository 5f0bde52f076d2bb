//! The books, reckoned up from scratch: what orders, refunds, disputes, bookings and the ledger of tokens say must be what
//! the shop acts on, at any moment.
//!
//! Nothing here is shared with the services that keep the books: a mistake of theirs would only agree with itself. Each
//! statement lists contradictions in words, and finds none in a shop that is right, at any moment.

use crate::db::{Db, Result, sql};

/// What became of each order's money: `back` is the sum that went back or is on its way.
macro_rules! money {
    () => {
        "(select o.id, o.number, o.payment, o.status, o.total_amount, o.refunded_amount, o.review_reason,
                 cast(coalesce((select sum(r.amount) from refunds r where r.order_id = o.id
                     and r.status in ('pending', 'succeeded')
                     and r.stripe_payment_intent_id = o.stripe_payment_intent_id), 0) as bigint) as back,
                 exists (select 1 from disputes d where d.order_id = o.id
                     and d.status not in ('won', 'lost', 'warning_closed', 'prevented')) as in_dispute,
                 exists (select 1 from disputes d where d.order_id = o.id and d.status = 'lost') as lost
          from orders o) money"
    };
}

/// What each paid line should give: `due` is the state of its grant.
macro_rules! lines {
    () => {
        concat!(
            "(select l.id, money.number, l.order_id, l.product_id, l.quantity, l.refunded, l.booking_id,
                     (money.total_amount > 0 and money.back >= money.total_amount or exists (
                         select 1 from refund_lines rl join refunds r on r.id = rl.refund_id
                         join orders o on o.id = r.order_id
                         where rl.order_line_id = l.id and r.status in ('pending', 'succeeded')
                         and r.stripe_payment_intent_id = o.stripe_payment_intent_id)) as went_back,
                     money.in_dispute, money.lost, l.tokens, l.token_account_id
              from order_lines l join ",
            money!(),
            " on money.id = l.order_id where money.payment = 'paid') lines"
        )
    };
}

/// Whether a payment for the subscription `s` is disputed, or was lost.
macro_rules! disputed {
    () => {
        "exists (select 1 from subscription_disputes d where d.subscription_id = s.id
             and d.status not in ('won', 'warning_closed', 'prevented'))"
    };
}

/// Every statement answers rows of one text.
const STATEMENTS: [&str; 22] = [
    concat!(
        "select 'order ' || number || ': more went back than was paid' from ",
        money!(),
        " where back > total_amount"
    ),
    concat!(
        "select 'order ' || number || ': ' || refunded_amount || ' is noted as refunded, but refunds are ' || back from ",
        money!(),
        " where refunded_amount <> back and back <= total_amount"
    ),
    concat!(
        "select 'order ' || number || ': its status is ' || status from ",
        money!(),
        " where status <> case
             when payment = 'paid' and total_amount > 0 and back >= total_amount then 'refunded'
             when review_reason is not null then 'needs_review'
             when payment = 'paid' and (in_dispute or lost) then 'disputed'
             when payment = 'paid' and back > 0 then 'partially_refunded'
             else payment end"
    ),
    "select 'order ' || number || ': its sums do not add up' from orders
     where total_amount <> subtotal_amount - discount_amount + tax_amount
     or subtotal_amount <> (select sum(l.quantity * l.unit_amount) from order_lines l where l.order_id = orders.id)",
    concat!(
        "select 'order ' || number || ': a line is noted as ' || case when refunded then '' else 'not ' end || 'refunded' from ",
        lines!(),
        " where (case when refunded then 1 else 0 end) <> (case when went_back then 1 else 0 end)"
    ),
    // A payment that came too late gave nothing, and went back: of what is revoked less may be there.
    concat!(
        "select 'order ' || due.number || ': its lines and what they give differ' from
         (select number, order_id, product_id,
                 sum(case when went_back or lost or in_dispute then 0 else 1 end) as active,
                 sum(case when in_dispute and not went_back and not lost then 1 else 0 end) as suspended,
                 count(*) as lines from ",
        lines!(),
        "  group by number, order_id, product_id) due
         where due.active <> (select count(*) from entitlements e where e.source_kind = 'order'
                              and e.source_id = due.order_id and e.product_id = due.product_id and e.source_status = 'active')
         or due.suspended <> (select count(*) from entitlements e where e.source_kind = 'order'
                              and e.source_id = due.order_id and e.product_id = due.product_id and e.source_status = 'suspended')
         or due.lines < (select count(*) from entitlements e where e.source_kind = 'order'
                         and e.source_id = due.order_id and e.product_id = due.product_id)"
    ),
    "select 'something was given for an order that is not paid' from entitlements e
     where e.source_kind = 'order' and not exists (
         select 1 from orders o join order_lines l on l.order_id = o.id
         where o.id = e.source_id and o.payment = 'paid' and l.product_id = e.product_id and o.customer_id = e.customer_id)",
    concat!(
        "select 'a plan that is not in force opens something' from subscriptions s join entitlements e
         on e.source_id = s.id and e.source_kind = 'subscription' and e.source_status = 'active'
         where s.surplus or s.status not in ('active', 'trialing', 'past_due') or ",
        disputed!()
    ),
    // What the catalog changed reaches plans by a job.
    concat!(
        "select 'a plan that is in force does not open ' || p.name from subscriptions s join plans on plans.id = s.plan_id
         join products p on plans.all_downloads and p.kind = 'download' and p.status = 'published' and (
                 p.tokens is null or exists (select 1 from product_files f where f.product_id = p.id))
             or p.status <> 'draft' and p.kind <> 'service' and exists (
                 select 1 from plan_products i where i.plan_id = plans.id and i.product_id = p.id)
         where s.status in ('active', 'trialing') and not s.surplus and not ",
        disputed!(),
        " and not exists (select 1 from entitlements e where e.source_id = s.id and e.source_kind = 'subscription'
              and e.product_id = p.id and e.source_status = 'active')
          and not exists (select 1 from jobs where kind = 'follow_catalog')"
    ),
    "select 'access is not what its source and the owner say' from entitlements
     where status <> case when taken_at is null then source_status else 'revoked' end",
    // A cancelled booking may or may not have been given back: between the two the number must lie.
    "select 'order ' || o.number || ': its appointments do not add up' from orders o
     join (select order_id, product_id, sum(quantity) as bought from order_lines group by order_id, product_id) l
          on l.order_id = o.id
     join (select source_id, product_id, sum(bookings_remaining) as remaining from entitlements
           where source_kind = 'order' and bookings_remaining is not null group by source_id, product_id) own
          on own.source_id = o.id and own.product_id = l.product_id
     join (select e.source_id, e.product_id, count(b.id) as booked,
                  sum(case when b.status in ('accepted', 'completed', 'no_show') then 1 else 0 end) as live
           from entitlements e left join bookings b on b.paid_id = e.id and b.paid_kind = 'entitlement'
           where e.source_kind = 'order' group by e.source_id, e.product_id) used
          on used.source_id = o.id and used.product_id = l.product_id
     where own.remaining > l.bought - used.live or own.remaining < l.bought - used.booked",
    "select 'two appointments overlap, at ' || a.starts_at || ' and ' || b.starts_at from bookings a
     join bookings b on a.id < b.id and a.slot <> b.slot and a.busy_from < b.busy_until and b.busy_from < a.busy_until
     where a.status not in ('cancelled', 'lapsed') and b.status not in ('cancelled', 'lapsed')",
    "select 'more booked a time than it has seats, at ' || min(starts_at) from bookings
     where status not in ('cancelled', 'lapsed') group by slot
     having count(*) > min(seats) or count(*) <> count(distinct seat)",
    concat!(
        "select 'order ' || number || ': its appointment is not booked' from ",
        lines!(),
        " join bookings b on b.id = lines.booking_id
         where not went_back and not lost and b.status in ('held', 'lapsed')"
    ),
    "select 'a balance of tokens is not the sum of its entries' from token_accounts a
     where a.balance <> (select coalesce(sum(e.amount), 0) from token_entries e where e.account_id = a.id)",
    "select 'a balance of tokens is not what is left of its lots' from token_accounts a
     where a.balance <> (select coalesce(sum(l.remaining), 0) from token_lots l where l.account_id = a.id)",
    "select 'tokens wait for a renewal that does not come' from token_lots l
     where l.held and not l.rolled_over and l.remaining > 0 and not exists (
         select 1 from subscriptions s where s.id = l.account_id and s.status in ('trialing', 'active', 'past_due')
             and (s.cancel_at is null or s.cancel_at > l.expires_at))",
    // A payment that came too late brought none, and went back.
    concat!(
        "select 'order ' || number || ': its tokens did not come in as they were sold' from
         (select number, went_back, tokens * quantity as sold,
                 (select cast(coalesce(sum(m.amount), 0) as bigint) from token_lots t
                  join token_movements m on m.lot_id = t.id join token_entries e on e.id = m.entry_id and e.kind = 'grant'
                  where t.order_line_id = lines.id and t.account_id = lines.token_account_id) as came from ",
        lines!(),
        " where tokens is not null) sold where came <> sold and not (went_back and came = 0)"
    ),
    concat!(
        "select 'order ' || number || ': its tokens do not follow its money' from ",
        lines!(),
        " join token_lots t on t.order_line_id = lines.id
         where coalesce(t.payment, '') <> case when went_back or lost then 'returned' when in_dispute then 'disputed' else '' end
         or (went_back or lost) and t.remaining > 0"
    ),
    concat!(
        "select 'order ' || number || ': its tokens were taken back, and its money is here' from ",
        lines!(),
        " where not went_back and not lost and not in_dispute and 0 <> (
             select coalesce(sum(m.amount), 0) from token_lots t join token_movements m on m.lot_id = t.id
             join token_entries e on e.id = m.entry_id and e.kind = 'adjust' and e.source = 'top_up'
             where t.order_line_id = lines.id)"
    ),
    "select 'tokens came in for an order that is not paid' from token_lots t
     where t.order_line_id is not null and not exists (
         select 1 from order_lines l join orders o on o.id = l.order_id
         where l.id = t.order_line_id and o.payment = 'paid' and l.tokens is not null)",
    "select waiting || ' events wait for work that nobody will do' from (
         select (select count(*) from webhook_events where status = 'received')
                - (select count(*) from jobs where kind = 'webhook_event') as waiting) events
     where waiting > 0",
];

/// Everything in the books that contradicts itself, in words; of each kind a few.
pub async fn list_contradictions(db: &Db) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for statement in STATEMENTS {
        let rows: Vec<(String,)> = sql(db, statement).all().await?;
        found.extend(rows.into_iter().take(5).map(|(words,)| words));
    }
    Ok(found)
}
