-- Orders, the money for them, and the money that went back.

create table orders (
    id uuid primary key,
    number bigint not null unique,
    customer_id uuid not null references customers (id),
    currency text not null,
    subtotal_amount bigint not null check (subtotal_amount >= 0),
    discount_amount bigint not null check (discount_amount >= 0),
    tax_amount bigint not null check (tax_amount >= 0),
    total_amount bigint not null check (total_amount >= 0),
    -- money that went back or is on its way
    refunded_amount bigint not null default 0
        constraint refunds_within_payment check (refunded_amount between 0 and total_amount),
    -- where the payment stands, by itself
    payment text not null check (payment in ('pending', 'processing', 'paid', 'expired', 'failed')),
    -- what people see: the payment, refunds, disputes and review taken together
    status text not null check (status in ('pending', 'processing', 'paid', 'partially_refunded', 'refunded',
                                           'disputed', 'expired', 'failed', 'needs_review')),
    review_reason text,
    from_cart boolean not null,
    -- SHA-256 of customer and lines with prices: a second click finds the open order
    fingerprint text not null,
    -- counts sessions asked for; part of Stripe's idempotency key
    attempt bigint not null default 1,
    stripe_session_id text unique,
    stripe_url text,
    stripe_payment_intent_id text unique,
    -- until when the order can be paid and holds its stock
    expires_at timestamptz not null,
    created_at timestamptz not null,
    paid_at timestamptz
);
create index orders_of_customer on orders (customer_id, id);
create index orders_by_status on orders (status, id);
create index orders_open on orders (fingerprint) where payment = 'pending';

create table order_lines (
    id uuid primary key,
    order_id uuid not null references orders (id),
    position bigint not null,
    product_id uuid not null references products (id),
    name text not null,
    kind text not null,
    quantity bigint not null check (quantity between 1 and 100),
    unit_amount bigint not null check (unit_amount >= 0),
    total_amount bigint not null check (total_amount >= 0),
    refunded boolean not null default false,
    unique (order_id, position)
);
create index order_lines_of_product on order_lines (product_id);

create table refunds (
    id uuid primary key,
    order_id uuid not null references orders (id),
    amount bigint not null check (amount > 0),
    status text not null check (status in ('pending', 'succeeded', 'failed', 'canceled')),
    reason text,
    -- the payment it sends back, when that is not the order's own (a second payment)
    stripe_payment_intent_id text not null,
    stripe_refund_id text unique,
    -- counts keys used with Stripe: it repeats a 500 to the same key for ever
    attempt bigint not null default 1,
    created_at timestamptz not null
);
create index refunds_of_order on refunds (order_id, id);

create table refund_lines (
    refund_id uuid not null references refunds (id),
    order_line_id uuid not null references order_lines (id),
    primary key (refund_id, order_line_id)
);

create table disputes (
    stripe_dispute_id text primary key,
    order_id uuid not null references orders (id),
    amount bigint not null,
    status text not null,
    reason text not null,
    evidence_due_by timestamptz,
    created_at timestamptz not null
);
create index disputes_of_order on disputes (order_id);

-- Published to the catalog: how many of each product were sold and not refunded.
create view product_sales as
    select line.product_id as product_id, cast(sum(line.quantity) as bigint) as sold
    from order_lines line join orders on orders.id = line.order_id
    where orders.payment = 'paid' and not line.refunded
    group by line.product_id;
