-- Work to do after a commit, and answers kept for repeated requests.

create table jobs (
    id blob primary key not null,
    kind text not null,
    -- one job per business fact: a second request for the same work changes nothing
    key text not null unique,
    payload text not null,
    run_at text not null,
    attempts integer not null default 0,
    -- a worker holds the job until then; afterwards another may take it
    locked_until text,
    last_error text,
    failed_at text,
    created_at text not null
) strict;
create index jobs_due on jobs (run_at) where failed_at is null;

create table idempotency_keys (
    customer_id blob not null,
    key text not null,
    -- SHA-256 of the request: the same key with another request is refused
    fingerprint text not null,
    -- what the first request made, from which its answer is told again
    resource_id blob not null,
    created_at text not null,
    primary key (customer_id, key)
) strict;
