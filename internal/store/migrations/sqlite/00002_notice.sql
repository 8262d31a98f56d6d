-- +goose Up
-- What is told in one message, and what was said of it. A group stays when its members are gone: its generation must not begin
-- again, because the keys of the outbox carry it.
CREATE TABLE notice_group (
  key        TEXT PRIMARY KEY,
  route      TEXT NOT NULL,
  target     TEXT NOT NULL,
  labels     TEXT NOT NULL,
  generation BIGINT NOT NULL,
  anchor     BIGINT NOT NULL,
  said_at    BIGINT NOT NULL,
  told_at    BIGINT NOT NULL,
  due_at     BIGINT NOT NULL,
  receipt    TEXT NOT NULL DEFAULT '',
  delivered  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notice_group_due ON notice_group (due_at, key) WHERE due_at > 0;

CREATE TABLE notice_member (
  group_key     TEXT NOT NULL,
  subject       TEXT NOT NULL,
  state         TEXT NOT NULL,
  urgency       BIGINT NOT NULL,
  snoozed_until BIGINT NOT NULL,
  print         TEXT NOT NULL,
  since         BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  said_state    TEXT NOT NULL,
  said_urgency  BIGINT NOT NULL,
  said_print    TEXT NOT NULL,
  PRIMARY KEY (group_key, subject)
) WITHOUT ROWID;
CREATE INDEX notice_member_subject ON notice_member (subject);

-- Notices begin with what happens from now on, not with the past of a desk that had none.
INSERT INTO watcher (name, n) SELECT 'notify', n FROM counter WHERE name = 'event';
