package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	conversationFresh = time.Minute // several people look at one case
	conversationTime  = 10 * time.Second
	conversationsKept = 100
)

// conversations fetches what was said around mentions and remembers it for a moment.
type conversations struct {
	app *App

	mu   sync.Mutex
	kept map[desk.Key]conversation
}

type conversation struct {
	at   time.Time
	said []desk.Mention
}

// possible tells whether the source of a mention can fetch conversations.
func (c *conversations) possible(m *desk.Mention) bool {
	_, ok := c.app.sources[m.Source].connector.(connectors.Threader)
	return ok
}

// around returns the conversation around a mention, which is not stored.
func (c *conversations) around(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	c.mu.Lock()
	known, ok := c.kept[m.Key()]
	c.mu.Unlock()
	if ok && time.Since(known.at) < conversationFresh {
		return known.said, nil
	}
	threader, ok := c.app.sources[m.Source].connector.(connectors.Threader)
	if !ok {
		return nil, fmt.Errorf("the source %s cannot fetch conversations: %w", m.Source, desk.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, conversationTime)
	defer cancel()
	var said []desk.Mention
	err := connectors.Guard(func() (err error) { said, err = threader.Thread(ctx, m); return err })
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) >= conversationsKept {
		clear(c.kept)
	}
	c.kept[m.Key()] = conversation{time.Now(), said}
	return said, nil
}
