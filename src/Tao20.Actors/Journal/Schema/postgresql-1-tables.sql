-- What the persistence plugin writes: one row for each event of an actor, and one for each snapshot of its state. IF NOT EXISTS: earlier
-- versions let the plugin make them, with the same columns.
CREATE TABLE IF NOT EXISTS journal (
  ordering        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created         bigint  NOT NULL,
  deleted         boolean NOT NULL,
  persistence_id  text    NOT NULL,
  sequence_number bigint  NOT NULL,
  message         bytea   NOT NULL,
  tags            text,
  manifest        text,
  identifier      integer,
  writer_uuid     text,

  -- Each event has its place in its stream: two writers of one place are told apart here, and the second is refused.
  CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number)
);

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id  text   NOT NULL,
  sequence_number bigint NOT NULL,
  created         bigint NOT NULL,
  snapshot        bytea,
  manifest        text,
  serializer_id   integer,
  PRIMARY KEY (persistence_id, sequence_number)
);

-- Which writer has written an entry; NULL for those before there were writers.
ALTER TABLE journal ADD COLUMN IF NOT EXISTS writer bigint;
