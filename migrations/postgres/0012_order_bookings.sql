-- An order line for an appointment knows the time that is held for it, and then booked.

alter table order_lines add column booking_id uuid references bookings (id);
