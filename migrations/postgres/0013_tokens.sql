-- Tokens of plans: lots, and a ledger that is only ever added to.

create table token_accounts (
    -- the subscription's id
    id uuid primary key,
    customer_id uuid not null references customers (id),
    -- the sum of all entries, and of what is left of all lots
    balance bigint not null default 0 constraint token_balance_not_negative check (balance >= 0),
    created_at timestamptz not null
);
create index token_accounts_of_customer on token_accounts (customer_id);

-- What came in together and ends together.
create table token_lots (
    id uuid primary key,
    account_id uuid not null references token_accounts (id),
    source text not null check (source in ('period', 'rollover', 'top_up', 'adjustment', 'return')),
    -- the invoice, the order; of a rollover when the lots it is carried from ended
    source_ref text,
    -- the business fact that brought it: one lot, however often it is reported
    fact text not null unique,
    amount bigint not null check (amount > 0),
    remaining bigint not null,
    -- without what came back; the rest has ended or was corrected away
    spent bigint not null default 0,
    -- it ended with its period's renewal, which our clock may see before `expires_at`
    rolled_over boolean not null default false,
    -- null is never
    expires_at timestamptz,
    created_at timestamptz not null,
    constraint token_lot_not_overdrawn check (remaining >= 0 and spent >= 0 and remaining + spent <= amount)
);
create index token_lots_of_account on token_lots (account_id, expires_at);

-- A line of the statement.
create table token_entries (
    id uuid primary key,
    account_id uuid not null references token_accounts (id),
    kind text not null check (kind in ('grant', 'spend', 'return', 'expire', 'adjust')),
    amount bigint not null,
    -- the business fact it tells of: one entry, however often it is reported
    fact text not null unique,
    -- where a grant came from, as in its lot
    source text,
    source_ref text,
    booking_id uuid,
    -- of an adjustment: why, and by which admin
    reason text,
    admin_id uuid references customers (id),
    created_at timestamptz not null,
    check (case when kind in ('grant', 'return') then amount > 0 when kind = 'adjust' then amount <> 0 else amount < 0 end)
);
create index token_entries_of_account on token_entries (account_id, id);

-- Which lots an entry moved.
create table token_movements (
    entry_id uuid not null references token_entries (id),
    lot_id uuid not null references token_lots (id),
    amount bigint not null check (amount <> 0),
    primary key (entry_id, lot_id)
);
create index token_movements_of_lot on token_movements (lot_id);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
    raise exception 'token_ledger_is_append_only';
end $$;
create trigger token_entries_are_not_changed before update or delete or truncate on token_entries
    for each statement execute function refuse_ledger_change();
create trigger token_movements_are_not_changed before update or delete or truncate on token_movements
    for each statement execute function refuse_ledger_change();
