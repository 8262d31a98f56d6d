-- +goose Up
-- Times are microseconds since 1970 UTC, 0 for "never". Identifiers are ours and text; n counts arrivals. JSON is TEXT.

CREATE TABLE counter (name TEXT PRIMARY KEY, n BIGINT NOT NULL);
INSERT INTO counter (name, n) VALUES ('event', 0);

-- Where each reader of the events stands.
CREATE TABLE watcher (name TEXT PRIMARY KEY, n BIGINT NOT NULL);

CREATE TABLE source (
  name          TEXT PRIMARY KEY,
  kind          TEXT NOT NULL,
  site          TEXT NOT NULL,
  account       TEXT NOT NULL,
  brand         TEXT NOT NULL,
  every         BIGINT NOT NULL,
  hash          TEXT NOT NULL,
  cursor        TEXT NOT NULL DEFAULT '',
  health        TEXT NOT NULL DEFAULT 'new',
  error         TEXT NOT NULL DEFAULT '',
  failures      BIGINT NOT NULL DEFAULT 0,
  first_poll_at BIGINT NOT NULL DEFAULT 0,
  last_poll_at  BIGINT NOT NULL DEFAULT 0,
  last_ok_at    BIGINT NOT NULL DEFAULT 0,
  last_new_at   BIGINT NOT NULL DEFAULT 0,
  next_poll_at  BIGINT NOT NULL DEFAULT 0,
  failing_since BIGINT NOT NULL DEFAULT 0,
  gap_at        BIGINT NOT NULL DEFAULT 0,
  gap_note      TEXT NOT NULL DEFAULT '',
  mentions      BIGINT NOT NULL DEFAULT 0,
  poison        BIGINT NOT NULL DEFAULT 0,
  spend         BIGINT NOT NULL DEFAULT 0,
  removed       BIGINT NOT NULL DEFAULT 0,
  lease_owner   TEXT NOT NULL DEFAULT '',
  lease_until   BIGINT NOT NULL DEFAULT 0,
  fence         BIGINT NOT NULL DEFAULT 0
);

-- How far an import came that has not ended.
CREATE TABLE import (
  name   TEXT PRIMARY KEY,
  cursor TEXT NOT NULL,
  at     BIGINT NOT NULL
);

