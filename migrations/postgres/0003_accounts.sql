-- Who buys, who owns the shop, and where they are signed in.

create table customers (
    id uuid primary key,
    -- as the customer wrote it
    email text not null,
    -- trimmed and lower-cased: what makes it unique
    email_key text not null unique,
    name text not null,
    role text not null check (role in ('customer', 'admin')),
    -- Argon2id (PHC string); null once the account is deleted
    password_hash text,
    email_verified_at timestamptz,
    time_zone text,
    -- the stored picture: name, width, height
    avatar jsonb,
    -- when they last signed in or renewed a session
    last_seen_at timestamptz,
    created_at timestamptz not null,
    -- orders need their customer: a deleted account keeps its row, without what names a person
    deleted_at timestamptz
);

-- A place where an account is signed in. Ending it deletes the row.
create table sessions (
    id uuid primary key,
    customer_id uuid not null references customers (id) on delete cascade,
    user_agent text,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    -- moves with each renewal, up to a fixed time after created_at
    expires_at timestamptz not null
);
create index sessions_customer on sessions (customer_id, id);

-- All refresh tokens of living sessions, used ones too: using one twice ends the session.
create table refresh_tokens (
    -- SHA-256, hex
    hash text primary key,
    session_id uuid not null references sessions (id) on delete cascade,
    used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

-- What mailed links carry. A new one takes the place of an older one for the same purpose.
create table one_time_tokens (
    customer_id uuid not null references customers (id) on delete cascade,
    purpose text not null check (purpose in ('verify_email', 'change_email', 'reset_password')),
    -- SHA-256, hex
    hash text not null unique,
    -- the address that proves itself by the link
    email text not null,
    expires_at timestamptz not null,
    primary key (customer_id, purpose)
);
