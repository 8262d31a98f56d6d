-- +goose Up
-- Which known mention of a source is looked at again next in this round (0 between two rounds), and when the round began.
ALTER TABLE source ADD COLUMN recheck_n BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN recheck_at BIGINT NOT NULL DEFAULT 0;

-- What was spent at networks: money in millionths of the account's currency, and the network's own quota units, by the hour.
CREATE TABLE spend (
  source TEXT NOT NULL,
  hour   BIGINT NOT NULL,                  -- its beginning
  micros BIGINT NOT NULL,
  units  BIGINT NOT NULL,
  PRIMARY KEY (source, hour)
);
