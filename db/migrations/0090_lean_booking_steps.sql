-- The two busy steps of a booking with less work in each, and the same outcomes (0011, 0012). What they cost was
-- planning, and the start of many small statements; so:
--  * generic plans only: with arrays Postgres thinks a plan for each call worth its price, and it never is here;
--  * what is written goes in one statement of several parts; each part that depends on another reads from it;
--  * the answer is made of what was read or written anyway, not read again.

CREATE OR REPLACE FUNCTION place_hold(
  p_booking uuid, p_event bigint, p_user text, p_tickets bigint[],
  p_hold interval, p_hold_max interval, p_request text,
  p_key text, p_hash text -- idempotency key and what the request asked for; null without a key
) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz;
  v_event record;
  v_stored idempotency_keys%ROWTYPE;
  v_known bigint[];
  v_prices bigint[];
  v_total bigint;
  v_currencies text[];
  v_unavailable jsonb;
  v_expired uuid[];
  v_tickets jsonb;
  v_booking jsonb;
  v_count integer;
  v_claims integer;
  v_keys integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_user, p_event)); -- as lock_user_of_event
  v_now := clock_timestamp();

  IF p_key IS NOT NULL THEN
    SELECT * INTO v_stored FROM idempotency_keys
    WHERE user_id = p_user AND key = p_key AND created_at > v_now - interval '24 hours'
      AND (status IS NOT NULL OR locked_until > v_now);
    IF FOUND THEN
      IF v_stored.request_hash <> p_hash THEN RETURN '{"outcome": "key-reused"}'; END IF;
      IF v_stored.status IS NULL THEN RETURN '{"outcome": "key-in-use"}'; END IF;
      SELECT count(*) INTO v_count FROM bookings
      WHERE id = (v_stored.body ->> 'id')::uuid
        AND (status = 'confirmed' OR status = 'held' AND expires_at > v_now);
      RETURN jsonb_build_object('outcome', 'replayed', 'booking', v_stored.body, 'live', v_count = 1);
    END IF;
  END IF;

  SELECT status, on_sale_at, ends_at, ticket_limit,
         (SELECT count(*)::integer -- as count_tickets_of_user
          FROM bookings b JOIN booking_tickets c ON c.booking_id = b.id AND c.live
          WHERE b.event_id = p_event AND b.user_id = p_user AND b.status IN ('held', 'confirmed')
            AND (b.status = 'confirmed' OR b.expires_at > v_now)) AS has
  INTO v_event FROM events WHERE id = p_event;
  IF NOT FOUND OR v_event.status = 'draft' THEN RETURN '{"outcome": "event-not-found"}'; END IF;
  IF v_event.status = 'cancelled' THEN RETURN '{"outcome": "sale-not-open", "reason": "cancelled"}'; END IF;
  IF v_event.on_sale_at > v_now THEN RETURN '{"outcome": "sale-not-open", "reason": "not-yet"}'; END IF;
  IF v_event.ends_at <= v_now THEN RETURN '{"outcome": "sale-not-open", "reason": "over"}'; END IF;
  IF v_event.has + cardinality(p_tickets) > v_event.ticket_limit THEN
    RETURN jsonb_build_object('outcome', 'limit-exceeded', 'limit', v_event.ticket_limit, 'has', v_event.has);
  END IF;

  SELECT array_agg(t.id ORDER BY t.id), array_agg(t.price ORDER BY t.id), sum(t.price), array_agg(DISTINCT t.currency),
         jsonb_agg(jsonb_build_object(
             'ticketId', t.id::text, 'bookingId', COALESCE(t.booking_id, b.id),
             'ms', CASE WHEN b.status = 'held' THEN ceil(extract(epoch FROM b.expires_at - v_now) * 1000) END))
           FILTER (WHERE t.status <> 'available' OR b.status = 'confirmed' OR b.expires_at > v_now),
         array_agg(DISTINCT b.id) FILTER (WHERE b.status = 'held' AND b.expires_at <= v_now),
         jsonb_agg(jsonb_build_object(
             'id', t.id::text, 'section', t.section, 'row', t."row", 'seat', t.seat, 'price', t.price,
             'status', t.status, 'accessible', t.accessible, 'companion', t.companion,
             'restrictedView', t.restricted_view)
           ORDER BY t.section, t.row_index, t.seat_index, t.id)
  INTO v_known, v_prices, v_total, v_currencies, v_unavailable, v_expired, v_tickets
  FROM tickets t
  LEFT JOIN booking_tickets c ON c.ticket_id = t.id AND c.live
  LEFT JOIN bookings b ON b.id = c.booking_id
  WHERE t.id = ANY (p_tickets) AND t.event_id = p_event;

  IF COALESCE(cardinality(v_known), 0) <> cardinality(p_tickets) THEN
    RETURN jsonb_build_object('outcome', 'tickets-unknown', 'ticketIds',
      (SELECT jsonb_agg(id::text) FROM unnest(p_tickets) id WHERE id <> ALL (COALESCE(v_known, '{}'))));
  END IF;
  IF v_unavailable IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'tickets-unavailable', 'unavailable', v_unavailable);
  END IF;
  IF cardinality(v_currencies) > 1 THEN RETURN '{"outcome": "currencies-differ"}'; END IF;

  IF v_expired IS NOT NULL THEN PERFORM end_expired_holds(v_expired, p_user, p_request); END IF;

  -- As booking_facts would show it.
  v_booking := jsonb_build_object(
    'id', p_booking, 'event_id', p_event::text, 'user_id', p_user, 'status', 'held', 'total', v_total,
    'currency', v_currencies[1], 'created_at', v_now, 'expires_at', v_now + p_hold,
    'extendable_until', v_now + p_hold_max, 'confirmed_at', NULL, 'tickets', v_tickets);

  WITH booking AS (
    INSERT INTO bookings (id, event_id, user_id, status, total, currency, created_at, expires_at, extendable_until)
    VALUES (p_booking, p_event, p_user, 'held', v_total, v_currencies[1], v_now, v_now + p_hold, v_now + p_hold_max)
    ON CONFLICT (id) DO NOTHING RETURNING id
  ), claims AS (
    INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
    SELECT booking.id, t.id, p_event, t.price FROM booking, unnest(v_known, v_prices) AS t (id, price)
    ON CONFLICT (ticket_id) WHERE live DO NOTHING RETURNING 1
  ), keys AS (
    INSERT INTO idempotency_keys AS k (user_id, key, request_hash, status, body, locked_until, created_at)
    SELECT p_user, p_key, p_hash, 201, v_booking::json, v_now, v_now FROM booking WHERE p_key IS NOT NULL
    ON CONFLICT (user_id, key) DO UPDATE
      SET request_hash = p_hash, status = 201, body = v_booking::json, headers = NULL, locked_until = v_now, created_at = v_now
      WHERE k.created_at <= v_now - interval '24 hours' OR (k.status IS NULL AND k.locked_until <= v_now)
    RETURNING 1
  ), audit AS ( -- this and the next as record_change
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
    SELECT p_user, 'hold.placed', 'booking', p_booking::text, p_request,
           jsonb_build_object('eventId', p_event::text, 'ticketIds', p_tickets::text[]) FROM booking
  ), message AS (
    INSERT INTO outbox (topic, payload)
    SELECT 'seats', jsonb_build_object('eventId', p_event::text, 'ticketIds', p_tickets::text[], 'status', 'held') FROM booking
  )
  SELECT (SELECT count(*) FROM booking), (SELECT count(*) FROM claims), (SELECT count(*) FROM keys)
  INTO v_count, v_claims, v_keys;

  IF v_count = 0 THEN
    IF v_expired IS NOT NULL THEN RAISE EXCEPTION 'booking id taken' USING ERRCODE = 'FR001'; END IF;
    RETURN '{"outcome": "id-taken"}';
  END IF;
  IF v_claims <> cardinality(p_tickets) THEN
    RAISE EXCEPTION 'a ticket was claimed meanwhile' USING ERRCODE = 'FR001';
  END IF;
  IF p_key IS NOT NULL AND v_keys = 0 THEN
    RAISE EXCEPTION 'the idempotency key was used meanwhile' USING ERRCODE = 'FR001';
  END IF;
  RETURN jsonb_build_object('outcome', 'placed', 'booking', v_booking);
