-- Second factors, and which mails an account does without.

-- One authenticator app per account.
create table second_factors (
    customer_id uuid primary key references customers (id) on delete cascade,
    -- encrypted, see `seal.rs`: codes are computed from it, so a hash would not do
    secret text not null,
    created_at timestamptz not null,
    -- null until a first code has shown that the app knows the secret
    confirmed_at timestamptz,
    -- the newest 30-second step whose code was used: no code of this or an earlier one is good again
    last_step bigint not null
);

-- Those that have not been used.
create table recovery_codes (
    customer_id uuid not null references second_factors (customer_id) on delete cascade,
    -- SHA-256, hex
    hash text not null,
    primary key (customer_id, hash)
);

-- Optional mails that a customer does not want; no row: wants it.
create table muted_mails (
    customer_id uuid not null references customers (id) on delete cascade,
    -- which mail, such as 'booking_reminders'
    topic text not null,
    primary key (customer_id, topic)
);
