-- The two busy steps of a booking for many calls at once (0039). What a call costs is mostly the start of statements, so
-- the plain calls of a batch share three: lock the users, look, and write with all that depends on it. A call is plain when
-- nothing stands in its way and nothing has to be tidied up for it; every other one is left to `place_hold` or
-- `confirm_hold`, after the plain ones, in the same transaction: what is decided and answered is the same.
--
-- The constraints judge plain calls as they judge all others. A batch that breaks one, because a race was lost or two of
-- its calls want the same ticket, is rolled back as a whole, and the caller makes each call by itself.
--
-- Without hash and merge joins: a plan that was made while the tables were small would go on reading the whole of them.

-- As place_hold, for calls that are sorted by user and event. Answers a JSON array, in the order of the calls.
CREATE FUNCTION place_holds(
  p_bookings uuid[], p_events bigint[], p_users text[],
  p_tickets text[], -- each an array in Postgres' writing: an array of arrays has to be a rectangle
  p_hold interval, p_hold_max interval, p_requests text[], p_keys text[], p_hashes text[]
) RETURNS json LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz;
  v_answers json[];
  v_left integer[];
  v_n integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(c.buyer, c.event)) -- as lock_user_of_event
  FROM unnest(p_users, p_events) AS c (buyer, event);
  v_now := clock_timestamp();

  WITH call AS MATERIALIZED (
    SELECT c.n::integer, c.booking, c.event, c.buyer, c.tickets::bigint[] AS tickets, c.request, c.key, c.hash
    FROM unnest(p_bookings, p_events, p_users, p_tickets, p_requests, p_keys, p_hashes)
      WITH ORDINALITY AS c (booking, event, buyer, tickets, request, key, hash, n)
  ), plain AS MATERIALIZED (
    SELECT c.*, s.known, s.prices, s.total, s.currency,
           json_build_object( -- as booking_facts would show it
             'id', c.booking, 'event_id', c.event::text, 'user_id', c.buyer, 'status', 'held', 'total', s.total,
             'currency', s.currency, 'created_at', v_now, 'expires_at', v_now + p_hold,
             'extendable_until', v_now + p_hold_max, 'confirmed_at', NULL, 'tickets', s.facts) AS booking_json
    FROM call c
    JOIN events e ON e.id = c.event AND e.status = 'published' AND e.on_sale_at <= v_now AND e.ends_at > v_now
    CROSS JOIN LATERAL (
      SELECT count(*) AS quantity, array_agg(t.id) AS known, array_agg(t.price) AS prices, sum(t.price) AS total,
             min(t.currency) AS currency, max(t.currency) AS other_currency,
             json_agg(json_build_object(
                 'id', t.id::text, 'section', t.section, 'row', t."row", 'seat', t.seat, 'price', t.price,
                 'status', t.status, 'accessible', t.accessible, 'companion', t.companion,
                 'restrictedView', t.restricted_view)
               ORDER BY t.section, t.row_index, t.seat_index, t.id) AS facts
      FROM tickets t
      WHERE t.id = ANY (c.tickets) AND t.event_id = c.event AND t.status = 'available'
        AND NOT EXISTS (SELECT FROM booking_tickets x WHERE x.ticket_id = t.id AND x.live)
    ) s
    WHERE array_position(p_users, c.buyer) = c.n -- a further call of the same user counts what this one takes
      AND s.quantity = cardinality(c.tickets) AND s.currency = s.other_currency
      AND s.quantity + (
        SELECT count(*) -- as count_tickets_of_user
        FROM bookings b JOIN booking_tickets x ON x.booking_id = b.id AND x.live
        WHERE b.event_id = c.event AND b.user_id = c.buyer AND b.status IN ('held', 'confirmed')
          AND (b.status = 'confirmed' OR b.expires_at > v_now)) <= e.ticket_limit
      AND (c.key IS NULL OR NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.user_id = c.buyer AND k.key = c.key))
  ), booking AS (
    INSERT INTO bookings (id, event_id, user_id, status, total, currency, created_at, expires_at, extendable_until)
    SELECT booking, event, buyer, 'held', total, currency, v_now, v_now + p_hold, v_now + p_hold_max FROM plain
  ), claims AS (
    INSERT INTO booking_tickets (booking_id, ticket_id, event_id, price)
    SELECT p.booking, t.id, p.event, t.price FROM plain p, unnest(p.known, p.prices) AS t (id, price)
  ), keys AS (
    INSERT INTO idempotency_keys (user_id, key, request_hash, status, body, locked_until, created_at)
    SELECT buyer, key, hash, 201, booking_json, v_now, v_now FROM plain WHERE key IS NOT NULL
  ), audit AS ( -- as record_change
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
    SELECT buyer, 'hold.placed', 'booking', booking::text, request,
           jsonb_build_object('eventId', event::text, 'ticketIds', tickets::text[]) FROM plain
  ), message AS ( -- one for all tickets of an event
    INSERT INTO outbox (topic, payload)
    SELECT 'seats', jsonb_build_object('eventId', p.event::text, 'ticketIds', jsonb_agg(t.id::text), 'status', 'held')
    FROM plain p, unnest(p.known) AS t (id) GROUP BY p.event
  )
  SELECT array_agg(json_build_object('outcome', 'placed', 'booking', p.booking_json) ORDER BY c.n),
         array_agg(c.n ORDER BY c.n) FILTER (WHERE p.n IS NULL)
  INTO v_answers, v_left FROM call c LEFT JOIN plain p ON p.n = c.n;

  IF v_left IS NOT NULL THEN
    FOREACH v_n IN ARRAY v_left LOOP
      v_answers[v_n] := place_hold(
        p_bookings[v_n], p_events[v_n], p_users[v_n], p_tickets[v_n]::bigint[], p_hold, p_hold_max, p_requests[v_n],
        p_keys[v_n], p_hashes[v_n]);
    END LOOP;
  END IF;
  RETURN array_to_json(v_answers);
