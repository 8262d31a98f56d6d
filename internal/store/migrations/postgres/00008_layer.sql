-- +goose Up
-- Versions of what the desk learned from corrections. A row is written once; only forgetting takes its weights away.
CREATE TABLE layer (
  version   BIGINT PRIMARY KEY,
  at        BIGINT NOT NULL,
  by_user   TEXT NOT NULL,
  model     TEXT NOT NULL,                 -- that it was learned on top of
  first_n   BIGINT NOT NULL,               -- of the corrections that it learned from
  last_n    BIGINT NOT NULL,
  changed   BIGINT NOT NULL,               -- the counter of corrections when they were read
  refused   TEXT NOT NULL,                 -- why it may not go into force
  forgotten BIGINT NOT NULL DEFAULT 0,     -- words that it learned from were forgotten, its weights with them
  body      TEXT NOT NULL,                 -- JSON: sizes and scores
  weights   BYTEA NOT NULL
);

-- What is in force: one row.
CREATE TABLE layer_use (
  id          BIGINT PRIMARY KEY,
  mode        TEXT NOT NULL,               -- learns, held or off
  version     BIGINT NOT NULL,             -- 0 for none
  at          BIGINT NOT NULL,
  by_user     TEXT NOT NULL,
  lease_owner TEXT NOT NULL DEFAULT '',    -- who learns now
  lease_until BIGINT NOT NULL DEFAULT 0
);
INSERT INTO layer_use (id, mode, version, at, by_user) VALUES (1, 'learns', 0, 0, '');
