-- Second factors, and which mails an account does without.

-- One authenticator app per account.
create table second_factors (
    customer_id blob primary key not null references customers (id) on delete cascade,
    -- encrypted, see `seal.rs`: codes are computed from it, so a hash would not do
    secret text not null,
    created_at text not null,
    -- null until a first code has shown that the app knows the secret
    confirmed_at text,
    -- the newest 30-second step whose code was used: no code of this or an earlier one is good again
    last_step integer not null
) strict;

-- Those that have not been used.
create table recovery_codes (
    customer_id blob not null references second_factors (customer_id) on delete cascade,
    -- SHA-256, hex
    hash text not null,
    primary key (customer_id, hash)
) strict;

-- Optional mails that a customer does not want; no row: wants it.
create table muted_mails (
    customer_id blob not null references customers (id) on delete cascade,
    -- which mail, such as 'booking_reminders'
    topic text not null,
    primary key (customer_id, topic)
) strict;
