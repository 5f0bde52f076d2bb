-- What customers mean to buy.

create table cart_lines (
    customer_id uuid not null references customers (id),
    product_id uuid not null references products (id) on delete cascade,
    quantity bigint not null check (quantity between 1 and 100),
    added_at timestamptz not null,
    primary key (customer_id, product_id)
);
