-- The products, their files, and what makes their lists and their search fast.

create table products (
    id uuid primary key,
    -- Newest first goes by position: the next one is taken when a product is made, and again when it is first published.
    position bigint not null unique,
    slug text not null unique,
    name text not null,
    -- the name in lower-case ASCII, to sort by
    name_key text collate "C" not null,
    summary text not null,
    kind text not null check (kind in ('download', 'embed', 'service')),
    price_amount bigint not null check (price_amount >= 0),
    currency text not null,
    -- what is left for sale; null is unlimited
    stock bigint constraint products_stock_left check (stock >= 0),
    status text not null check (status in ('draft', 'published', 'archived')),
    tags jsonb not null,
    -- [{name, width, height}], smallest first
    images jsonb not null,
    embed jsonb,
    service jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    published_at timestamptz,
    description text not null,
    description_html text not null,
    -- all that can be found, in lower-case ASCII words
    search_text text not null,
    search tsvector not null generated always as (to_tsvector('simple', search_text)) stored
);
create index products_by_newest on products (status, position, kind);
create index products_by_price on products (status, price_amount, position, kind);
create index products_by_name on products (status, name_key, position, kind);
create index product_search on products using gin (search);

-- One row per tag of a product, with what its lists sort and filter by.
create table product_tags (
    tag text not null,
    status text not null,
    position bigint not null,
    product_id uuid not null references products (id) on delete cascade,
    primary key (tag, status, position)
);
create index product_tags_by_product on product_tags (product_id);

create table product_files (
    id uuid primary key,
    product_id uuid not null references products (id) on delete cascade,
    name text not null,
    size bigint not null check (size > 0),
    content_type text not null,
    -- hexadecimal, of the content
    sha256 text not null,
    storage_key text not null unique,
    created_at timestamptz not null
);
create index product_files_by_product on product_files (product_id);
