package store

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// layersKept is how many versions of what the desk learned stay, besides the one in force.
const layersKept = 30

const layerColumns = `l.version, l.at, l.by_user, l.model, l.first_n, l.last_n, l.changed, l.refused, l.forgotten, l.body,
	(SELECT COUNT(*) FROM layer_use u WHERE u.version = l.version)`

func scanLayer(row scanner) (v desk.LayerVersion, err error) {
	var when, forgotten, used int64
	var body string
	var c desk.LayerVersion
	if err = row.Scan(&c.Version, &when, &c.By, &c.Model, &c.First, &c.Last, &c.Changed, &c.Refused, &forgotten, &body, &used); err != nil {
		return v, err
	}
	if err = fromJSON(body, &v); err != nil {
		return v, err
	}
	v.Version, v.At, v.By, v.Model, v.First, v.Last, v.Changed, v.Refused = c.Version, at(when), c.By, c.Model, c.First, c.Last, c.Changed, c.Refused
	v.Forgotten, v.InForce = forgotten != 0, used != 0
	return v, nil
}

// Layers returns the versions of what the desk learned, newest first.
func (s *Store) Layers(ctx context.Context) ([]desk.LayerVersion, error) {
	out, err := collect(ctx, s.read, scanLayer, "SELECT "+layerColumns+" FROM layer l ORDER BY l.version DESC")
	if err != nil {
		return nil, fmt.Errorf("listing what the desk learned: %w", err)
	}
	return out, nil
}

// LayerWeights returns the weights of a version; ErrNotFound when there is no such version or its weights were forgotten.
func (s *Store) LayerWeights(ctx context.Context, version int64) (weights []byte, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT l.weights FROM layer l WHERE l.version = $1 AND l.forgotten = 0`, version).Scan(&weights)
	return weights, one(err, fmt.Sprintf("layer %d", version))
}

// LayerState returns what the desk does with what it learns.
func (s *Store) LayerState(ctx context.Context) (st desk.LayerState, err error) {
	var when int64
	err = s.read.QueryRowContext(ctx, `SELECT u.mode, u.version, u.at, u.by_user, COALESCE(l.version, 0), COALESCE(l.changed, 0), COALESCE(l.model, ''),
		(SELECT c.n FROM counter c WHERE c.name = 'correction'), (SELECT COUNT(*) FROM correction c WHERE c.changed > COALESCE(l.changed, 0))
		FROM layer_use u LEFT JOIN layer l ON l.version = (SELECT MAX(m.version) FROM layer m) WHERE u.id = 1`).
		Scan(&st.Mode, &st.InForce, &when, &st.By, &st.Newest, &st.Changed, &st.Model, &st.Taught, &st.Pending)
	if err != nil {
		return st, fmt.Errorf("reading what is learned: %w", err)
	}
	st.At = at(when)
	return st, nil
}

// LeaseLearning lets one owner at a time learn, for a while. False says that somebody else does.
func (s *Store) LeaseLearning(ctx context.Context, owner string, d time.Duration) (mine bool, err error) {
	err = s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE layer_use SET lease_owner = $1, lease_until = $2 WHERE id = 1 AND (lease_until <= $3 OR lease_owner = $4)`,
			owner, us(tx.now.Add(d)), us(tx.now), owner)
		mine = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("asking to learn: %w", err)
	}
	return mine, nil
}

