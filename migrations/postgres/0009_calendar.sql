-- When the owner can be booked, and what is booked.

create extension if not exists btree_gist;

-- The one calendar there is.
create table calendar (
    id bigint primary key check (id = 1),
    time_zone text not null,
    -- [{weekday, start, end}], local wall time
    rules jsonb not null,
    -- [{from, to, time_zone}], days in other zones
    travel jsonb not null,
    -- SHA-256, hex, of the secret in the feed's address
    feed_secret_hash text unique
);
insert into calendar (id, time_zone, rules, travel) values (1, 'UTC', '[]', '[]');

create table calendar_overrides (
    id uuid primary key,
    date date not null unique,
    -- [{start, end}]; none is closed
    ranges jsonb not null
);

create table blocked_periods (
    id uuid primary key,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    reason text,
    check (starts_at < ends_at)
);
create index blocked_periods_by_end on blocked_periods (ends_at);

create table external_calendars (
    id uuid primary key,
    url text not null unique,
    last_synced_at timestamptz,
    error text,
    created_at timestamptz not null
);

-- What those calendars call busy, from the last time they were read.
create table external_busy (
    calendar_id uuid not null references external_calendars (id) on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    check (starts_at < ends_at)
);
create index external_busy_of_calendar on external_busy (calendar_id);
create index external_busy_by_end on external_busy (ends_at);

-- Appointments, and holds of those that are being paid.
create table bookings (
    id uuid primary key,
    product_id uuid not null references products (id),
    customer_id uuid not null references customers (id),
    -- held: being paid, until held_until; lapsed: that came to nothing
    status text not null check (status in ('held', 'lapsed', 'accepted', 'cancelled', 'completed', 'no_show')),
    held_until timestamptz,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- with the buffers of the service as it was
    busy_from timestamptz not null,
    busy_until timestamptz not null,
    -- one of so many seats
    seat bigint not null,
    seats bigint not null,
    -- the customer's zone
    time_zone text not null,
    answers jsonb not null,
    -- the policy as it was
    location text not null,
    cancel_until_minutes bigint not null,
    -- null when the owner booked
    paid_kind text check (paid_kind in ('entitlement', 'tokens')),
    paid_id uuid,
    paid_amount bigint,
    note text not null default '',
    cancel_reason text,
    -- how often it was changed, as invites count
    sequence bigint not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- what bookings must have in common to sit side by side
    slot text not null generated always as (
        product_id::text
        || ' ' || extract(epoch from starts_at - timestamptz '1970-01-01 00:00:00+00')::bigint::text
        || ' ' || extract(epoch from ends_at - timestamptz '1970-01-01 00:00:00+00')::bigint::text
        || ' ' || extract(epoch from busy_from - timestamptz '1970-01-01 00:00:00+00')::bigint::text
        || ' ' || extract(epoch from busy_until - timestamptz '1970-01-01 00:00:00+00')::bigint::text
    ) stored,
    check (busy_from <= starts_at and starts_at < ends_at and ends_at <= busy_until),
    check (starts_at = date_trunc('second', starts_at, 'UTC') and ends_at = date_trunc('second', ends_at, 'UTC')),
    check (seat between 1 and seats),
    check (status <> 'held' or held_until is not null),
    check ((paid_kind is null) = (paid_id is null) and (paid_kind is null) = (paid_amount is null)),
    -- The owner is one: appointments of all services keep out of each other's time, buffers included.
    constraint bookings_no_overlap exclude using gist (slot with <>, tstzrange(busy_from, busy_until) with &&)
        where (status not in ('cancelled', 'lapsed'))
);
create unique index bookings_seat on bookings (slot, seat) where status not in ('cancelled', 'lapsed');
create index bookings_of_customer on bookings (customer_id, starts_at, id);
create index bookings_by_start on bookings (starts_at, id);
create index bookings_by_busy on bookings (busy_until) where status not in ('cancelled', 'lapsed');
create index bookings_held on bookings (held_until) where status = 'held';
create index bookings_by_payment on bookings (paid_id);

-- A mail can bring files, such as an invite: [{name, content_type, content}].
alter table mails add column attachments jsonb not null default '[]';
