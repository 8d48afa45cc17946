-- What the persistence plugin writes: one row for each event of an actor, and one for each snapshot of its state. IF NOT EXISTS: earlier
-- versions let the plugin make them, with the same columns.
CREATE TABLE IF NOT EXISTS journal (
  ordering        INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
  created         INTEGER       NOT NULL,
  deleted         BIT           NOT NULL,
  persistence_id  NVARCHAR(255) NOT NULL,
  sequence_number INTEGER       NOT NULL,
  message         VARBINARY     NOT NULL,
  tags            NVARCHAR(100),
  manifest        NVARCHAR(500),
  identifier      INTEGER,
  writer_uuid     NVARCHAR(128)
);

-- Each event has its place in its stream: two writers of one place are told apart here, and the second is refused.
CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);

CREATE TABLE IF NOT EXISTS snapshot (
  persistence_id  NVARCHAR(255) NOT NULL,
  sequence_number INTEGER       NOT NULL,
  created         INTEGER       NOT NULL,
  snapshot        VARBINARY,
  manifest        NVARCHAR(500),
  serializer_id   INTEGER,
  CONSTRAINT PK_snapshot PRIMARY KEY (persistence_id, sequence_number)
);
