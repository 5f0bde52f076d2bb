-- What is taken of a calendar is read from the index alone, without a look at each booking's row.
drop index bookings_by_busy;
create index bookings_by_busy on bookings (busy_until, busy_from, status, held_until, id, slot)
    where status not in ('cancelled', 'lapsed');
