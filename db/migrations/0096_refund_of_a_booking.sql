-- As before (0010), and whether the money for a booking that was cancelled is back; null where none was taken here.
CREATE OR REPLACE VIEW booking_facts AS
SELECT b.id, b.event_id::text AS event_id, b.user_id,
       CASE WHEN b.status = 'held' AND b.expires_at <= clock_timestamp() THEN 'expired' ELSE b.status END AS status,
       b.total, b.currency, b.created_at, b.expires_at, b.extendable_until, b.confirmed_at,
       (SELECT jsonb_agg(
                 jsonb_build_object(
                   'id', t.id::text, 'section', t.section, 'row', t."row", 'seat', t.seat, 'price', c.price,
                   'status', t.status, 'accessible', t.accessible, 'companion', t.companion,
                   'restrictedView', t.restricted_view)
                 ORDER BY t.section, t.row_index, t.seat_index, t.id)
        FROM booking_tickets c JOIN tickets t ON t.id = c.ticket_id
        WHERE c.booking_id = b.id) AS tickets,
       CASE WHEN b.status = 'cancelled' THEN (
         SELECT CASE WHEN p.status IN ('voided', 'refunded') THEN 'done' WHEN p.status <> 'declined' THEN 'under-way' END
         FROM payments p WHERE p.booking_id = b.id) END AS refund
FROM bookings b;
