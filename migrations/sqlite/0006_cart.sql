-- What customers mean to buy.

create table cart_lines (
    customer_id blob not null references customers (id),
    product_id blob not null references products (id) on delete cascade,
    quantity integer not null check (quantity between 1 and 100),
    added_at text not null,
    primary key (customer_id, product_id)
) strict;
