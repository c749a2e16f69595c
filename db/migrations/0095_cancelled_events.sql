-- What becomes of the bookings of an event that is called off: all of them end, and what was paid for them goes back. The
-- row here is written with the cancellation; a job works it off in batches, so that no transaction is long. What is left
-- to do is always the bookings that have not ended, so that whoever dies in between leaves nothing half done.

CREATE TABLE event_cancellations (
  event_id       bigint PRIMARY KEY REFERENCES events ON DELETE CASCADE,
  actor          text NOT NULL,                      -- who called it off, and under which request: for the audit rows
  request_id     text,
  requested_at   timestamptz NOT NULL DEFAULT now(),
  pay_back_after timestamptz NOT NULL DEFAULT now(), -- payments go back one after the other; the next one then
  next_at        timestamptz DEFAULT now()           -- when the job looks again; null: nothing is left to do
);
CREATE INDEX event_cancellations_next ON event_cancellations (next_at) WHERE next_at IS NOT NULL;

-- Ends some bookings of an event that was called off, at most `p_most`. Safe in several processes at once; waits for
-- nobody: what somebody else is changing right now is left for the next round. Their payments become due one after
-- the other, `p_pause` apart, so that the settlement has time for others in between and the provider is not flooded.
-- Answers null when nothing is due, else {ended, locked: [{eventId, bookingId, userId, ticketIds}] with locks that may be left}
CREATE FUNCTION end_cancelled_bookings(p_most integer, p_pause interval) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz;
  v_work event_cancellations%ROWTYPE;
  v_bookings uuid[];
  v_ended integer;
  v_due integer;
  v_locked jsonb;
BEGIN
  SELECT * INTO v_work FROM event_cancellations WHERE next_at <= clock_timestamp()
  ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;

  -- The order of locks is that of everybody: payments, then bookings.
  SELECT array_agg(id) INTO v_bookings
  FROM (SELECT id FROM bookings WHERE event_id = v_work.event_id AND status IN ('held', 'confirmed')
        ORDER BY user_id LIMIT p_most) open;
  WITH mine AS (SELECT booking_id FROM payments WHERE booking_id = ANY (v_bookings) FOR UPDATE SKIP LOCKED)
  SELECT array_agg(id) INTO v_bookings FROM unnest(v_bookings) id
  WHERE id IN (SELECT booking_id FROM mine) OR NOT EXISTS (SELECT FROM payments WHERE booking_id = id);
  SELECT array_agg(id) INTO v_bookings
  FROM (SELECT id FROM bookings WHERE id = ANY (v_bookings) AND status IN ('held', 'confirmed')
        FOR UPDATE SKIP LOCKED) mine;
  v_now := clock_timestamp();

  WITH ended AS (
    UPDATE bookings
    SET ended_at = v_now,
        status = CASE WHEN status = 'confirmed' THEN 'cancelled' WHEN expires_at > v_now THEN 'released' ELSE 'expired' END
    WHERE id = ANY (v_bookings)
    RETURNING id, user_id, status, expires_at
  ), claims AS (
    UPDATE booking_tickets SET live = false WHERE booking_id = ANY (v_bookings) AND live RETURNING booking_id, ticket_id
  ), freed AS (
    UPDATE tickets t SET status = 'available', user_id = NULL, booking_id = NULL
    FROM claims c WHERE t.id = c.ticket_id AND t.booking_id = c.booking_id
  ), changes AS (
    SELECT e.*, array_agg(c.ticket_id ORDER BY c.ticket_id)::text[] AS ticket_ids
    FROM ended e JOIN claims c ON c.booking_id = e.id GROUP BY e.id, e.user_id, e.status, e.expires_at
  ), audit AS ( -- this and the next as record_change
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
    SELECT v_work.actor, CASE status WHEN 'cancelled' THEN 'booking.cancelled' ELSE 'hold.' || status END,
           'booking', id::text, v_work.request_id,
           jsonb_build_object('eventId', v_work.event_id::text, 'ticketIds', ticket_ids, 'because', 'event.cancel')
    FROM changes
  ), message AS (
    INSERT INTO outbox (topic, payload)
    SELECT 'seats', jsonb_build_object('eventId', v_work.event_id::text, 'ticketIds', ticket_ids, 'status', 'available')
    FROM changes
  ), due AS (
    UPDATE payments p SET tries = 0, next_at = GREATEST(v_work.pay_back_after, v_now) + p_pause * open.n
    FROM (SELECT booking_id, row_number() OVER () AS n FROM payments
          WHERE booking_id = ANY (v_bookings) AND status NOT IN ('declined', 'voided', 'refunded')) open
    WHERE p.booking_id = open.booking_id
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM due),
         COALESCE((SELECT jsonb_agg(jsonb_build_object(
           'eventId', v_work.event_id::text, 'bookingId', id, 'userId', user_id, 'ticketIds', ticket_ids))
           FROM changes WHERE expires_at > v_now), '[]')
  INTO v_ended, v_due, v_locked;

  -- Somebody may have read that the event was on sale just before it was called off, and confirm a moment later: so the
  -- job looks for some minutes more, many times longer than any statement takes.
  UPDATE event_cancellations
  SET pay_back_after = GREATEST(pay_back_after, v_now) + p_pause * v_due,
      next_at = CASE
        WHEN NOT EXISTS (SELECT FROM bookings WHERE event_id = v_work.event_id AND status IN ('held', 'confirmed'))
          THEN CASE WHEN v_now < requested_at + interval '10 minutes' THEN v_now + interval '1 minute' END
        WHEN v_ended = 0 THEN v_now + interval '1 second'
        ELSE v_now END
  WHERE event_id = v_work.event_id;
  RETURN jsonb_build_object('ended', v_ended, 'locked', v_locked);
END $$;