END $$;

-- As confirm_hold, or with accounts as confirm_paid, for calls that are sorted by user and event. Answers a JSON array, in
-- the order of the calls.
CREATE FUNCTION confirm_holds(
  p_bookings uuid[], p_users text[], p_requests text[], p_payment_statuses text[], p_payment_references text[],
  p_with_accounts boolean
) RETURNS json LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz;
  v_answers json[];
  v_left integer[];
  v_claimed integer;
  v_booked integer;
  v_n integer;
BEGIN
  IF p_with_accounts THEN
    PERFORM FROM payments WHERE booking_id = ANY (p_bookings) ORDER BY booking_id FOR UPDATE;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(c.buyer, c.event)) -- as lock_user_of_event
  FROM (SELECT c.buyer, b.event_id AS event
        FROM unnest(p_bookings, p_users) WITH ORDINALITY AS c (booking, buyer, n)
        JOIN bookings b ON b.id = c.booking AND b.user_id = c.buyer ORDER BY c.n) c;
  v_now := clock_timestamp();

  WITH booking AS (
    UPDATE bookings b
    SET status = 'confirmed', confirmed_at = v_now, ended_at = NULL,
        payment_status = c.payment_status, payment_reference = c.payment_reference
    FROM unnest(p_bookings, p_users, p_requests, p_payment_statuses, p_payment_references)
           WITH ORDINALITY AS c (booking, buyer, request, payment_status, payment_reference, n)
    WHERE b.id = c.booking AND b.user_id = c.buyer AND b.status = 'held' AND b.expires_at > v_now
      AND array_position(p_bookings, c.booking) = c.n
      AND EXISTS (SELECT FROM events e WHERE e.id = b.event_id AND e.status <> 'cancelled')
      AND (NOT p_with_accounts OR EXISTS (
        SELECT FROM payments p
        WHERE p.booking_id = b.id AND p.reference = c.payment_reference AND p.status IN ('authorised', 'captured')))
    RETURNING c.n::integer, c.request, b.id, b.event_id, b.user_id, b.total, b.currency, b.created_at, b.expires_at,
      b.extendable_until
  ), claim AS MATERIALIZED (
    SELECT b.n, b.id AS booking, b.user_id AS buyer, x.ticket_id, x.price
    FROM booking b JOIN booking_tickets x ON x.booking_id = b.id
  ), booked AS (
    UPDATE tickets t SET status = 'booked', user_id = c.buyer, booking_id = c.booking
    FROM claim c WHERE t.id = c.ticket_id AND t.status = 'available'
    RETURNING c.n, c.price, t.id, t.section, t."row", t.seat, t.row_index, t.seat_index, t.status, t.accessible,
      t.companion, t.restricted_view
  ), facts AS MATERIALIZED (
    SELECT n, count(*) AS quantity, jsonb_agg(id::text ORDER BY id) AS ids,
           json_agg(json_build_object(
               'id', id::text, 'section', section, 'row', "row", 'seat', seat, 'price', price, 'status', status,
               'accessible', accessible, 'companion', companion, 'restrictedView', restricted_view)
             ORDER BY section, row_index, seat_index, id) AS tickets
    FROM booked GROUP BY n
  ), audit AS ( -- as record_change
    INSERT INTO audit_log (actor, action, entity, entity_id, request_id, detail)
    SELECT b.user_id, 'hold.confirmed', 'booking', b.id::text, b.request,
           jsonb_build_object('eventId', b.event_id::text, 'ticketIds', f.ids)
    FROM booking b JOIN facts f ON f.n = b.n
  ), message AS ( -- one for all tickets of an event
    INSERT INTO outbox (topic, payload)
    SELECT 'seats', jsonb_build_object('eventId', b.event_id::text, 'ticketIds', jsonb_agg(t.id::text), 'status', 'booked')
    FROM booking b JOIN booked t ON t.n = b.n GROUP BY b.event_id
  )
  SELECT array_agg(json_build_object('outcome', 'confirmed', 'repeated', false,
           'booking', json_build_object( -- as booking_facts would show it
             'id', b.id, 'event_id', b.event_id::text, 'user_id', b.user_id, 'status', 'confirmed', 'total', b.total,
             'currency', b.currency, 'created_at', b.created_at, 'expires_at', b.expires_at,
             'extendable_until', b.extendable_until, 'confirmed_at', v_now, 'tickets', f.tickets)) ORDER BY c.n),
         array_agg(c.n ORDER BY c.n) FILTER (WHERE b.n IS NULL),
         (SELECT count(*) FROM claim), (SELECT count(*) FROM booked)
  INTO v_answers, v_left, v_claimed, v_booked
  FROM generate_subscripts(p_bookings, 1) AS c (n) LEFT JOIN booking b ON b.n = c.n LEFT JOIN facts f ON f.n = c.n;
  IF v_claimed <> v_booked THEN
    RAISE EXCEPTION 'a ticket of a hold is not available' USING ERRCODE = 'FR002';
  END IF;

  IF v_left IS NOT NULL THEN
    FOREACH v_n IN ARRAY v_left LOOP
      v_answers[v_n] := CASE WHEN p_with_accounts
        THEN confirm_paid(
          p_bookings[v_n], p_users[v_n], p_requests[v_n], p_payment_statuses[v_n], p_payment_references[v_n])
        ELSE confirm_hold(
          p_bookings[v_n], p_users[v_n], p_requests[v_n], p_payment_statuses[v_n], p_payment_references[v_n]) END;
    END LOOP;
  END IF;
  RETURN array_to_json(v_answers);
END $$;
