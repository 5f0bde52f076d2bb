-- Plans, who is subscribed to them, and what was paid for it.

create table plans (
    id blob primary key not null,
    slug text not null unique,
    name text not null,
    description text not null,
    price_amount integer not null check (price_amount > 0),
    currency text not null,
    every text not null check (every in ('month', 'year')),
    trial_days integer not null check (trial_days between 0 and 730),
    tokens_per_period integer not null check (tokens_per_period >= 0),
    rollover_cap integer not null check (rollover_cap >= 0),
    all_downloads integer not null check (all_downloads in (0, 1)),
    -- what the pricing page lists, in words
    benefits text not null,
    status text not null check (status in ('draft', 'published', 'archived')),
    -- Stripe's price for who subscribes now; null until it is needed
    stripe_price_id text,
    -- counts prices; part of Stripe's idempotency key
    price_version integer not null default 1,
    created_at text not null,
    updated_at text not null
) strict;

-- The products a plan includes by name.
create table plan_products (
    plan_id blob not null references plans (id) on delete cascade,
    product_id blob not null references products (id) on delete cascade,
    primary key (plan_id, product_id)
) strict, without rowid;

-- Every price that a plan has had at Stripe: who subscribed then pays it on.
create table plan_prices (
    stripe_price_id text primary key not null,
    plan_id blob not null references plans (id),
    amount integer not null,
    currency text not null,
    every text not null
) strict;

-- The one customer at Stripe of each of ours that ever subscribed.
create table stripe_customers (
    customer_id blob primary key not null references customers (id),
    stripe_customer_id text not null unique
) strict;

create table subscriptions (
    id blob primary key not null,
    customer_id blob not null references customers (id),
    plan_id blob not null references plans (id),
    stripe_subscription_id text not null unique,
    -- as Stripe's
    status text not null,
    -- what this subscription pays
    price_amount integer not null,
    currency text not null,
    every text not null,
    current_period_start text not null,
    current_period_end text not null,
    trial_end text,
    -- when it will end, if it will
    cancel_at text,
    ended_at text,
    -- whether the plan's products are open, and until when at most (the grace of a failed payment)
    has_benefits integer not null check (has_benefits in (0, 1)),
    benefits_until text,
    -- the plan from the next period on
    next_plan_id blob references plans (id),
    stripe_schedule_id text,
    -- the customer has another one: this should not be, gives nothing, and is flagged
    surplus integer not null check (surplus in (0, 1)),
    created_at text not null,
    updated_at text not null
) strict;
create unique index subscriptions_one_live on subscriptions (customer_id)
    where surplus = 0 and status not in ('canceled', 'incomplete_expired');
create index subscriptions_of_customer on subscriptions (customer_id, id);
create index subscriptions_of_plan on subscriptions (plan_id);
create index subscriptions_by_end on subscriptions (current_period_end);

-- Paid invoices whose tokens were given: once per invoice and period.
create table subscription_invoices (
    stripe_invoice_id text not null,
    subscription_id blob not null references subscriptions (id),
    period_start text not null,
    period_end text not null,
    -- how the tokens were reckoned: a whole period, or the difference of an upgrade
    kind text not null check (kind in ('period', 'upgrade')),
    granted_at text not null,
    primary key (stripe_invoice_id, period_start)
) strict, without rowid;
create index subscription_invoices_of on subscription_invoices (subscription_id, period_start);

-- What was asked of Stripe: asked again, it goes out under the same key until it is answered.
create table subscription_requests (
    -- the key
    id blob primary key not null,
    subscription_id blob not null references subscriptions (id),
    request text not null,
    created_at text not null
) strict;
create unique index subscription_requests_open on subscription_requests (subscription_id, request);

-- An order for a plan stands for its first payment, and has no other lines.
alter table orders add column plan_id blob references plans (id);
alter table orders add column plan_name text;
create unique index orders_one_open_plan on orders (customer_id) where plan_id is not null and payment = 'pending';

-- Published to subscriptions by the catalog: what a plan can include.
create view includable_products as
    select id, kind, status from products where kind in ('download', 'embed');

-- Published to entitlements: what each subscription opens.
create view included_products as
    select s.id as subscription_id, s.customer_id as customer_id, p.id as product_id, s.benefits_until as ends_at
    from subscriptions s join plans on plans.id = s.plan_id
    join includable_products p on (plans.all_downloads = 1 and p.kind = 'download' and p.status = 'published')
        or (p.status <> 'draft' and exists (
            select 1 from plan_products i where i.plan_id = plans.id and i.product_id = p.id))
    where s.has_benefits = 1;
