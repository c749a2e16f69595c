-- An account of money that moves elsewhere: what was asked of the provider, and what is known to have come of it. The
-- row is written before the provider is asked, so that whatever dies in between, somebody knows what to look for.
-- Bookings that are paid for at once (or cost nothing) have no row.
--
-- Order of locks: the row here, then as in 0010.

CREATE TABLE payments (
  booking_id uuid PRIMARY KEY REFERENCES bookings,
  attempt    integer NOT NULL DEFAULT 1 CHECK (attempt > 0), -- names the payment at the provider, with the booking's id
  reference  text,                                           -- the provider's name for it; null: not known (yet)
  status     text NOT NULL CHECK (status IN
    ('begun', 'open', 'authorised', 'captured', 'declined', 'voiding', 'voided', 'refunded')),
  amount     bigint NOT NULL CHECK (amount > 0),
  currency   text NOT NULL,
  tries      integer NOT NULL DEFAULT 0,                     -- of the settlement since something changed
  next_at    timestamptz,                                    -- when the settlement looks again; null: nothing is left to do
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payments_next ON payments (next_at) WHERE next_at IS NOT NULL;

-- Whether somebody who pays too late takes other seats of the same prices.
ALTER TABLE bookings ADD COLUMN accept_equal_seats boolean NOT NULL DEFAULT false;

-- As place_hold, for a buyer who takes equal seats if need be.
CREATE FUNCTION place_hold_accepting(
  p_booking uuid, p_event bigint, p_user text, p_tickets bigint[],
  p_hold interval, p_hold_max interval, p_request text, p_key text, p_hash text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_answer jsonb := place_hold(p_booking, p_event, p_user, p_tickets, p_hold, p_hold_max, p_request, p_key, p_hash);
BEGIN
  IF v_answer ->> 'outcome' = 'placed' THEN
    UPDATE bookings SET accept_equal_seats = true WHERE id = p_booking;
  END IF;
  RETURN v_answer;
END $$;

CREATE FUNCTION record_payment_change(p_action text, p_booking uuid, p_request text, p_attempt integer, p_reference text)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
  SELECT user_id, p_action, 'booking', id::text, p_request,
         jsonb_build_object('attempt', p_attempt, 'reference', p_reference)
  FROM bookings WHERE id = p_booking;
END;

-- Opens the account of a booking, or a further attempt after one that failed. Answers {outcome, …}:
-- booking-not-found · ended {status} · paid {reference} · free (nothing is to be paid) · begun {attempt, status, reference, total, currency}
CREATE FUNCTION begin_payment(p_booking uuid, p_user text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_booking bookings%ROWTYPE;
  v_payment payments%ROWTYPE;
BEGIN
  PERFORM FROM payments WHERE booking_id = p_booking FOR UPDATE;
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking AND user_id = p_user;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  IF v_booking.status IN ('released', 'cancelled') THEN
    RETURN jsonb_build_object('outcome', 'ended', 'status', v_booking.status);
  END IF;
  IF v_booking.status = 'confirmed' AND v_booking.payment_status = 'captured' THEN
    RETURN jsonb_build_object('outcome', 'paid', 'reference', v_booking.payment_reference);
  END IF;
  IF v_booking.total = 0 THEN RETURN '{"outcome": "free"}'; END IF;
  INSERT INTO payments AS p (booking_id, status, amount, currency, next_at)
  VALUES (p_booking, 'begun', v_booking.total, v_booking.currency, clock_timestamp() + interval '1 minute')
  ON CONFLICT (booking_id) DO UPDATE
    SET attempt = p.attempt + (p.status IN ('declined', 'voided', 'refunded'))::integer,
        reference = CASE WHEN p.status IN ('declined', 'voided', 'refunded') THEN NULL ELSE p.reference END,
        status = CASE WHEN p.status IN ('declined', 'voided', 'refunded') THEN 'begun' ELSE p.status END,
        tries = 0, next_at = clock_timestamp() + interval '1 minute', changed_at = clock_timestamp()
  RETURNING * INTO v_payment;
  RETURN jsonb_build_object(
    'outcome', 'begun', 'attempt', v_payment.attempt, 'status', v_payment.status, 'reference', v_payment.reference,
    'total', v_booking.total, 'currency', v_booking.currency);
END $$;

-- Writes down what the provider said of an attempt. What is said twice, or of an attempt that is over, changes nothing;
-- neither does an older word on one that is being given up.
-- p_in: when the settlement looks again; null: there is nothing left to do.
CREATE FUNCTION record_payment(
  p_booking uuid, p_attempt integer, p_reference text, p_status text, p_in interval, p_request text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_payment payments%ROWTYPE;
BEGIN
  SELECT * INTO v_payment FROM payments WHERE booking_id = p_booking FOR UPDATE;
  IF NOT FOUND OR v_payment.attempt <> p_attempt OR v_payment.reference <> p_reference
     OR v_payment.status IN ('declined', 'voided', 'refunded')
     OR (v_payment.status = 'captured' AND p_status IN ('open', 'authorised'))
     OR (v_payment.status = 'voiding' AND p_status NOT IN ('voided', 'refunded')) THEN
    RETURN false;
  END IF;
  UPDATE payments
  SET reference = COALESCE(p_reference, reference), status = p_status, changed_at = clock_timestamp(),
      next_at = clock_timestamp() + p_in, tries = CASE WHEN status = p_status THEN tries ELSE 0 END
  WHERE booking_id = p_booking;
  IF v_payment.status = p_status THEN RETURN true; END IF;
  IF p_status IN ('voided', 'refunded') THEN
    UPDATE bookings SET payment_status = p_status
    WHERE id = p_booking AND payment_reference = COALESCE(p_reference, v_payment.reference) AND status <> 'confirmed';
  END IF;
  IF p_status <> 'open' THEN
    -- A card that was refused before anything was booked; `payment.declined` undoes a confirm.
    PERFORM record_payment_change(
      CASE p_status WHEN 'declined' THEN 'payment.refused' ELSE 'payment.' || p_status END,
      p_booking, p_request, p_attempt, COALESCE(p_reference, v_payment.reference));
  END IF;
  RETURN true;
END $$;

-- As confirm_hold, with money that was set aside or taken; it must not be on its way back. Answers also
-- {outcome: payment-gone}
CREATE FUNCTION confirm_paid(
  p_booking uuid, p_user text, p_request text, p_payment_status text, p_payment_reference text
) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM payments
  WHERE booking_id = p_booking AND reference = p_payment_reference AND status IN ('authorised', 'captured') FOR UPDATE;
  -- One that was paid for already, maybe in another way, is only repeated; that is never undone.
  IF NOT FOUND AND EXISTS (SELECT FROM bookings WHERE id = p_booking AND total > 0
                           AND (status, payment_status) IS DISTINCT FROM ('confirmed', 'captured')) THEN
    RETURN '{"outcome": "payment-gone"}';
  END IF;
  RETURN confirm_hold(p_booking, p_user, p_request, p_payment_status, p_payment_reference);
END $$;

-- Before money is given up: once this says true the payment can pay for nothing any more. False: it has paid for a
-- confirmed booking, or it is given up already.
CREATE FUNCTION give_up_payment(p_booking uuid, p_reference text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_payment payments%ROWTYPE;
BEGIN
  SELECT * INTO v_payment FROM payments WHERE booking_id = p_booking AND reference = p_reference FOR UPDATE;
  IF NOT FOUND OR v_payment.status IN ('voided', 'refunded', 'declined') THEN RETURN false; END IF;
  IF EXISTS (SELECT FROM bookings
             WHERE id = p_booking AND status = 'confirmed' AND payment_reference = p_reference) THEN
    RETURN false;
  END IF;
  UPDATE payments SET status = 'voiding', next_at = clock_timestamp() + interval '1 minute', changed_at = clock_timestamp()
  WHERE booking_id = p_booking;
  RETURN true;
END $$;

-- Confirms an expired hold on the first of these groups that is free and has the same prices; nothing else is changed.
-- Answers as confirm_hold; `hold-expired` as well for a buyer who did not accept equal seats.
CREATE FUNCTION confirm_instead(
  p_booking uuid, p_user text, p_request text, p_payment_status text, p_payment_reference text,
  p_groups jsonb -- arrays of ticket ids, best first
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_booking bookings%ROWTYPE;
  v_prices bigint[];
  v_old bigint[];
  v_group bigint[];
  v_answer jsonb;
BEGIN
  PERFORM FROM payments WHERE booking_id = p_booking FOR UPDATE;
  IF EXISTS (SELECT FROM payments WHERE booking_id = p_booking
             AND (reference IS DISTINCT FROM p_payment_reference OR status NOT IN ('authorised', 'captured'))) THEN
    RETURN '{"outcome": "hold-expired"}';
  END IF;
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking AND user_id = p_user;
  IF NOT FOUND THEN RETURN '{"outcome": "booking-not-found"}'; END IF;
  PERFORM lock_user_of_event(v_booking.event_id, p_user);
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking FOR UPDATE;
  IF NOT v_booking.accept_equal_seats OR v_booking.status NOT IN ('held', 'expired')
     OR v_booking.expires_at > clock_timestamp() THEN
    RETURN '{"outcome": "hold-expired"}';
  END IF;
  SELECT array_agg(price ORDER BY price), array_agg(ticket_id ORDER BY ticket_id)
  INTO v_prices, v_old FROM booking_tickets WHERE booking_id = p_booking;

  FOR v_group IN
    SELECT ARRAY(SELECT jsonb_array_elements_text(g)::bigint) FROM jsonb_array_elements(p_groups) WITH ORDINALITY x (g, n) ORDER BY n
  LOOP
    CONTINUE WHEN v_prices IS DISTINCT FROM (
      SELECT array_agg(price ORDER BY price) FROM tickets
      WHERE id = ANY (v_group) AND event_id = v_booking.event_id AND currency = v_booking.currency AND status = 'available');
    BEGIN
      IF v_booking.status = 'held' THEN PERFORM end_expired_holds(ARRAY[p_booking], p_user, p_request); END IF;
      DELETE FROM booking_tickets WHERE booking_id = p_booking;
      INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price, live)
      SELECT p_booking, id, event_id, price, false FROM tickets WHERE id = ANY (v_group);
      INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
      VALUES (p_user, 'hold.reseated', 'booking', p_booking::text, p_request,
              jsonb_build_object('from', v_old::text[], 'to', v_group::text[]));
      v_answer := confirm_hold(p_booking, p_user, p_request, p_payment_status, p_payment_reference);
      IF v_answer ->> 'outcome' <> 'confirmed' THEN RAISE EXCEPTION USING ERRCODE = 'FR003'; END IF;
      RETURN v_answer;
    EXCEPTION WHEN SQLSTATE 'FR003' OR SQLSTATE 'FR002' THEN
      NULL; -- this group is as it was; the next one may do
    END;
  END LOOP;
  RETURN COALESCE(v_answer, '{"outcome": "hold-expired"}');
END $$;

-- Ends the payment of a confirmed booking: the money was taken, or the provider declined to hand it over. Declined,
-- the hold is as it was before the confirm. Answers {outcome, …}: captured · reverted · unchanged
CREATE FUNCTION settle_payment(p_booking uuid, p_reference text, p_captured boolean, p_request text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_booking bookings%ROWTYPE;
BEGIN
  PERFORM FROM payments WHERE booking_id = p_booking FOR UPDATE;
  SELECT * INTO v_booking FROM bookings WHERE id = p_booking FOR UPDATE;
  UPDATE payments
  SET status = CASE WHEN p_captured THEN 'captured' ELSE 'declined' END, tries = 0, changed_at = clock_timestamp(),
      -- Taken for a booking that was cancelled meanwhile: it goes back.
      next_at = CASE WHEN p_captured AND v_booking.status <> 'confirmed' THEN clock_timestamp() END
  WHERE booking_id = p_booking AND reference = p_reference AND status = 'authorised';
  IF v_booking.status <> 'confirmed' OR v_booking.payment_reference IS DISTINCT FROM p_reference THEN
    RETURN '{"outcome": "unchanged"}';
  END IF;
  RETURN settle_payment(p_booking, p_captured, p_request);
END $$;

-- As before (0013), and an account that is open is settled soon.
CREATE OR REPLACE FUNCTION end_booking(p_booking uuid, p_user text, p_request text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz;
  v_booking bookings%ROWTYPE;
  v_tickets bigint[];
  v_to text;
BEGIN
  PERFORM FROM payments WHERE booking_id = p_booking FOR UPDATE;
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
  UPDATE payments SET next_at = v_now, tries = 0
  WHERE booking_id = p_booking AND status NOT IN ('declined', 'voided', 'refunded');
  WITH ended AS (UPDATE booking_tickets SET live = false WHERE booking_id = p_booking AND live RETURNING ticket_id)
  SELECT array_agg(ticket_id ORDER BY ticket_id) INTO v_tickets FROM ended;
  PERFORM record_change(
    CASE v_to WHEN 'cancelled' THEN 'booking.cancelled' ELSE 'hold.released' END,
    p_booking, v_booking.event_id, p_user, p_request, v_tickets, 'available');
  RETURN jsonb_build_object('outcome', v_to, 'booking', booking_as_json(p_booking));
END $$;

-- What is known of a booking's payment, with what has become of the booking by the clock; null without an account.
CREATE FUNCTION read_payment(p_booking uuid) RETURNS jsonb STABLE LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT jsonb_build_object(
      'bookingId', p.booking_id, 'userId', b.user_id, 'attempt', p.attempt, 'reference', p.reference,
      'status', p.status, 'amount', p.amount, 'currency', p.currency,
      'booking', CASE
        WHEN b.status = 'held' AND b.expires_at > clock_timestamp() THEN 'held'
        WHEN b.status IN ('held', 'expired') THEN 'expired'
        WHEN b.status = 'confirmed' THEN 'confirmed'
        ELSE 'ended' END,
      'endsInMs', GREATEST(ceil(extract(epoch FROM b.expires_at - clock_timestamp()) * 1000), 0))
    FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE p.booking_id = p_booking);
END $$;

-- Takes accounts that are due, oldest first, and keeps other processes off them for a while that doubles with each try.
CREATE FUNCTION take_due_payments(p_most integer) RETURNS jsonb LANGUAGE sql
BEGIN ATOMIC
  WITH taken AS (
    UPDATE payments
    SET tries = tries + 1, next_at = clock_timestamp() + make_interval(secs => LEAST(15 * power(2, tries), 3600))
    WHERE booking_id IN (
      SELECT booking_id FROM payments WHERE next_at <= clock_timestamp()
      ORDER BY next_at LIMIT p_most FOR UPDATE SKIP LOCKED)
    RETURNING booking_id)
  SELECT COALESCE(jsonb_agg(booking_id), '[]') FROM taken;
END;
