-- Money for plans that goes wrong, and looks at Stripe that overtake each other.

-- How often a subscription was brought in line with Stripe's: what was seen before the last time may be old.
alter table subscriptions add column looks integer not null default 0;
-- a payment for it is disputed, or was lost: nothing is open, no token can be spent
alter table subscriptions add column disputed integer not null default 0 check (disputed in (0, 1));
alter table token_accounts add column frozen integer not null default 0 check (frozen in (0, 1));

-- Disputes about payments for a subscription, the first one (whose order has it too) and renewals.
create table subscription_disputes (
    stripe_dispute_id text primary key not null,
    subscription_id blob not null references subscriptions (id),
    stripe_payment_intent_id text not null,
    amount integer not null,
    -- Stripe's words
    status text not null,
    reason text not null,
    evidence_due_by text,
    created_at text not null
) strict;
create index subscription_disputes_of on subscription_disputes (subscription_id);

drop view included_products;
-- Published to entitlements: what each subscription opens.
create view included_products as
    select s.id as subscription_id, s.customer_id as customer_id, p.id as product_id, s.benefits_until as ends_at
    from subscriptions s join plans on plans.id = s.plan_id
    join includable_products p on (plans.all_downloads = 1 and p.kind = 'download' and p.status = 'published')
        or (p.status <> 'draft' and exists (
            select 1 from plan_products i where i.plan_id = plans.id and i.product_id = p.id))
    where s.has_benefits = 1 and s.disputed = 0;
