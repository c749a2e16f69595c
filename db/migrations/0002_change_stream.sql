-- What the indexer needs: an explicit list of tables (its own bookkeeping would loop), and its bookkeeping.
-- The columns of tickets are those that a search document depends on, plus the replica identity.

CREATE PUBLICATION search_pub FOR TABLE
  events, venues, performers, event_performers, tickets (id, event_id, status, price, currency)
  WITH (publish = 'insert,update,delete,truncate');

CREATE TABLE indexer_checkpoint (
  slot        text PRIMARY KEY,
  system_id   text NOT NULL,
  timeline    integer NOT NULL,
  applied_lsn pg_lsn NOT NULL,
  collection  text NOT NULL,
  schema_hash text NOT NULL,
  epoch       bigint NOT NULL DEFAULT 0,
  updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE indexer_dead_letter (
  collection text NOT NULL,
  doc_id     text NOT NULL,
  error      text NOT NULL,
  code       integer NOT NULL,
  doc        jsonb NOT NULL,
  attempts   integer NOT NULL DEFAULT 1,
  first_at   timestamptz NOT NULL DEFAULT now(),
  last_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (collection, doc_id)
);

CREATE TABLE indexer_fanout (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('venue', 'performer', 'all')),
  ref_id     text NOT NULL,
  cursor     text NOT NULL DEFAULT '0',
  commit_lsn pg_lsn NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, ref_id)
);
