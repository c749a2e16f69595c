-- What the booking functions (0011 to 0013) share. They are functions so that a hold or a confirm costs one round
-- trip; each statement in them sees what committed before it began, as in any read-committed transaction.
--
-- Order of locks: the user's advisory lock, then bookings by id, then claims and tickets by id.
-- The two busy ones run without sequential scans: plans, those of foreign keys too, are made once a connection, and one
-- made while a table was still empty would go on scanning it.
--
-- SQLSTATE FR001: a race was lost and everything rolled back; the caller runs the function again.

ALTER TABLE bookings
  ADD COLUMN payment_status text CHECK (payment_status IN ('authorised', 'captured', 'voided', 'refunded')),
  ADD COLUMN payment_reference text,                   -- the provider's name for it
  ADD CHECK ((payment_status IS NULL) = (payment_reference IS NULL));

-- A stored answer is given again as it was: jsonb would put its members in another order.
ALTER TABLE idempotency_keys ALTER COLUMN body TYPE json USING body::json;

-- A booking as its owner sees it. A hold is expired by the clock, whether or not a sweeper came by.
CREATE VIEW booking_facts AS
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
        WHERE c.booking_id = b.id) AS tickets
FROM bookings b;

-- plpgsql here and below although one statement would do: it keeps the plan, a function in SQL would plan each call.
CREATE FUNCTION booking_as_json(p_booking uuid) RETURNS jsonb STABLE LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT to_jsonb(f) FROM booking_facts f WHERE f.id = p_booking);
END $$;

-- One user's holds and confirms of one event go one after the other, so that the limit is exact.
CREATE FUNCTION lock_user_of_event(p_event bigint, p_user text) RETURNS void LANGUAGE sql
RETURN pg_advisory_xact_lock(hashtextextended(p_user, p_event));

CREATE FUNCTION count_tickets_of_user(p_event bigint, p_user text, p_now timestamptz) RETURNS integer
STABLE LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*)
          FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id AND c.live
          WHERE b.event_id = p_event AND b.user_id = p_user AND b.status IN ('held', 'confirmed')
            AND (b.status = 'confirmed' OR b.expires_at > p_now));
END $$;

-- The audit row and the message for the edge that belong to every change of a booking.
CREATE FUNCTION record_change(
  p_action text, p_booking uuid, p_event bigint, p_actor text, p_request text, p_tickets bigint[], p_status text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
  VALUES (p_actor, p_action, 'booking', p_booking::text, p_request,
          jsonb_build_object('eventId', p_event::text, 'ticketIds', p_tickets::text[]));
  INSERT INTO outbox (topic, payload)
  VALUES ('seats', jsonb_build_object('eventId', p_event::text, 'ticketIds', p_tickets::text[], 'status', p_status));
END $$;

-- Ends holds whose time is over. Only called where it matters: when somebody else wants the tickets, or to tidy up.
-- Returns how many were ended; one that was confirmed or extended meanwhile is left alone.
CREATE FUNCTION end_expired_holds(p_bookings uuid[], p_actor text, p_request text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  v_booking bookings%ROWTYPE;
  v_tickets bigint[];
  v_count integer := 0;
BEGIN
  FOR v_booking IN
    SELECT * FROM bookings
    WHERE id = ANY (p_bookings) AND status = 'held' AND expires_at <= clock_timestamp()
    ORDER BY id FOR UPDATE
  LOOP
    UPDATE bookings SET status = 'expired', ended_at = clock_timestamp() WHERE id = v_booking.id;
    WITH ended AS (
      UPDATE booking_tickets SET live = false WHERE booking_id = v_booking.id AND live RETURNING ticket_id)
    SELECT array_agg(ticket_id ORDER BY ticket_id) INTO v_tickets FROM ended;
    PERFORM record_change('hold.expired', v_booking.id, v_booking.event_id, p_actor, p_request, v_tickets, 'available');
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