END $$;

CREATE OR REPLACE FUNCTION confirm_hold(
  p_booking uuid, p_user text, p_request text, p_payment_status text, p_payment_reference text
) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz;
  v_booking bookings%ROWTYPE;
  v_event record;
  v_tickets bigint[];
  v_prices bigint[];
  v_expired uuid[];
  v_taken integer;
  v_has integer;
  v_count integer;
  v_facts jsonb;
BEGIN
  SELECT event_id INTO v_booking.event_id FROM bookings WHERE id = p_booking AND user_id = p_user;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(p_user, v_booking.event_id)); -- as lock_user_of_event
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking FOR UPDATE;
  v_now := clock_timestamp();

  IF v_booking.status = 'confirmed' THEN
    RETURN jsonb_build_object('outcome', 'confirmed', 'booking', booking_as_json(p_booking), 'repeated', true);
  END IF;
  IF v_booking.status IN ('released', 'cancelled') THEN
    RETURN jsonb_build_object('outcome', 'ended', 'status', v_booking.status);
  END IF;
  SELECT status, ends_at, ticket_limit INTO v_event FROM events WHERE id = v_booking.event_id;
  IF v_event.status = 'cancelled' THEN RETURN '{"outcome": "sale-not-open", "reason": "cancelled"}'; END IF;

  SELECT array_agg(ticket_id ORDER BY ticket_id), array_agg(price ORDER BY ticket_id)
  INTO v_tickets, v_prices FROM booking_tickets WHERE booking_id = p_booking;

  IF v_booking.status = 'expired' OR v_booking.expires_at <= v_now THEN
    IF v_event.ends_at <= v_now THEN RETURN '{"outcome": "sale-not-open", "reason": "over"}'; END IF;
    v_has := count_tickets_of_user(v_booking.event_id, p_user, v_now);
    IF v_has + cardinality(v_tickets) > v_event.ticket_limit THEN
      RETURN jsonb_build_object('outcome', 'limit-exceeded', 'limit', v_event.ticket_limit, 'has', v_has);
    END IF;
    SELECT count(*) FILTER (WHERE t.status <> 'available' OR b.status = 'confirmed' OR b.expires_at > v_now),
           array_agg(DISTINCT b.id) FILTER (WHERE b.status = 'held' AND b.expires_at <= v_now)
    INTO v_taken, v_expired
    FROM tickets t
    LEFT JOIN booking_tickets c ON c.ticket_id = t.id AND c.live AND c.booking_id <> p_booking
    LEFT JOIN bookings b ON b.id = c.booking_id
    WHERE t.id = ANY (v_tickets);
    IF v_taken > 0 THEN RETURN '{"outcome": "hold-expired"}'; END IF;
    IF v_expired IS NOT NULL THEN PERFORM end_expired_holds(v_expired, p_user, p_request); END IF;
    BEGIN
      UPDATE booking_tickets SET live = true WHERE booking_id = p_booking AND NOT live;
    EXCEPTION WHEN unique_violation THEN
      RAISE EXCEPTION 'a ticket was claimed meanwhile' USING ERRCODE = 'FR001';
    END;
  END IF;

  WITH booking AS (
    UPDATE bookings
    SET status = 'confirmed', confirmed_at = v_now, ended_at = NULL,
        payment_status = p_payment_status, payment_reference = p_payment_reference
    WHERE id = p_booking
  ), booked AS (
    UPDATE tickets SET status = 'booked', user_id = p_user, booking_id = p_booking
    WHERE id = ANY (v_tickets) AND status = 'available'
    RETURNING id, section, "row", seat, row_index, seat_index, status, accessible, companion, restricted_view
  ), audit AS ( -- this and the next as record_change
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
    VALUES (p_user, 'hold.confirmed', 'booking', p_booking::text, p_request,
            jsonb_build_object('eventId', v_booking.event_id::text, 'ticketIds', v_tickets::text[]))
  ), message AS (
    INSERT INTO outbox (topic, payload)
    VALUES ('seats', jsonb_build_object('eventId', v_booking.event_id::text, 'ticketIds', v_tickets::text[], 'status', 'booked'))
  )
  SELECT count(*), jsonb_agg(
      jsonb_build_object(
        'id', t.id::text, 'section', t.section, 'row', t."row", 'seat', t.seat,
        'price', v_prices[array_position(v_tickets, t.id)], 'status', t.status, 'accessible', t.accessible,
        'companion', t.companion, 'restrictedView', t.restricted_view)
      ORDER BY t.section, t.row_index, t.seat_index, t.id)
  INTO v_count, v_facts FROM booked t;
  IF v_count <> cardinality(v_tickets) THEN
    RAISE EXCEPTION 'a ticket of the hold is not available' USING ERRCODE = 'FR002';
  END IF;

  RETURN jsonb_build_object('outcome', 'confirmed', 'repeated', false,
    'booking', jsonb_build_object( -- as booking_facts would show it
      'id', p_booking, 'event_id', v_booking.event_id::text, 'user_id', p_user, 'status', 'confirmed',
      'total', v_booking.total, 'currency', v_booking.currency, 'created_at', v_booking.created_at,
      'expires_at', v_booking.expires_at, 'extendable_until', v_booking.extendable_until,
      'confirmed_at', v_now, 'tickets', v_facts));
END $$;
