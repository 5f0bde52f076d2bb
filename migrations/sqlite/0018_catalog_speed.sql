-- What keeps lists fast however many products and sales there are.

create index products_by_kind_newest on products (status, kind, position);
create index products_by_kind_price on products (status, kind, price_amount, position);
create index products_by_kind_name on products (status, kind, name_key, position);
-- the owner's list, which shows every state
create index products_all_by_price on products (price_amount, position);
create index products_all_by_name on products (name_key, position);

-- Published products per tag, kept by whoever changes product_tags.
create table tag_counts (
    tag text primary key not null,
    products integer not null check (products > 0)
) strict, without rowid;
create index tag_counts_by_use on tag_counts (products desc, tag);
insert into tag_counts (tag, products)
    select tag, count(*) from product_tags where status = 'published' group by tag;

-- Whose product it is: asked for every row of a customer's list.
drop index entitlements_of_product;
create index entitlements_of_product on entitlements (product_id, customer_id);

-- A line knows that it was paid, so that counting sales reads one index and no order. Who reads adds up: databases look
-- into a view that adds up only after they have added up everything.
alter table order_lines add column paid integer not null default 0;
update order_lines set paid = 1 where order_id in (select id from orders where payment = 'paid');
create index order_lines_sold on order_lines (product_id, quantity) where paid and not refunded;
drop view product_sales;
create view product_sales as
    select product_id, quantity from order_lines where paid and not refunded;
