-- +goose Up
-- What is asked to become of a published reply, as JSON; empty when nothing is.
ALTER TABLE reply ADD COLUMN changing TEXT NOT NULL DEFAULT '';

-- What a reply said in public, from its publication on; only replies that were changed have rows.
CREATE TABLE reply_version (
  reply_id TEXT NOT NULL,
  version  BIGINT NOT NULL,                -- counted from 1
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  user_id  TEXT NOT NULL,                  -- empty when it happened at the site, by another hand
  at       BIGINT NOT NULL,
  PRIMARY KEY (reply_id, version)
);
