-- Places a hold: all tickets or none. Answers {outcome, …}:
--   placed {booking} · replayed {booking, live} (the same request with the same key came before) ·
--   key-reused (another request came with this key) · key-in-use (another request with it is under way) ·
--   event-not-found · sale-not-open {reason} · tickets-unknown {ticketIds} · currencies-differ ·
--   limit-exceeded {limit, has} · tickets-unavailable {unavailable: [{ticketId, bookingId, ms}]} · id-taken
-- In `unavailable`, `bookingId` owns the ticket (null: it is blocked) for `ms` more milliseconds (null: it is booked).
-- Nothing is changed unless the outcome is `placed`.
CREATE FUNCTION place_hold(
  p_booking uuid, p_event bigint, p_user text, p_tickets bigint[],
  p_hold interval, p_hold_max interval, p_request text,
  p_key text, p_hash text -- idempotency key and what the request asked for; null without a key
) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  v_now timestamptz;
  v_event events%ROWTYPE;
  v_stored idempotency_keys%ROWTYPE;
  v_has integer;
  v_known bigint[];
  v_total bigint;
  v_currencies text[];
  v_unavailable jsonb;
  v_expired uuid[];
  v_booking jsonb;
  v_count integer;
BEGIN
  PERFORM lock_user_of_event(p_event, p_user);
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

  SELECT * INTO v_event FROM events WHERE id = p_event;
  IF NOT FOUND OR v_event.status = 'draft' THEN RETURN '{"outcome": "event-not-found"}'; END IF;
  IF v_event.status = 'cancelled' THEN RETURN '{"outcome": "sale-not-open", "reason": "cancelled"}'; END IF;
  IF v_event.on_sale_at > v_now THEN RETURN '{"outcome": "sale-not-open", "reason": "not-yet"}'; END IF;
  IF v_event.ends_at <= v_now THEN RETURN '{"outcome": "sale-not-open", "reason": "over"}'; END IF;

  v_has := count_tickets_of_user(p_event, p_user, v_now);
  IF v_has + cardinality(p_tickets) > v_event.ticket_limit THEN
    RETURN jsonb_build_object('outcome', 'limit-exceeded', 'limit', v_event.ticket_limit, 'has', v_has);
  END IF;

  SELECT array_agg(t.id), sum(t.price), array_agg(DISTINCT t.currency),
         jsonb_agg(jsonb_build_object(
             'ticketId', t.id::text, 'bookingId', COALESCE(t.booking_id, b.id),
             'ms', CASE WHEN b.status = 'held' THEN ceil(extract(epoch FROM b.expires_at - v_now) * 1000) END))
           FILTER (WHERE t.status <> 'available' OR b.status = 'confirmed' OR b.expires_at > v_now),
         array_agg(DISTINCT b.id) FILTER (WHERE b.status = 'held' AND b.expires_at <= v_now)
  INTO v_known, v_total, v_currencies, v_unavailable, v_expired
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

  INSERT INTO bookings (id, event_id, user_id, status, total, currency, created_at, expires_at, extendable_until)
  VALUES (p_booking, p_event, p_user, 'held', v_total, v_currencies[1], v_now, v_now + p_hold, v_now + p_hold_max)
  ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count = 0 THEN
    IF v_expired IS NOT NULL THEN RAISE EXCEPTION 'booking id taken' USING ERRCODE = 'FR001'; END IF;
    RETURN '{"outcome": "id-taken"}';
  END IF;

  INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
  SELECT p_booking, id, event_id, price FROM tickets WHERE id = ANY (p_tickets) ORDER BY id
  ON CONFLICT (ticket_id) WHERE live DO NOTHING;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count <> cardinality(p_tickets) THEN
    RAISE EXCEPTION 'a ticket was claimed meanwhile' USING ERRCODE = 'FR001';
  END IF;

  PERFORM record_change('hold.placed', p_booking, p_event, p_user, p_request, p_tickets, 'held');
  v_booking := booking_as_json(p_booking);

  IF p_key IS NOT NULL THEN
    INSERT INTO idempotency_keys AS k (user_id, key, request_hash, status, body, locked_until, created_at)
    VALUES (p_user, p_key, p_hash, 201, v_booking::json, v_now, v_now)
    ON CONFLICT (user_id, key) DO UPDATE
      SET request_hash = p_hash, status = 201, body = v_booking::json, headers = NULL, locked_until = v_now, created_at = v_now
      WHERE k.created_at <= v_now - interval '24 hours' OR (k.status IS NULL AND k.locked_until <= v_now);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = 0 THEN
      RAISE EXCEPTION 'the idempotency key was used meanwhile' USING ERRCODE = 'FR001';
    END IF;
  END IF;
  RETURN jsonb_build_object('outcome', 'placed', 'booking', v_booking);
END $$;
