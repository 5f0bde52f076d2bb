-- Events that Stripe delivered, and what comparing with Stripe found.

create table webhook_events (
    id blob primary key not null,
    stripe_event_id text not null unique,
    kind text not null,
    api_version text,
    -- the body as it was signed
    payload text not null,
    status text not null check (status in ('received', 'processed', 'ignored', 'failed')),
    note text,
    attempts integer not null default 0,
    created_at text not null,
    received_at text not null,
    processed_at text
) strict;
create index webhook_events_by_status on webhook_events (status, id);

-- One row: the last comparison.
create table reconciliation (
    only_one integer primary key not null check (only_one = 1),
    finished_at text not null,
    compared integer not null,
    repaired integer not null
) strict;

create table reconciliation_findings (
    id blob primary key not null,
    order_id blob references orders (id),
    detail text not null,
    found_at text not null
) strict;