// SaveLayer keeps a new version, gives it its number, and puts it in force where the desk learns by itself and the guard did not refuse
// it. What is the same as the newest version becomes that one. ErrConflict when another version came meanwhile, or when corrections changed since v.Changed was read: what it learned may be
// forgotten by now.
func (s *Store) SaveLayer(ctx context.Context, v *desk.LayerVersion, weights []byte, newest int64) error {
	err := s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(ctx, `UPDATE counter SET n = n WHERE name = 'correction' AND n = $1`, v.Changed)
		if err == nil && n == 0 {
			err = desk.Conflictf("Corrections changed while the desk learned from them.")
		}
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE layer_use SET mode = mode WHERE id = 1`); err != nil { // one at a time
			return err
		}
		var last int64
		if err := tx.q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM layer`).Scan(&last); err != nil {
			return err
		}
		if last != newest {
			return desk.Conflictf("Somebody else learned a version meanwhile.")
		}
		if err := tx.putLayer(ctx, v, weights, last); err != nil {
			return err
		}
		if v.Refused == "" {
			n, err := tx.exec(ctx, `UPDATE layer_use SET version = $1 WHERE id = 1 AND mode = $2`, v.Version, desk.LayerLearns)
			if err != nil {
				return err
			}
			v.InForce = n > 0
		}
		_, err = tx.exec(ctx, `DELETE FROM layer WHERE version <= $1 AND version NOT IN (SELECT u.version FROM layer_use u)`, v.Version-layersKept)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping what was learned: %w", err)
	}
	return nil
}

// putLayer adds a version. Where the newest one is the same, it only notes that corrections were read up to now.
func (tx *Tx) putLayer(ctx context.Context, v *desk.LayerVersion, weights []byte, newest int64) error {
	n, err := tx.exec(ctx, `UPDATE layer SET changed = $1, first_n = $2, last_n = $3 WHERE version = $4 AND weights = $5 AND model = $6 AND refused = $7 AND forgotten = 0`,
		v.Changed, v.First, v.Last, newest, weights, v.Model, v.Refused)
	if v.Version = newest; err != nil || n > 0 {
		return err
	}
	body, err := toJSON(v)
	if err != nil {
		return err
	}
	v.Version, v.At = newest+1, tx.now
	_, err = tx.exec(ctx, `INSERT INTO layer (version, at, by_user, model, first_n, last_n, changed, refused, body, weights) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.Version, us(v.At), v.By, v.Model, v.First, v.Last, v.Changed, v.Refused, body, weights)
	return err
}

// UseLayer changes what is in force. ErrNotFound when there is no such version, ErrInvalid when it was refused or its words were
// forgotten. Where the desk is to learn by itself again, what is in force stays until the next version.
func (s *Store) UseLayer(ctx context.Context, use desk.LayerUse) error {
	err := s.Update(ctx, func(tx *Tx) error {
		query, args := `UPDATE layer_use SET mode = $1, at = $2, by_user = $3 WHERE id = 1`, []any{use.Mode, us(tx.now), use.By}
		switch use.Mode {
		case desk.LayerLearns:
		case desk.LayerOff:
			query = `UPDATE layer_use SET mode = $1, at = $2, by_user = $3, version = 0 WHERE id = 1`
		default:
			v, err := scanLayer(tx.q.QueryRowContext(ctx, "SELECT "+layerColumns+" FROM layer l WHERE l.version = $1", use.Version))
			if err != nil {
				return one(err, fmt.Sprintf("layer %d", use.Version))
			}
			if v.Refused != "" {
				return desk.Invalidf("Layer %d was refused: %s", use.Version, v.Refused)
			}
			if v.Forgotten {
				return desk.Invalidf("Layer %d learned from words that were forgotten since; its weights are deleted.", use.Version)
			}
			query, args = `UPDATE layer_use SET mode = $1, at = $2, by_user = $3, version = $4 WHERE id = 1`, append(args, use.Version)
		}
		_, err := tx.exec(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("changing what is in force: %w", err)
	}
	return nil
}

// forgetLayers deletes the weights of every version that may have learned from a correction, and takes them out of force: the desk learns
// again without it.
func (tx *Tx) forgetLayers(ctx context.Context, correction int64) error {
	n, err := tx.exec(ctx, `UPDATE layer SET weights = $1, forgotten = 1 WHERE first_n <= $2 AND last_n >= $3 AND forgotten = 0`, []byte{}, correction, correction)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE layer_use SET version = 0, mode = CASE WHEN mode = $1 THEN $2 ELSE mode END
		WHERE version IN (SELECT l.version FROM layer l WHERE l.forgotten = 1)`, desk.LayerHeld, desk.LayerLearns)
	return err
}
