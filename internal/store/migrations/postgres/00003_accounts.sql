-- +goose Up
-- What an account may do at its network, and who is at renewing it.
ALTER TABLE account ADD COLUMN handle        TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN login         TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN grant_sealed  BYTEA;                          -- like sealed; sealed is a token that was given by hand
ALTER TABLE account ADD COLUMN grant_version BIGINT NOT NULL DEFAULT 0;      -- grows with every change of sealed and grant_sealed
ALTER TABLE account ADD COLUMN connected_at  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN who           TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN scopes        TEXT NOT NULL DEFAULT '[]';
ALTER TABLE account ADD COLUMN ends_since    BIGINT NOT NULL DEFAULT 0;      -- since when it is known that it ends at expires_at
ALTER TABLE account ADD COLUMN renews        BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN told          TEXT NOT NULL DEFAULT '';      -- the stage that colleagues were told of last
ALTER TABLE account ADD COLUMN lease_owner   TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN lease_until   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN fence         BIGINT NOT NULL DEFAULT 0;

-- Consents that wait for the browser to come back. They are minutes old at most and in no backup.
CREATE TABLE consent (
  state      TEXT PRIMARY KEY,               -- SHA-256 of the state
  account    TEXT NOT NULL,
  begun_by   TEXT NOT NULL,
  redirect   TEXT NOT NULL,
  sealed     BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
