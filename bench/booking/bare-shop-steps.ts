/** The tables and functions of the bare shop, made anew with every ticket that there is. */
export const bareTables = `
  DROP SCHEMA IF EXISTS bare CASCADE;
  CREATE SCHEMA bare;
  CREATE TABLE bare.tickets (id bigint PRIMARY KEY, status text NOT NULL, booking_id uuid);
  CREATE TABLE bare.bookings (
    id uuid PRIMARY KEY, user_id text NOT NULL, status text NOT NULL, expires_at timestamptz NOT NULL);
  CREATE TABLE bare.claims (ticket_id bigint PRIMARY KEY, booking_id uuid NOT NULL);
  CREATE INDEX ON bare.claims (booking_id);
  INSERT INTO bare.tickets SELECT id, 'available' FROM public.tickets;
  CREATE FUNCTION bare.hold(p_id uuid, p_user text, p_tickets bigint[]) RETURNS boolean LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
  BEGIN
    INSERT INTO bare.claims SELECT t.id, p_id FROM bare.tickets t WHERE t.id = ANY (p_tickets) AND t.status = 'available';
    INSERT INTO bare.bookings VALUES (p_id, p_user, 'held', now() + interval '10 minutes');
    RETURN true;
  EXCEPTION WHEN unique_violation THEN RETURN false;
  END $$;
  CREATE FUNCTION bare.confirm(p_id uuid, p_user text) RETURNS boolean LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
  BEGIN
    UPDATE bare.bookings SET status = 'confirmed'
    WHERE id = p_id AND user_id = p_user AND status = 'held' AND expires_at > now();
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE bare.tickets SET status = 'booked', booking_id = p_id
    WHERE id IN (SELECT ticket_id FROM bare.claims WHERE booking_id = p_id) AND status = 'available';
    RETURN true;
  END $$;
  ANALYZE bare.tickets;`;

/**
 * Locks all tickets or none.
 * KEYS  1 the event's locks: ticket -> expiry, ms of Redis time
 * ARGV  1 booking, 2 how long, ms, 3… tickets
 * Returns 1 when locked, 0 when one of them was
 */
export const lockAll = `
  local time = redis.call("TIME")
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  for at = 3, #ARGV do
    local expiry = redis.call("ZSCORE", KEYS[1], ARGV[at])
    if expiry and tonumber(expiry) > now then return 0 end
  end
  for at = 3, #ARGV do
    redis.call("ZADD", KEYS[1], now + ARGV[2], ARGV[at])
    redis.call("HSET", KEYS[1] .. ":owners", ARGV[at], ARGV[1])
  end
  redis.call("PEXPIRE", KEYS[1], 4 * ARGV[2])
  redis.call("PEXPIRE", KEYS[1] .. ":owners", 4 * ARGV[2])
  return 1`;
