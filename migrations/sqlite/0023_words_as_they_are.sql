-- Nothing to do: SQLite's index takes words as they are.
select 1;
