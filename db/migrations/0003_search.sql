-- Search in Postgres: the fallback where no search server is to be had. Words are computed from the rows themselves by
-- indexes on expressions, so that a renamed venue or performer is found under its new name at once, and nothing has to
-- be kept in step. Only the vocabulary for typing errors is stored; a word too many in it does no harm.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- The words of a text, in order: what stands between spaces and punctuation, in lower case and without accents.
-- PL/pgSQL because it keeps its plans, and qualified names because a restore has no search path. unaccent() is declared
-- stable only since its dictionary could be changed; nobody changes ours.
CREATE FUNCTION search_tokens(input text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN array_remove(regexp_split_to_array(
    lower(public.unaccent(normalize(input, NFKC))),
    '[\s!-/:-@\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f]+'), '');
END $$;

-- The words of names; those that punctuation divides also as one (AC/DC is ac, dc and acdc); and the initials of those
-- in "named" that have three words or more (PSG, MSG, QOTSA).
CREATE FUNCTION search_vector(names text[], named text[]) RETURNS tsvector
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 5000 AS $$
DECLARE
  words text[] := '{}';
  name text;
  chunk text;
  parts text[];
  part text;
  initials text;
BEGIN
  FOREACH name IN ARRAY names LOOP
    words := words || public.search_tokens(name);
    IF name ~ '\S[^[:alnum:]\s]\S' THEN
      FOREACH chunk IN ARRAY regexp_split_to_array(name, '\s+') LOOP
        words := words || array_to_string(public.search_tokens(chunk), '');
      END LOOP;
    END IF;
  END LOOP;
  FOREACH name IN ARRAY named LOOP
    parts := public.search_tokens(translate(name, '''’.', ''));
    IF cardinality(parts) >= 3 THEN
      initials := '';
      FOREACH part IN ARRAY parts LOOP
        initials := initials || left(part, 1);
      END LOOP;
      words := words || initials;
    END IF;
  END LOOP;
  RETURN array_to_tsvector(ARRAY(SELECT DISTINCT left(word, 60) FROM unnest(words) AS word WHERE word <> ''));
END $$;

CREATE INDEX events_search ON events USING gin (search_vector(ARRAY[name, category], '{}'));
CREATE INDEX performers_search ON performers
  USING gin (search_vector(name || alternate_names, name || alternate_names));
CREATE INDEX venues_search ON venues
  USING gin (search_vector(ARRAY[name, city] || alternate_names, name || alternate_names));

-- Every word that was ever in use, to correct typing errors by. Words may come twice when two transactions learn them
-- at the same time: a unique index would make them wait for each other.
CREATE TABLE search_vocabulary (word text COLLATE "C" NOT NULL);
CREATE INDEX search_vocabulary_word ON search_vocabulary (word);

CREATE FUNCTION learn_words(vectors tsvector[]) RETURNS void LANGUAGE sql
  BEGIN ATOMIC
    INSERT INTO search_vocabulary (word)
    SELECT DISTINCT word FROM unnest(vectors) AS vector, unnest(tsvector_to_array(vector)) AS learnt (word)
    WHERE length(word) BETWEEN 3 AND 40
      AND NOT EXISTS (SELECT FROM search_vocabulary AS known WHERE known.word = learnt.word);
  END;

CREATE FUNCTION learn_event_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM learn_words(array_agg(search_vector(ARRAY[name, category], '{}'))) FROM changed;
  RETURN NULL;
END $$;

CREATE FUNCTION learn_performer_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM learn_words(array_agg(search_vector(name || alternate_names, '{}'))) FROM changed;
  RETURN NULL;
END $$;

CREATE FUNCTION learn_venue_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM learn_words(array_agg(search_vector(ARRAY[name, city] || alternate_names, '{}'))) FROM changed;
  RETURN NULL;
END $$;

CREATE TRIGGER events_learn_insert AFTER INSERT ON events
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_event_words();
CREATE TRIGGER events_learn_update AFTER UPDATE ON events
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_event_words();
CREATE TRIGGER performers_learn_insert AFTER INSERT ON performers
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_performer_words();
CREATE TRIGGER performers_learn_update AFTER UPDATE ON performers
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_performer_words();
CREATE TRIGGER venues_learn_insert AFTER INSERT ON venues
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_venue_words();
CREATE TRIGGER venues_learn_update AFTER UPDATE ON venues
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION learn_venue_words();

SELECT learn_words(array_agg(search_vector(ARRAY[name, category], '{}'))) FROM events;
SELECT learn_words(array_agg(search_vector(name || alternate_names, '{}'))) FROM performers;
SELECT learn_words(array_agg(search_vector(ARRAY[name, city] || alternate_names, '{}'))) FROM venues;

-- What can be bought, cheapest first, and whether anything can: a sale only ever removes from it.
CREATE INDEX tickets_for_sale ON tickets (event_id, price) WHERE status = 'available';
