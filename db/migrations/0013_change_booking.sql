-- Moves the expiry of a hold that has not expired, to `p_hold` from now but never past its hard cap. Answers
-- {outcome, …}: extended {booking, ms: how long it now lasts} · booking-not-found · hold-expired · ended {status} · at-cap
CREATE FUNCTION extend_hold(p_booking uuid, p_user text, p_hold interval, p_request text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz;
  v_booking bookings%ROWTYPE;
BEGIN
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking AND user_id = p_user FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  v_now := clock_timestamp();
  IF v_booking.status = 'expired' OR (v_booking.status = 'held' AND v_booking.expires_at <= v_now) THEN
    RETURN '{"outcome": "hold-expired"}';
  END IF;
  IF v_booking.status <> 'held' THEN
    RETURN jsonb_build_object('outcome', 'ended', 'status', v_booking.status);
  END IF;
  IF v_booking.expires_at >= LEAST(v_now + p_hold, v_booking.extendable_until) THEN
    RETURN '{"outcome": "at-cap"}';
  END IF;
  UPDATE bookings SET expires_at = LEAST(v_now + p_hold, extendable_until) WHERE id = p_booking;
  INSERT INTO audit_log (actor, action, entity, entity_id, request_id)
  VALUES (p_user, 'hold.extended', 'booking', p_booking::text, p_request);
  RETURN jsonb_build_object(
    'outcome', 'extended', 'booking', booking_as_json(p_booking),
    'ms', (SELECT ceil(extract(epoch FROM expires_at - v_now) * 1000) FROM bookings WHERE id = p_booking));
END $$;

-- Gives the tickets of a hold or of a confirmed booking back. Answers {outcome, …}:
-- released {booking} · cancelled {booking} · ended {booking} (it had ended before) · booking-not-found · event-begun
CREATE FUNCTION end_booking(p_booking uuid, p_user text, p_request text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz;
  v_booking bookings%ROWTYPE;
  v_tickets bigint[];
  v_to text;
BEGIN
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking AND user_id = p_user FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  v_now := clock_timestamp();
  IF v_booking.ended_at IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'ended', 'booking', booking_as_json(p_booking));
  END IF;

  IF v_booking.status = 'confirmed' THEN
    IF (SELECT starts_at <= v_now FROM events WHERE id = v_booking.event_id) THEN
      RETURN '{"outcome": "event-begun"}';
    END IF;
    v_to := 'cancelled';
    UPDATE tickets SET status = 'available', user_id = NULL, booking_id = NULL
    WHERE booking_id = p_booking AND id IN (SELECT ticket_id FROM booking_tickets WHERE booking_id = p_booking);
  ELSE
    v_to := 'released';
  END IF;

  UPDATE bookings SET status = v_to, ended_at = v_now WHERE id = p_booking;
  WITH ended AS (UPDATE booking_tickets SET live = false WHERE booking_id = p_booking AND live RETURNING ticket_id)
  SELECT array_agg(ticket_id ORDER BY ticket_id) INTO v_tickets FROM ended;
  PERFORM record_change(
    CASE v_to WHEN 'cancelled' THEN 'booking.cancelled' ELSE 'hold.released' END,
    p_booking, v_booking.event_id, p_user, p_request, v_tickets, 'available');
  RETURN jsonb_build_object('outcome', v_to, 'booking', booking_as_json(p_booking));
END $$;

-- Tidies up: ends holds that expired, oldest first, at most `p_most`. Safe in several processes at once. Nothing
-- else depends on it; it tells the edge that the tickets are free again.
CREATE FUNCTION sweep_expired_holds(p_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  v_bookings uuid[];
BEGIN
  SELECT array_agg(id) INTO v_bookings
  FROM (SELECT id FROM bookings WHERE status = 'held' AND expires_at <= clock_timestamp()
        ORDER BY expires_at LIMIT p_most FOR UPDATE SKIP LOCKED) due;
  RETURN COALESCE(end_expired_holds(v_bookings, 'system', NULL), 0);
END $$;

-- Ends the payment of a confirmed booking: the money was taken, or the provider declined to hand it over. Declined,
-- the hold is as it was before the confirm. Answers {outcome, …}: captured {booking} · reverted · unchanged
CREATE FUNCTION settle_payment(p_booking uuid, p_captured boolean, p_request text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_booking bookings%ROWTYPE;
  v_tickets bigint[];
BEGIN
  SELECT * INTO v_booking FROM bookings
  WHERE id = p_booking AND status = 'confirmed' AND payment_status = 'authorised' FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"outcome": "unchanged"}'; END IF;
  IF p_captured THEN
    UPDATE bookings SET payment_status = 'captured' WHERE id = p_booking;
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id)
    VALUES (v_booking.user_id, 'payment.captured', 'booking', p_booking::text, p_request);
    RETURN jsonb_build_object('outcome', 'captured', 'booking', booking_as_json(p_booking));
  END IF;
  UPDATE bookings SET status = 'held', confirmed_at = NULL, payment_status = NULL, payment_reference = NULL
  WHERE id = p_booking;
  SELECT array_agg(ticket_id ORDER BY ticket_id) INTO v_tickets FROM booking_tickets WHERE booking_id = p_booking;
  UPDATE tickets SET status = 'available', user_id = NULL, booking_id = NULL
  WHERE id = ANY (v_tickets) AND booking_id = p_booking;
  PERFORM record_change('payment.declined', p_booking, v_booking.event_id, v_booking.user_id, p_request, v_tickets, 'held');
  RETURN '{"outcome": "reverted"}';
END $$;
