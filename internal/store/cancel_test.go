package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestCancelledReadsHarmNoOther lets many readers give up at any moment, as browsers do, and wants every other answer to be right:
// prepared statements are kept for the next reader, and nothing of the last may cling to them.
func TestCancelledReadsHarmNoOther(t *testing.T) {
	t.Parallel()
	s := openDSN(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db")) // PostgreSQL ends the connection of whoever gives up
	if err := s.Seed(t.Context(), SeedOptions{Mentions: 600, Cases: 50, Seed: 7, Now: at1}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 200})
	if err != nil || len(rows) < 100 {
		t.Fatalf("%d mentions, %v", len(rows), err)
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(worker), 1))
			for range 400 {
				readOne(t, s, rows[dice.IntN(len(rows))], time.Duration(dice.IntN(600))*time.Microsecond)
			}
		})
	}
	group.Wait()
}

// readOne reads a mention and its author's history, and gives up after a while.
func readOne(t *testing.T, s *Store, want desk.MentionRow, patience time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := s.Mention(ctx, desk.Everything, want.ID)
	switch {
	case err == nil && got.Text != want.Text:
		t.Errorf("asked for %s, got %s", want.ID, got.ID)
	case err != nil && (ctx.Err() == nil || errors.Is(err, desk.ErrNotFound)):
		t.Errorf("reading %s: %v", want.ID, err)
	}
	_, err = s.History(ctx, want.Site, []string{string(want.Author.ID), want.Author.Handle, "nobody"}, at1.AddDate(-1, 0, 0))
	if err != nil && ctx.Err() == nil {
		t.Errorf("history of %s: %v", want.Author.Handle, err)
	}
}
