package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/seal"
	"github.com/earshotdesk/earshot/web"
)

// pushTime bounds how long a network waits for us; most give up after 10 to 30 seconds.
const pushTime = 10 * time.Second

// deliver takes what a network sent to a source: all of it is stored before it is answered, so a delivery that was not answered
// comes again and finds itself known.
func (a *App) deliver(ctx context.Context, name string, d web.Delivery) (web.Answered, error) {
	s, ok := a.sources[name]
	pusher, pushes := s.connector.(connectors.Pusher)
	if !ok || !pushes || !s.caps.Pushes {
		return web.Answered{}, fmt.Errorf("source %q takes no deliveries: %w", name, desk.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, pushTime)
	defer cancel()
	now := time.Now()
	var batch connectors.Batch
	var answer connectors.Answer
	err := connectors.Guard(func() (err error) {
		batch, answer, err = pusher.Push(ctx, connectors.Delivery{Method: d.Method, Header: d.Header, Query: d.Query, Body: d.Body, At: now})
		return err
	})
	if stored := a.takePush(ctx, s, batch, now); stored != nil {
		a.log.Error("a delivery could not be stored; the network is asked to send it again", "source", name, "error", stored)
		return web.Answered{}, stored
	}
	if err != nil {
		if n, say := a.strangers.turnedAway(name, now); say {
			a.log.Warn("a delivery was not taken", "source", name, "error", err, "unsaid", n)
		}
		if answer.Status == 0 {
			return web.Answered{}, err
		}
	}
	return web.Answered{Status: answer.Status, Type: answer.Type, Body: answer.Body}, nil
}

// sayEvery is how often the log tells of deliveries to one source that were not taken: anybody can send some, as many as they like.
const sayEvery = time.Minute

// strangers counts, by source, the deliveries that were turned away since the log told of one.
type strangers struct {
	mu     sync.Mutex
	told   map[string]time.Time
	unsaid map[string]int
}

// turnedAway counts one, and tells whether to speak of it and how many went unsaid before.
func (s *strangers) turnedAway(source string, now time.Time) (unsaid int, say bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told == nil {
		s.told, s.unsaid = map[string]time.Time{}, map[string]int{}
	}
	if last, ok := s.told[source]; ok && now.Sub(last) < sayEvery {
		s.unsaid[source]++
		return 0, false
	}
	unsaid = s.unsaid[source]
	s.told[source], s.unsaid[source] = now, 0
	return unsaid, true
}

// takePush stores what a delivery held. Before the first poll it is judged quietly, as everything of the first contact is.
func (a *App) takePush(ctx context.Context, s source, b connectors.Batch, now time.Time) error {
	if len(b.Mentions)+len(b.Gone)+len(b.Poison) == 0 {
		return nil
	}
	state, err := a.store.Source(ctx, s.desk.Name)
	if err != nil {
		return err
	}
	in := connectors.Pushed(s.desk, b, now)
	in.First, in.Forget = state.FirstPollAt.IsZero(), s.caps.Forgets
	_, err = a.work.Ingest(ctx, in)
	return err
}

// hook says where a network reaches a source, and the key that the source signs with; nothing when the desk has no public address.
func (a *App) hook(source string) (string, desk.Secret, error) {
	if a.cfg.Desk.URL == "" {
		return "", "", nil
	}
	box, err := seal.Open(a.cfg.Desk.KeyFile)
	if err != nil {
		return "", "", errors.Join(errors.New("the key that signs subscriptions"), err)
	}
	return a.cfg.Desk.URL + "/hooks/" + source, box.Derive("hook " + source), nil
}
