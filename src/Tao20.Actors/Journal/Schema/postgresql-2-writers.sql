-- Who writes. Each process that may has a number, which is never used again: its fencing number. One that another has ended is refused from
-- then on, whatever it believes.
CREATE SEQUENCE IF NOT EXISTS tao20_writer_number AS bigint;

-- Which journal this is: nodes of one cluster have the same.
CREATE TABLE IF NOT EXISTS tao20_identity (id uuid NOT NULL);
INSERT INTO tao20_identity SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT 1 FROM tao20_identity);

CREATE TABLE IF NOT EXISTS tao20_writer (
  number      bigint      PRIMARY KEY,
  node        text        NOT NULL,
  incarnation bigint      NOT NULL,
  program     text        NOT NULL,
  began       timestamptz NOT NULL DEFAULT now(),
  ended       timestamptz,
  ended_by    text
);

-- Who has what only one may have: a shard of miners, a singleton, or the last word on a partition.
CREATE TABLE IF NOT EXISTS tao20_lease (
  name   text        PRIMARY KEY,
  writer bigint      NOT NULL REFERENCES tao20_writer,
  since  timestamptz NOT NULL DEFAULT now()
);

-- Who has taken what from whom, one after the other: with the writers of the entries it shows that no stream had two at a time.
CREATE TABLE IF NOT EXISTS tao20_takeover (
  fence  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lease  text        NOT NULL,
  writer bigint      NOT NULL,
  since  timestamptz NOT NULL DEFAULT now()
);

-- The number of the writer whose connection this is: all of them say it by their application name, which poolers hand on.
CREATE OR REPLACE FUNCTION tao20_this_writer() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT substring(current_setting('application_name') FROM '^tao20/([0-9]+)$')::bigint
$$;

-- Refuses whoever is no writer, or none any more. The lock is shared by the transactions of one writer; who ends that writer takes it
-- alone, and so waits for those that are under way, and no later one gets through. Each query of this function sees what is committed when
-- it begins.
CREATE OR REPLACE FUNCTION tao20_require_writer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  this bigint := tao20_this_writer();
  found tao20_writer;
BEGIN
  IF this IS NULL THEN
    RAISE EXCEPTION 'this session is none of a writer of the journal' USING ERRCODE = 'TAO01',
      HINT = 'Nodes write here. To repair by hand, stop them all and ALTER TABLE ... DISABLE TRIGGER tao20_writer for that time.';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(1952542466, this::integer);
  SELECT * INTO found FROM tao20_writer WHERE number = this;
  IF found.number IS NULL THEN
    RAISE EXCEPTION 'writer % is not known here', this USING ERRCODE = 'TAO01';
  END IF;
  IF found.ended IS NOT NULL THEN
    RAISE EXCEPTION 'writer % (%) was ended by % at %', this, found.node, found.ended_by,
      to_char(found.ended AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') USING ERRCODE = 'TAO01';
  END IF;
  RETURN NULL;
END
$$;

ALTER TABLE journal ALTER COLUMN writer SET DEFAULT tao20_this_writer();

CREATE OR REPLACE TRIGGER tao20_writer BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION tao20_require_writer();

CREATE OR REPLACE TRIGGER tao20_writer BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION tao20_require_writer();
