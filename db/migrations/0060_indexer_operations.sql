-- The indexer's memory of what it builds, owes and was asked to do. None of it is published: it would loop.

-- Why the collection must be built anew; cleared in the transaction that records the build.
ALTER TABLE indexer_checkpoint ADD COLUMN rebuild_reason text;

-- Collections that we made, and what became of them.
CREATE TABLE indexer_build (
  collection  text PRIMARY KEY,
  slot        text NOT NULL,
  reason      text NOT NULL,
  schema_hash text NOT NULL,
  phase       text NOT NULL CHECK (phase IN ('filling', 'live', 'retired', 'dropped')),
  cursor      bigint NOT NULL DEFAULT 0,               -- events up to this id are in
  total       bigint NOT NULL,                         -- published events when it began, for progress
  created_at  timestamptz NOT NULL DEFAULT now(),
  live_at     timestamptz,
  retired_at  timestamptz
);
CREATE UNIQUE INDEX indexer_build_one_filling ON indexer_build (slot) WHERE phase = 'filling';
CREATE UNIQUE INDEX indexer_build_one_live ON indexer_build (slot) WHERE phase = 'live';

-- Documents that a process wrote, or may have written, after it had lost the slot to another one.
CREATE TABLE indexer_recheck (
  slot       text NOT NULL,
  doc_id     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (slot, doc_id)
);

-- What operators ask of the active indexer, wherever it runs.
CREATE TABLE indexer_request (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slot       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('rebuild', 'reconcile', 'retry-dead-letters')),
  status     text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  done       bigint NOT NULL DEFAULT 0,
  total      bigint NOT NULL DEFAULT 0,
  outcome    text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX indexer_request_open ON indexer_request (slot, id) WHERE status IN ('waiting', 'running');

-- Prices are compared within one currency, and counting a stadium should not visit its rows.
DROP INDEX tickets_avail;
CREATE INDEX tickets_avail ON tickets (event_id) INCLUDE (status, price, currency);
