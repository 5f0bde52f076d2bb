-- When the owner can be booked, and what is booked.

-- The one calendar there is.
create table calendar (
    id integer primary key check (id = 1),
    time_zone text not null,
    -- [{weekday, start, end}], local wall time
    rules text not null,
    -- [{from, to, time_zone}], days in other zones
    travel text not null,
    -- SHA-256, hex, of the secret in the feed's address
    feed_secret_hash text unique
) strict;
insert into calendar (id, time_zone, rules, travel) values (1, 'UTC', '[]', '[]');

create table calendar_overrides (
    id blob primary key not null,
    date text not null unique,
    -- [{start, end}]; none is closed
    ranges text not null
) strict;

create table blocked_periods (
    id blob primary key not null,
    starts_at text not null,
    ends_at text not null,
    reason text,
    check (starts_at < ends_at)
) strict;
create index blocked_periods_by_end on blocked_periods (ends_at);

create table external_calendars (
    id blob primary key not null,
    url text not null unique,
    last_synced_at text,
    error text,
    created_at text not null
) strict;

-- What those calendars call busy, from the last time they were read.
create table external_busy (
    calendar_id blob not null references external_calendars (id) on delete cascade,
    starts_at text not null,
    ends_at text not null,
    check (starts_at < ends_at)
) strict;
create index external_busy_of_calendar on external_busy (calendar_id);
create index external_busy_by_end on external_busy (ends_at);

-- Appointments, and holds of those that are being paid.
create table bookings (
    id blob primary key not null,
    product_id blob not null references products (id),
    customer_id blob not null references customers (id),
    -- held: being paid, until held_until; lapsed: that came to nothing
    status text not null check (status in ('held', 'lapsed', 'accepted', 'cancelled', 'completed', 'no_show')),
    held_until text,
    -- text compares as time only when all are written alike: whole seconds, UTC
    starts_at text not null check (starts_at glob '????-??-??T??:??:??+00:00'),
    ends_at text not null check (ends_at glob '????-??-??T??:??:??+00:00'),
    -- with the buffers of the service as it was
    busy_from text not null check (busy_from glob '????-??-??T??:??:??+00:00'),
    busy_until text not null check (busy_until glob '????-??-??T??:??:??+00:00'),
    -- one of so many seats
    seat integer not null,
    seats integer not null,
    -- the customer's zone
    time_zone text not null,
    answers text not null,
    -- the policy as it was
    location text not null,
    cancel_until_minutes integer not null,
    -- null when the owner booked
    paid_kind text check (paid_kind in ('entitlement', 'tokens')),
    paid_id blob,
    paid_amount integer,
    note text not null default '',
    cancel_reason text,
    -- how often it was changed, as invites count
    sequence integer not null default 0,
    created_at text not null,
    updated_at text not null,
    -- what bookings must have in common to sit side by side
    slot text not null generated always as (
        hex(product_id) || ' ' || starts_at || ' ' || ends_at || ' ' || busy_from || ' ' || busy_until
    ) stored,
    check (busy_from <= starts_at and starts_at < ends_at and ends_at <= busy_until),
    check (seat between 1 and seats),
    check (status <> 'held' or held_until is not null),
    check ((paid_kind is null) = (paid_id is null) and (paid_kind is null) = (paid_amount is null))
) strict;
create unique index bookings_seat on bookings (slot, seat) where status not in ('cancelled', 'lapsed');
create index bookings_of_customer on bookings (customer_id, starts_at, id);
create index bookings_by_start on bookings (starts_at, id);
create index bookings_by_busy on bookings (busy_until, busy_from, slot) where status not in ('cancelled', 'lapsed');
create index bookings_held on bookings (held_until) where status = 'held';
create index bookings_by_payment on bookings (paid_id);

-- The owner is one: appointments of all services keep out of each other's time, buffers included.
create trigger bookings_no_overlap_insert before insert on bookings
when new.status not in ('cancelled', 'lapsed')
begin
    select raise(abort, 'bookings_no_overlap') where exists (
        select 1 from bookings
        where status not in ('cancelled', 'lapsed') and busy_until > new.busy_from and busy_from < new.busy_until
        and slot <> hex(new.product_id) || ' ' || new.starts_at || ' ' || new.ends_at
                    || ' ' || new.busy_from || ' ' || new.busy_until
    );
end;

create trigger bookings_no_overlap_update before update on bookings
when new.status not in ('cancelled', 'lapsed')
begin
    select raise(abort, 'bookings_no_overlap') where exists (
        select 1 from bookings
        where status not in ('cancelled', 'lapsed') and busy_until > new.busy_from and busy_from < new.busy_until
        and id <> old.id
        and slot <> hex(new.product_id) || ' ' || new.starts_at || ' ' || new.ends_at
                    || ' ' || new.busy_from || ' ' || new.busy_until
    );
end;

-- A mail can bring files, such as an invite: [{name, content_type, content}].
alter table mails add column attachments text not null default '[]';
