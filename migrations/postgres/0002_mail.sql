-- What the shop sends: written in the transaction that makes it necessary, sent after it.

create table mails (
    id uuid primary key,
    -- the business fact it tells of, such as receipt:<order>: one mail each
    key text not null unique,
    recipient text not null,
    subject text not null,
    text text not null,
    html text not null,
    -- the one-time token in the text; blanked ('') there and here once the mail has left
    token text,
    status text not null check (status in ('queued', 'sent', 'failed')),
    attempts bigint not null default 0,
    error text,
    created_at timestamptz not null,
    sent_at timestamptz
);
create index mails_status on mails (status, id);
create index mails_recipient on mails (lower(recipient), id);
