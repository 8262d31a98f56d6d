-- +goose Up
-- How often words were written, by day. Only the words that matter most in a scope are kept, and for a while.
CREATE TABLE term (
  day      BIGINT NOT NULL,                -- days since 1970 UTC
  brand    TEXT NOT NULL,
  product  TEXT NOT NULL,                  -- '' for the brand as a whole
  language TEXT NOT NULL,
  term     TEXT NOT NULL,                  -- '' for the sum of all words, of those not kept, too
  word     TEXT NOT NULL,
  n        BIGINT NOT NULL,                -- mentions with it
  small    BIGINT NOT NULL,                -- of these, how many write it without a capital
  who      TEXT NOT NULL,                  -- up to three letters that tell authors apart
  PRIMARY KEY (brand, product, day, language, term)
);
CREATE INDEX term_day_of ON term (day);

-- Which days were counted, and how many mentions each had then.
CREATE TABLE term_day (
  day  BIGINT PRIMARY KEY,
  seen BIGINT NOT NULL,
  at   BIGINT NOT NULL
);

CREATE INDEX mention_said ON mention ((COALESCE(NULLIF(posted_at, 0), seen_at)), n);

-- How often words were forgotten: what was read before is not kept after.
INSERT INTO counter (name, n) VALUES ('terms', 0);
