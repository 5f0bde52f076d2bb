-- Events that Stripe delivered, and what comparing with Stripe found.

create table webhook_events (
    id uuid primary key,
    stripe_event_id text not null unique,
    kind text not null,
    api_version text,
    -- the body as it was signed
    payload text not null,
    status text not null check (status in ('received', 'processed', 'ignored', 'failed')),
    note text,
    attempts bigint not null default 0,
    created_at timestamptz not null,
    received_at timestamptz not null,
    processed_at timestamptz
);
create index webhook_events_by_status on webhook_events (status, id);

-- One row: the last comparison.
create table reconciliation (
    only_one bigint primary key check (only_one = 1),
    finished_at timestamptz not null,
    compared bigint not null,
    repaired bigint not null
);

create table reconciliation_findings (
    id uuid primary key,
    order_id uuid references orders (id),
    detail text not null,
    found_at timestamptz not null
);
