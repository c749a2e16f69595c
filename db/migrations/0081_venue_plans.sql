-- Measured seats of venues, as imported. Versions are kept, so that it can be said what a plan was when tickets were sold.
CREATE TABLE venue_plans (
  venue_id   bigint NOT NULL REFERENCES venues ON DELETE CASCADE,
  version    integer NOT NULL CHECK (version > 0),
  name       text NOT NULL,
  -- [{section, row, seat, x, y, category, guid}, …] in plan order; written and read as a whole.
  seats      jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (venue_id, version)
);
