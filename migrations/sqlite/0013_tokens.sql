-- Tokens of plans: lots, and a ledger that is only ever added to.

create table token_accounts (
    -- the subscription's id
    id blob primary key not null,
    customer_id blob not null references customers (id),
    -- the sum of all entries, and of what is left of all lots
    balance integer not null default 0 constraint token_balance_not_negative check (balance >= 0),
    created_at text not null
) strict;
create index token_accounts_of_customer on token_accounts (customer_id);

-- What came in together and ends together.
create table token_lots (
    id blob primary key not null,
    account_id blob not null references token_accounts (id),
    source text not null check (source in ('period', 'rollover', 'top_up', 'adjustment', 'return')),
    -- the invoice, the order; of a rollover when the lots it is carried from ended
    source_ref text,
    -- the business fact that brought it: one lot, however often it is reported
    fact text not null unique,
    amount integer not null check (amount > 0),
    remaining integer not null,
    -- without what came back; the rest has ended or was corrected away
    spent integer not null default 0,
    -- it ended with its period's renewal, which our clock may see before `expires_at`
    rolled_over integer not null default 0 check (rolled_over in (0, 1)),
    -- null is never
    expires_at text,
    created_at text not null,
    constraint token_lot_not_overdrawn check (remaining >= 0 and spent >= 0 and remaining + spent <= amount)
) strict;
create index token_lots_of_account on token_lots (account_id, expires_at);

-- A line of the statement.
create table token_entries (
    id blob primary key not null,
    account_id blob not null references token_accounts (id),
    kind text not null check (kind in ('grant', 'spend', 'return', 'expire', 'adjust')),
    amount integer not null,
    -- the business fact it tells of: one entry, however often it is reported
    fact text not null unique,
    -- where a grant came from, as in its lot
    source text,
    source_ref text,
    booking_id blob,
    -- of an adjustment: why, and by which admin
    reason text,
    admin_id blob references customers (id),
    created_at text not null,
    check (case when kind in ('grant', 'return') then amount > 0 when kind = 'adjust' then amount <> 0 else amount < 0 end)
) strict;
create index token_entries_of_account on token_entries (account_id, id);

-- Which lots an entry moved.
create table token_movements (
    entry_id blob not null references token_entries (id),
    lot_id blob not null references token_lots (id),
    amount integer not null check (amount <> 0),
    primary key (entry_id, lot_id)
) strict, without rowid;
create index token_movements_of_lot on token_movements (lot_id);

create trigger token_entries_are_not_changed before update on token_entries
begin select raise(abort, 'token_ledger_is_append_only'); end;
create trigger token_entries_are_not_deleted before delete on token_entries
begin select raise(abort, 'token_ledger_is_append_only'); end;
create trigger token_movements_are_not_changed before update on token_movements
begin select raise(abort, 'token_ledger_is_append_only'); end;
create trigger token_movements_are_not_deleted before delete on token_movements
begin select raise(abort, 'token_ledger_is_append_only'); end;
