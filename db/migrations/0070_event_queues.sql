-- Waiting rooms as they shall be: the truth that the edge's objects follow. One row for each event that ever had one.
CREATE TABLE event_queues (
  event_id         bigint PRIMARY KEY REFERENCES events ON DELETE CASCADE,
  generation       integer NOT NULL CHECK (generation >= 1),   -- grows with each start over; voids places and passes
  opens_at         timestamptz NOT NULL,
  admit_per_minute integer NOT NULL CHECK (admit_per_minute > 0),
  max_active       integer NOT NULL CHECK (max_active > 0),
  pass_seconds     integer NOT NULL CHECK (pass_seconds > 0),
  grace_seconds    integer NOT NULL CHECK (grace_seconds > 0),
  message          text NOT NULL DEFAULT '',
  shards           integer NOT NULL CHECK (shards BETWEEN 1 AND 512),
  fail_open_until  timestamptz,                                -- until then everybody is let through
  updated_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_queued ON events (id) WHERE queue_enabled;

-- A confirmed hold, or one that ran out, has used its pass: the place in the shop goes to the next person. Not while the
-- same person holds other tickets of the event. A hold that is released on purpose keeps its pass: people choose anew.
CREATE FUNCTION tell_queue_of_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT queue_enabled FROM events WHERE id = NEW.event_id) AND NOT EXISTS (
    SELECT FROM bookings
    WHERE event_id = NEW.event_id AND user_id = NEW.user_id AND status = 'held' AND id <> NEW.id
      AND expires_at > clock_timestamp()
  ) THEN
    INSERT INTO outbox (topic, payload)
    VALUES ('queue', jsonb_build_object('event', NEW.event_id::text, 'user', NEW.user_id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER bookings_done AFTER UPDATE OF status ON bookings FOR EACH ROW
  WHEN (OLD.status = 'held' AND NEW.status IN ('confirmed', 'expired')) EXECUTE FUNCTION tell_queue_of_done();
