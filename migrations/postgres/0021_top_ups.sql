-- Tokens as a product: what it comes with, what was ordered, what that brought, and where its payment stands.

-- {amount, valid_days}
alter table products add column tokens jsonb;
create index products_with_tokens on products (status, position) where tokens is not null;

-- What one piece of a line brings, as it was when it was ordered, and to which subscription's account.
alter table order_lines add column tokens bigint check (tokens > 0);
alter table order_lines add column tokens_valid_days bigint check (tokens_valid_days > 0);
alter table order_lines add column token_account_id uuid;

-- what came with something bought: {amount, valid_days, subscription_id}
alter table entitlements add column tokens jsonb;

alter table token_lots add column order_line_id uuid;
-- null while nothing is wrong; disputed: cannot be spent; returned: what was left was taken back
alter table token_lots add column payment text check (payment in ('disputed', 'returned'));
create index token_lots_of_line on token_lots (order_line_id) where order_line_id is not null;

-- A product that is nothing but tokens is no download that a plan could include.
create or replace view includable_products as
    select id, kind, status from products
    where kind = 'embed' or (kind = 'download' and (tokens is null or exists (
        select 1 from product_files where product_files.product_id = products.id)));
