package store

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// PutReplyVersion stores one moment in the public life of a reply.
func (tx *Tx) PutReplyVersion(ctx context.Context, id desk.ReplyID, v desk.ReplyVersion) error {
	_, err := tx.exec(ctx, `INSERT INTO reply_version (reply_id, version, kind, text, user_id, at) VALUES `+rows(1, 6),
		id, v.Number, v.Kind, v.Text, v.By, us(v.At))
	if err != nil {
		return fmt.Errorf("storing what reply %s said: %w", id, err)
	}
	return nil
}

const versionColumns = `v.reply_id, v.version, v.kind, v.text, v.user_id, v.at`

type pastOf struct {
	id desk.ReplyID
	desk.ReplyVersion
}

func scanReplyVersion(row scanner) (p pastOf, err error) {
	var when int64
	err = row.Scan(&p.id, &p.Number, &p.Kind, &p.Text, &p.By, &when)
	p.At = at(when)
	return p, err
}

// ReplyVersions reads the public life of a reply, oldest first; nothing when it was never changed.
func (tx *Tx) ReplyVersions(ctx context.Context, id desk.ReplyID) ([]desk.ReplyVersion, error) {
	found, err := collect(ctx, tx.q, scanReplyVersion, `SELECT `+versionColumns+` FROM reply_version v WHERE v.reply_id = $1 ORDER BY v.version`, id)
	if err != nil {
		return nil, fmt.Errorf("reading what reply %s said: %w", id, err)
	}
	out := make([]desk.ReplyVersion, 0, len(found))
	for _, p := range found {
		out = append(out, p.ReplyVersion)
	}
	return out, nil
}

// past reads the public lives of a case's replies.
func (s *Store) past(ctx context.Context, id desk.CaseID) (map[desk.ReplyID][]desk.ReplyVersion, error) {
	found, err := collect(ctx, s.read, scanReplyVersion, `SELECT `+versionColumns+` FROM reply r JOIN reply_version v ON v.reply_id = r.id
		WHERE r.case_id = $1 ORDER BY v.reply_id, v.version`, id)
	out := map[desk.ReplyID][]desk.ReplyVersion{}
	for _, p := range found {
		out[p.id] = append(out[p.id], p.ReplyVersion)
	}
	return out, err
}
