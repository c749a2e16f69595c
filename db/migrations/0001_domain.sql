-- The domain: what is for sale and who owns it. Constraints carry the invariants; code only makes them fail rarely.

CREATE TABLE venues (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            text NOT NULL CHECK (name <> ''),
  city            text NOT NULL,
  country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  latitude        double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude       double precision CHECK (longitude BETWEEN -180 AND 180),
  time_zone       text NOT NULL,
  capacity        integer CHECK (capacity >= 0),
  alternate_names text[] NOT NULL DEFAULT '{}',
  import_key      text UNIQUE,                       -- makes imports repeatable
  updated_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE performers (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            text NOT NULL CHECK (name <> ''),
  description     text NOT NULL DEFAULT '',
  genre           text NOT NULL DEFAULT '',
  alternate_names text[] NOT NULL DEFAULT '{}',
  import_key      text UNIQUE,
  updated_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE events (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue_id      bigint NOT NULL REFERENCES venues,
  performer_id  bigint NOT NULL REFERENCES performers, -- the headliner; all performers are in event_performers
  name          text NOT NULL CHECK (name <> ''),
  description   text NOT NULL DEFAULT '',
  category      text NOT NULL DEFAULT '',
  status        text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'cancelled')),
  starts_at     timestamptz NOT NULL,
  ends_at       timestamptz NOT NULL,
  on_sale_at    timestamptz NOT NULL,
  queue_enabled boolean NOT NULL DEFAULT false,
  ticket_limit  integer NOT NULL DEFAULT 8 CHECK (ticket_limit BETWEEN 1 AND 100),
  popularity    integer NOT NULL DEFAULT 0,
  version       integer NOT NULL DEFAULT 1,            -- of everything in the view but the ticket statuses
  import_key    text UNIQUE,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CHECK (starts_at < ends_at)
);
CREATE INDEX events_venue ON events (venue_id, id);
CREATE INDEX events_performer ON events (performer_id, id);
CREATE INDEX events_starts_at ON events (starts_at, id);

CREATE TABLE event_performers (
  event_id     bigint NOT NULL REFERENCES events ON DELETE CASCADE,
  performer_id bigint NOT NULL REFERENCES performers,
  position     smallint NOT NULL,                      -- 0 is the headliner
  PRIMARY KEY (event_id, performer_id)
);
CREATE INDEX event_performers_performer ON event_performers (performer_id, event_id);

CREATE TABLE bookings (
  id               uuid PRIMARY KEY,
  event_id         bigint NOT NULL REFERENCES events,
  user_id          text NOT NULL,
  status           text NOT NULL CHECK (status IN ('held', 'confirmed', 'released', 'expired', 'cancelled')),
  total            bigint NOT NULL CHECK (total >= 0),
  currency         text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  created_at       timestamptz NOT NULL DEFAULT now(),
  expires_at       timestamptz NOT NULL,               -- of the hold; history once the booking is confirmed
  extendable_until timestamptz NOT NULL,               -- hard cap of the hold
  confirmed_at     timestamptz,
  ended_at         timestamptz,
  CHECK (expires_at <= extendable_until),
  CHECK ((status IN ('confirmed', 'cancelled')) = (confirmed_at IS NOT NULL)),
  CHECK ((status IN ('held', 'confirmed')) = (ended_at IS NULL)),
  UNIQUE (id, event_id)
);
CREATE INDEX bookings_user ON bookings (user_id, created_at DESC);
CREATE INDEX bookings_event_user ON bookings (event_id, user_id) WHERE status IN ('held', 'confirmed');
CREATE INDEX bookings_held ON bookings (expires_at) WHERE status = 'held';

-- Sequential ids: for 60,000 seats random ones alone would be 1.2 of 1.6 MB of compressed JSON.
CREATE TABLE tickets (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id        bigint NOT NULL REFERENCES events ON DELETE CASCADE,
  section         text NOT NULL,
  "row"           text NOT NULL,
  seat            text NOT NULL,
  row_index       integer NOT NULL,                    -- 0 is the row nearest to the stage, within the section
  seat_index      integer NOT NULL,                    -- seats whose indexes differ by 1 are neighbours
  price           bigint NOT NULL CHECK (price >= 0),
  currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  status          text NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'booked', 'blocked')),
  accessible      boolean NOT NULL DEFAULT false,
  companion       boolean NOT NULL DEFAULT false,
  restricted_view boolean NOT NULL DEFAULT false,
  user_id         text,
  booking_id      uuid,
  FOREIGN KEY (booking_id, event_id) REFERENCES bookings (id, event_id),
  CHECK ((status = 'booked') = (booking_id IS NOT NULL)),
  CHECK ((status = 'booked') = (user_id IS NOT NULL)),
  UNIQUE (event_id, section, "row", seat)
);
-- Old event_id on delete and when a ticket moves, cheaper than REPLICA IDENTITY FULL.
CREATE UNIQUE INDEX tickets_ri ON tickets (id, event_id);
ALTER TABLE tickets REPLICA IDENTITY USING INDEX tickets_ri;
CREATE INDEX tickets_avail ON tickets (event_id) INCLUDE (status, price);

-- A claim says that a booking has, or had, a ticket. At most one claim on a ticket is live, whatever the code does:
-- this index is what "never sold twice" rests on.
CREATE TABLE booking_tickets (
  booking_id uuid NOT NULL,
  ticket_id  bigint NOT NULL,
  event_id   bigint NOT NULL,
  price      bigint NOT NULL,                          -- at the time of the hold
  live       boolean NOT NULL DEFAULT true,            -- false once released, expired and taken over, or cancelled
  PRIMARY KEY (booking_id, ticket_id),
  FOREIGN KEY (booking_id, event_id) REFERENCES bookings (id, event_id),
  FOREIGN KEY (ticket_id, event_id) REFERENCES tickets (id, event_id)
);
CREATE UNIQUE INDEX booking_tickets_one_live ON booking_tickets (ticket_id) WHERE live;

CREATE TABLE idempotency_keys (
  user_id      text NOT NULL,
  key          text NOT NULL,
  request_hash text NOT NULL,                          -- method, path and body: another request may not reuse the key
  status       integer,                                -- null while the first request is under way
  body         jsonb,
  headers      jsonb,
  locked_until timestamptz NOT NULL,                   -- a crashed request frees its key by itself
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE audit_log (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  actor      text NOT NULL,
  action     text NOT NULL,
  entity     text NOT NULL,
  entity_id  text NOT NULL,
  request_id text,
  detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_entity ON audit_log (entity, entity_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What must happen after a commit, at least once.
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic      text NOT NULL,
  payload    jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts   integer NOT NULL DEFAULT 0,
  next_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_next ON outbox (next_at, id);
