-- +goose Up
-- What people said about verdicts: a tag that was wrong, and what it should be. Nothing is deleted; a correction is withdrawn.
CREATE TABLE correction (
  n            BIGINT PRIMARY KEY,         -- in the order of commits
  changed      BIGINT NOT NULL,            -- from the same counter: grows whenever it comes to stand or ceases to
  id           TEXT NOT NULL UNIQUE,
  mention_n    BIGINT NOT NULL,
  version      BIGINT NOT NULL,            -- of the words that were read
  tag          TEXT NOT NULL,
  from_label   TEXT NOT NULL,
  to_label     TEXT NOT NULL,
  machine      TEXT NOT NULL,              -- the label that triage itself had given; empty for lists
  model        TEXT NOT NULL,
  rules        TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  note         TEXT NOT NULL,
  learnable    BIGINT NOT NULL,            -- 0 where a site's terms forbid learning, and when the words were forgotten
  withdrawn_at BIGINT NOT NULL DEFAULT 0,
  withdrawn_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX correction_mention ON correction (mention_n, n);
CREATE INDEX correction_changed ON correction (changed);
INSERT INTO counter (name, n) VALUES ('correction', 0);

-- Of a verdict that people corrected: which one triage itself gave. 0 for those that triage gave.
ALTER TABLE verdict ADD COLUMN machine_at BIGINT NOT NULL DEFAULT 0;

-- How far a replay came that has not ended, and what it changed so far.
CREATE TABLE replay (
  name   TEXT PRIMARY KEY,                 -- the model and rules that judge
  step   BIGINT NOT NULL,                 -- grows with every stretch that is stored
  body   TEXT NOT NULL,                    -- JSON
  at     BIGINT NOT NULL
);

-- From now on the hourly counts follow every verdict in force; edits did not move them before.
DELETE FROM rollup;
INSERT INTO rollup (hour, brand, source, language, sentiment, n)
  SELECT CASE WHEN posted_at = 0 THEN seen_at ELSE posted_at END / 3600000000, brand, source, language, sentiment, count(*)
  FROM mention WHERE ours = 0 GROUP BY 1, 2, 3, 4, 5;
