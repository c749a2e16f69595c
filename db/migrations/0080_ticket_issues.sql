-- Printed tickets that are void. A code says which issue of its ticket it is; a row here is the lowest issue that still
-- counts, and none means 0. So the table is also the short list that a scanner at the door carries.
CREATE TABLE ticket_issues (
  ticket_id bigint PRIMARY KEY REFERENCES tickets ON DELETE CASCADE,
  event_id  bigint NOT NULL,
  issue     bigint NOT NULL CHECK (issue BETWEEN 1 AND 4294967295)
);
CREATE INDEX ticket_issues_event ON ticket_issues (event_id);

-- A seat that is taken from its buyer may be sold again: what the first one printed must not open the door.
CREATE FUNCTION void_printed_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ticket_issues (ticket_id, event_id, issue) VALUES (OLD.id, OLD.event_id, 1)
  ON CONFLICT (ticket_id) DO UPDATE SET issue = ticket_issues.issue + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER tickets_void_printed AFTER UPDATE OF booking_id ON tickets FOR EACH ROW
  WHEN (OLD.booking_id IS NOT NULL AND NEW.booking_id IS DISTINCT FROM OLD.booking_id)
  EXECUTE FUNCTION void_printed_ticket();