CREATE TABLE account (
  name        TEXT PRIMARY KEY,
  site        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  publish     BIGINT NOT NULL DEFAULT 0,
  removed     BIGINT NOT NULL DEFAULT 0,
  sealed      BLOB,                      -- tokens, encrypted with desk.key_file
  needs_human TEXT NOT NULL DEFAULT '',
  expires_at  BIGINT NOT NULL DEFAULT 0,
  changed_at  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE mention (
  n           INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  site        TEXT NOT NULL,
  remote_id   TEXT NOT NULL,
  kind        TEXT NOT NULL,
  thread      TEXT NOT NULL,
  parent      TEXT NOT NULL,
  author_key  TEXT NOT NULL,               -- the author's id, or handle where the site has no ids; '' when anonymous
  author_id   TEXT NOT NULL,
  handle      TEXT NOT NULL,
  author_name TEXT NOT NULL,
  author_url  TEXT NOT NULL,
  followers   BIGINT NOT NULL,
  title       TEXT NOT NULL,
  text        TEXT NOT NULL,
  said_lang   TEXT NOT NULL,
  url         TEXT NOT NULL,
  rating      DOUBLE PRECISION NOT NULL,
  rating_best DOUBLE PRECISION NOT NULL,
  posted_at   BIGINT NOT NULL,
  edited_at   BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL,
  gone_at     BIGINT NOT NULL DEFAULT 0,
  visibility  TEXT NOT NULL,
  ours        BIGINT NOT NULL,
  likes       BIGINT NOT NULL,
  shares      BIGINT NOT NULL,
  replies     BIGINT NOT NULL,
  views       BIGINT NOT NULL,
  source      TEXT NOT NULL,
  brand       TEXT NOT NULL,
  version     BIGINT NOT NULL,
  digest      TEXT NOT NULL,
  extra       TEXT NOT NULL,
  case_id     TEXT NOT NULL DEFAULT '',
  language    TEXT NOT NULL,
  sentiment   TEXT NOT NULL,
  urgency     BIGINT NOT NULL,
  intent      TEXT NOT NULL,
  spam        TEXT NOT NULL,
  judged_at   BIGINT NOT NULL,             -- names the verdict in force
  search      TEXT NOT NULL,               -- folded tokens of title, text and author, joined by spaces
  UNIQUE (site, remote_id)
);
CREATE INDEX mention_brand     ON mention (brand, n);
CREATE INDEX mention_sentiment ON mention (sentiment, n);
CREATE INDEX mention_language  ON mention (language, n);
CREATE INDEX mention_urgency   ON mention (urgency, n);
CREATE INDEX mention_intent    ON mention (intent, n);
CREATE INDEX mention_site      ON mention (site, n);
CREATE INDEX mention_thread    ON mention (site, thread, n);
CREATE INDEX mention_author    ON mention (site, author_key, n);
CREATE INDEX mention_handle    ON mention (handle, n);
CREATE INDEX mention_seen      ON mention (seen_at, n);
CREATE INDEX mention_case      ON mention (case_id, n) WHERE case_id <> '';
CREATE INDEX mention_ours      ON mention (n) WHERE ours = 1;
CREATE INDEX mention_spam      ON mention (n) WHERE spam = 'yes';
CREATE VIRTUAL TABLE mention_fts USING fts4(content="mention", search, tokenize=unicode61, order=desc);
-- +goose StatementBegin
CREATE TRIGGER mention_fts_bu BEFORE UPDATE OF search ON mention BEGIN DELETE FROM mention_fts WHERE docid = old.n; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mention_fts_bd BEFORE DELETE ON mention BEGIN DELETE FROM mention_fts WHERE docid = old.n; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mention_fts_au AFTER UPDATE OF search ON mention BEGIN INSERT INTO mention_fts (docid, search) VALUES (new.n, new.search); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER mention_fts_ai AFTER INSERT ON mention BEGIN INSERT INTO mention_fts (docid, search) VALUES (new.n, new.search); END;
-- +goose StatementEnd

-- Every earlier and the present wording.
CREATE TABLE mention_version (
  n           BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  title       TEXT NOT NULL,
  text        TEXT NOT NULL,
  rating      DOUBLE PRECISION NOT NULL,
  rating_best DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (n, version)
);

CREATE TABLE sighting (
  source   TEXT NOT NULL,
  n        BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  PRIMARY KEY (source, n)
) WITHOUT ROWID;
CREATE INDEX sighting_n ON sighting (n);

-- Products, topics and brands of the verdict in force.
CREATE TABLE mention_tag (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  n    BIGINT NOT NULL,
  PRIMARY KEY (kind, name, n)
) WITHOUT ROWID;
CREATE INDEX mention_tag_n ON mention_tag (n);

CREATE TABLE verdict (
  n      BIGINT NOT NULL,
  at     BIGINT NOT NULL,
  model  TEXT NOT NULL,
  rules  TEXT NOT NULL,
  failed TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (n, at)                      -- with a rowid: without one a row over 1 kB takes a page of its own
);

-- What the site sent, compressed, for a while.
CREATE TABLE raw (
  n          BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  at         BIGINT NOT NULL,
  body       BLOB NOT NULL,
  PRIMARY KEY (n, version)
);
CREATE INDEX raw_at ON raw (at);

CREATE TABLE poison (
  n         INTEGER PRIMARY KEY,
  source    TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  at        BIGINT NOT NULL,
  error     TEXT NOT NULL,
  raw       BLOB NOT NULL,
  digest    TEXT NOT NULL,                 -- the same item is kept once
  UNIQUE (source, digest)
);
CREATE INDEX poison_source ON poison (source, n);

-- How a mention was received, over time.
CREATE TABLE sample (
  n       BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  likes   BIGINT NOT NULL,
  shares  BIGINT NOT NULL,
  replies BIGINT NOT NULL,
  views   BIGINT NOT NULL,
  PRIMARY KEY (n, at)
) WITHOUT ROWID;

CREATE TABLE cases (
  id            TEXT PRIMARY KEY,
  brand         TEXT NOT NULL,
  site          TEXT NOT NULL,
  thread        TEXT NOT NULL,
  author        TEXT NOT NULL,
  head          TEXT NOT NULL,
  state         TEXT NOT NULL,
  owner         TEXT NOT NULL,
  snoozed_until BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  urgency       BIGINT NOT NULL,
  sentiment     TEXT NOT NULL,
  mentions      BIGINT NOT NULL,
  opened_at     BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  remark_at     BIGINT NOT NULL,
  taken_at      BIGINT NOT NULL,
  answered_at   BIGINT NOT NULL,
  resolved_at   BIGINT NOT NULL,
  reopened      BIGINT NOT NULL,
  reason        TEXT NOT NULL,
  reply_state   TEXT NOT NULL DEFAULT '',  -- of the newest reply
  col           TEXT NOT NULL,             -- column of the board
  sort          BIGINT NOT NULL            -- place in it, smallest first
);
CREATE INDEX cases_board  ON cases (col, sort, id DESC);
CREATE INDEX cases_brand  ON cases (brand, col, sort, id DESC);
CREATE INDEX cases_owner  ON cases (owner, col, sort, id DESC);
CREATE INDEX cases_urgency ON cases (urgency, col, sort, id DESC);
CREATE INDEX cases_thread ON cases (site, thread);
CREATE INDEX cases_author ON cases (site, author, brand, remark_at);

-- One row a case for medians and deadlines; a case's own columns may be rewritten, these times only ever advance.
CREATE TABLE case_fact (
  case_id     TEXT PRIMARY KEY,
  brand       TEXT NOT NULL,
  site        TEXT NOT NULL,
  author      TEXT NOT NULL,
  urgency     BIGINT NOT NULL,
  opened_at   BIGINT NOT NULL,
  taken_at    BIGINT NOT NULL,
  answered_at BIGINT NOT NULL,
  resolved_at BIGINT NOT NULL,
  reopened    BIGINT NOT NULL
);
CREATE INDEX case_fact_opened ON case_fact (opened_at);

CREATE TABLE reply (
  id           TEXT PRIMARY KEY,
  case_id      TEXT NOT NULL,
  parent       TEXT NOT NULL,
  account      TEXT NOT NULL,
  text         TEXT NOT NULL,
  state        TEXT NOT NULL,
  visibility   TEXT NOT NULL,
  outdated     BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  seen_case    BIGINT NOT NULL,
  seen_target  BIGINT NOT NULL,
  author       TEXT NOT NULL,
  approved_by  TEXT NOT NULL,
  note         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  changed_at   BIGINT NOT NULL,
  send_at      BIGINT NOT NULL,
  started_at   BIGINT NOT NULL,
  published_at BIGINT NOT NULL,
  receipt      TEXT NOT NULL
);
CREATE INDEX reply_case   ON reply (case_id, id);
CREATE INDEX reply_parent ON reply (parent);

-- Every outward act, before it happens.
CREATE TABLE outbox (
  n          INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  key        TEXT NOT NULL UNIQUE,
  order_key  TEXT NOT NULL,
  subject    TEXT NOT NULL,
  account    TEXT NOT NULL,
  brand      TEXT NOT NULL,
  body       BLOB NOT NULL,
  state      TEXT NOT NULL,
  attempts   BIGINT NOT NULL,
  next_at    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  error      TEXT NOT NULL,
  receipt    TEXT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  fence      BIGINT NOT NULL
);
CREATE INDEX outbox_due     ON outbox (kind, next_at, n) WHERE state = 'waiting';
CREATE INDEX outbox_leased  ON outbox (kind, lease_until) WHERE state = 'leased';
CREATE INDEX outbox_order   ON outbox (order_key, n) WHERE state IN ('waiting', 'leased');
CREATE INDEX outbox_subject ON outbox (subject, n);
CREATE INDEX outbox_state   ON outbox (state, n);

CREATE TABLE event (
  n          BIGINT PRIMARY KEY,           -- in the order of commits
  at         BIGINT NOT NULL,
  actor      TEXT NOT NULL,
  what       TEXT NOT NULL,
  case_id    TEXT NOT NULL,
  mention_id TEXT NOT NULL,
  reply_id   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  brand      TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state   TEXT NOT NULL
);
CREATE INDEX event_case ON event (case_id, n) WHERE case_id <> '';

CREATE TABLE stop (
  kind    TEXT NOT NULL,
  name    TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (kind, name)
);

CREATE TABLE users (
  id         TEXT PRIMARY KEY,
  email      TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  brands     TEXT NOT NULL,
  locale     TEXT NOT NULL,
  theme      TEXT NOT NULL,
  density    TEXT NOT NULL,
  hash       TEXT NOT NULL,
  disabled   BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE token (
  hash       TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL
);
CREATE INDEX token_user ON token (user_id);

CREATE TABLE session (
  hash       TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_user    ON session (user_id);
CREATE INDEX session_expires ON session (expires_at);

-- Additive counts by hour.
CREATE TABLE rollup (
  hour      BIGINT NOT NULL,               -- hours since 1970 UTC
  brand     TEXT NOT NULL,
  source    TEXT NOT NULL,
  language  TEXT NOT NULL,
  sentiment TEXT NOT NULL,
  n         BIGINT NOT NULL,
  PRIMARY KEY (hour, brand, source, language, sentiment)
) WITHOUT ROWID;
