-- What customers own, and what they downloaded.

create table entitlements (
    id uuid primary key,
    customer_id uuid not null references customers (id),
    product_id uuid not null references products (id),
    -- the business fact that gives it: one effect, however often it is reported
    fact text not null unique,
    source_kind text not null check (source_kind in ('order', 'subscription', 'free', 'gift')),
    source_id uuid not null,
    -- what the source says: active, suspended (dispute), revoked (refund), expired (time over)
    source_status text not null check (source_status in ('active', 'suspended', 'revoked', 'expired')),
    -- the owner took it away, whatever the source says
    taken_at timestamptz,
    -- the outcome of both; kept beside them for the view and the index
    status text not null check (status in ('active', 'suspended', 'revoked', 'expired')),
    -- appointments left; null for what is no service
    bookings_remaining bigint constraint bookings_remaining_not_negative check (bookings_remaining >= 0),
    granted_at timestamptz not null,
    expires_at timestamptz
);
create index entitlements_of_customer on entitlements (customer_id, id);
create index entitlements_of_source on entitlements (source_id);
create index entitlements_of_product on entitlements (product_id);

create table downloads (
    id uuid primary key,
    entitlement_id uuid not null references entitlements (id),
    file_id uuid not null,
    created_at timestamptz not null
);
create index downloads_of_entitlement on downloads (entitlement_id);

-- Published to the catalog, which shows each caller what is owned already.
create view owned_products as
    select customer_id, product_id, source_kind from entitlements where status = 'active';
