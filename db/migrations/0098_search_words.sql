-- Search among 100,000 events (decision 0150). The words that an event itself has are stored beside it, by Postgres: to
-- compute them takes longer than everything else about a search, and the planner, who knew that, read the table in ways
-- that never needed them. Those of venues and performers stay where they are, so a rename still touches one row.
-- Rewrites "events", which nobody can read meanwhile: some 6 seconds for 100,000.
ALTER TABLE events
  ADD COLUMN words tsvector GENERATED ALWAYS AS (search_vector(ARRAY[name, category], '{}')) STORED;
-- Without a list of what is yet to be put in place: every search would read that from end to end.
CREATE INDEX events_words ON events USING gin (words) WITH (fastupdate = off);
DROP INDEX events_search;

-- Who comes besides the headliner, whom the event itself names.
CREATE INDEX event_performers_guests ON event_performers (performer_id, event_id) WHERE position > 0;

-- Cities are compared as keywords are, and dividing those of a few thousand venues into words takes its time.
CREATE INDEX venues_city ON venues (search_tokens(city));

-- Numbers have no typing errors, and no word has a number for one: a season of numbered events taught it 100,000.
CREATE OR REPLACE FUNCTION learn_words(vectors tsvector[]) RETURNS void LANGUAGE sql
  BEGIN ATOMIC
    INSERT INTO search_vocabulary (word)
    SELECT DISTINCT word FROM unnest(vectors) AS vector, unnest(tsvector_to_array(vector)) AS learnt (word)
    WHERE length(word) BETWEEN 3 AND 40 AND word ~ '[^0-9]'
      AND NOT EXISTS (SELECT FROM search_vocabulary AS known WHERE known.word = learnt.word);
  END;
DELETE FROM search_vocabulary WHERE word !~ '[^0-9]';

CREATE OR REPLACE FUNCTION learn_event_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM learn_words(array_agg(words)) FROM changed;
  RETURN NULL;
END $$;
