-- Confirms a hold, once: repeating it answers the confirmed booking. A late one takes its tickets again if nobody
-- else has them. Answers {outcome, …}: confirmed {booking, repeated} · booking-not-found · hold-expired ·
-- ended {status} · sale-not-open {reason} · limit-exceeded {limit, has}
-- Nothing is changed unless the outcome is `confirmed`.
CREATE FUNCTION confirm_hold(
  p_booking uuid, p_user text, p_request text, p_payment_status text, p_payment_reference text
) RETURNS jsonb LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  v_now timestamptz;
  v_booking bookings%ROWTYPE;
  v_event events%ROWTYPE;
  v_tickets bigint[];
  v_expired uuid[];
  v_taken integer;
  v_has integer;
  v_count integer;
BEGIN
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking AND user_id = p_user;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  PERFORM lock_user_of_event(v_booking.event_id, p_user);
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking FOR UPDATE;
  v_now := clock_timestamp();

  IF v_booking.status = 'confirmed' THEN
    RETURN jsonb_build_object('outcome', 'confirmed', 'booking', booking_as_json(p_booking), 'repeated', true);
  END IF;
  IF v_booking.status IN ('released', 'cancelled') THEN
    RETURN jsonb_build_object('outcome', 'ended', 'status', v_booking.status);
  END IF;
  SELECT * INTO v_event FROM events WHERE id = v_booking.event_id;
  IF v_event.status = 'cancelled' THEN RETURN '{"outcome": "sale-not-open", "reason": "cancelled"}'; END IF;

  SELECT array_agg(ticket_id ORDER BY ticket_id) INTO v_tickets FROM booking_tickets WHERE booking_id = p_booking;

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

  UPDATE bookings
  SET status = 'confirmed', confirmed_at = v_now, ended_at = NULL,
      payment_status = p_payment_status, payment_reference = p_payment_reference
  WHERE id = p_booking;
  UPDATE tickets SET status = 'booked', user_id = p_user, booking_id = p_booking
  WHERE id = ANY (v_tickets) AND status = 'available';
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count <> cardinality(v_tickets) THEN
    RAISE EXCEPTION 'a ticket of the hold is not available' USING ERRCODE = 'FR002';
  END IF;

  PERFORM record_change('hold.confirmed', p_booking, v_booking.event_id, p_user, p_request, v_tickets, 'booked');
  RETURN jsonb_build_object('outcome', 'confirmed', 'booking', booking_as_json(p_booking), 'repeated', false);
END $$;
