-- The products, their files, and what makes their lists and their search fast.

create table products (
    -- Newest first goes by position: the next one is taken when a product is made, and again when it is first published.
    -- It is also the key of the search index.
    position integer primary key not null,
    id blob not null unique,
    slug text not null unique,
    name text not null,
    -- the name in lower-case ASCII, to sort by
    name_key text not null,
    summary text not null,
    kind text not null check (kind in ('download', 'embed', 'service')),
    price_amount integer not null check (price_amount >= 0),
    currency text not null,
    -- what is left for sale; null is unlimited
    stock integer constraint products_stock_left check (stock >= 0),
    status text not null check (status in ('draft', 'published', 'archived')),
    tags text not null,
    -- [{name, width, height}], smallest first
    images text not null,
    embed text,
    service text,
    created_at text not null,
    updated_at text not null,
    published_at text,
    -- Long texts last, so that reading the columns before them does not touch further pages.
    description text not null,
    description_html text not null,
    -- all that can be found, in lower-case ASCII words
    search_text text not null
) strict;
create index products_by_newest on products (status, position, kind);
create index products_by_price on products (status, price_amount, position, kind);
create index products_by_name on products (status, name_key, position, kind);

-- One row per tag of a product, with what its lists sort and filter by.
create table product_tags (
    tag text not null,
    status text not null,
    position integer not null,
    product_id blob not null references products (id) on delete cascade,
    primary key (tag, status, position)
) strict, without rowid;
create index product_tags_by_product on product_tags (product_id);

create table product_files (
    id blob primary key not null,
    product_id blob not null references products (id) on delete cascade,
    name text not null,
    size integer not null check (size > 0),
    content_type text not null,
    -- hexadecimal, of the content
    sha256 text not null,
    storage_key text not null unique,
    created_at text not null
) strict;
create index product_files_by_product on product_files (product_id);

-- Which words stand in which product; positions within the text are not needed.
create virtual table product_search using fts5 (
    search_text, content = 'products', content_rowid = 'position', tokenize = 'ascii', detail = none, prefix = '2 3'
);
create trigger product_search_insert after insert on products begin
    insert into product_search (rowid, search_text) values (new.position, new.search_text);
end;
create trigger product_search_update after update of position, search_text on products begin
    insert into product_search (product_search, rowid, search_text) values ('delete', old.position, old.search_text);
    insert into product_search (rowid, search_text) values (new.position, new.search_text);
end;
create trigger product_search_delete after delete on products begin
    insert into product_search (product_search, rowid, search_text) values ('delete', old.position, old.search_text);
end;
