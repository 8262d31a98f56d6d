package app

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

const (
	childEnv = "EARSHOT_TORTURE_CHILD"        // what a child process is; see TestMain
	killsEnv = "EARSHOT_TORTURE"              // how often a desk is killed on each engine
	seedEnv  = "EARSHOT_TORTURE_SEED"         // of the random moments, to repeat a run as far as real processes can
	fewKills = 8                              // without killsEnv
	patience = 10 * time.Minute               // until everything must have settled: a pause after many failures is long
	lateness = 500 * time.Millisecond         // of the network in showing what it took
	ourDelay = lateness + lateness            // what the desk is told about that
	callTime = time.Second                    // one call of a reply
	leasing  = 3 * time.Second                // of the outbox, longer than a call
	polling  = 2 * time.Second                // one poll
	asksWork = "terrible, it is broken again" // what makes a mention ask for work
)

// tortured is a desk whose leases and timeouts are short, so that it recovers while the test looks on.
func tortured(file string) Options {
	return Options{
		Config: file, Version: "test", Out: io.Discard, Err: os.Stderr, OutboxLease: leasing, ReplyTimeout: callTime, PollTimeout: polling,
	}
}

// TestTorture kills desks at random moments between poll and published reply, while the public network loses answers, fails before
// and after it acted, refuses for a while and shows late what it took. Afterwards the network, a process of its own that was never
// killed, tells what truly became public: each reply once where the desk says that it was published, never twice, and nowhere where
// the desk says that it failed.
func TestTorture(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute")
	}
	t.Parallel()
	kills := fewKills
	if s := os.Getenv(killsEnv); s != "" {
		var err error
		kills, err = strconv.Atoi(s)
		check(t, err)
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(seedEnv); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		check(t, err)
	}
	t.Logf("%s=%d repeats the moments of this run", seedEnv, seed)
	for _, engine := range []struct {
		name  string
		dsn   func(t *testing.T) string
		desks int // that run at the same time on one database
	}{
		{"sqlite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") }, 1},
		{"postgres", func(t *testing.T) string { return realsrv.Postgres(t) }, 2},
	} {
		for _, idempotency := range []string{"real", "read-back"} {
			t.Run(engine.name+"/"+idempotency, func(t *testing.T) {
				t.Parallel()
				h := fnv.New64a()
				_, _ = io.WriteString(h, t.Name())
				w := newSiege(t, engine.dsn(t), idempotency, rand.New(rand.NewPCG(seed, h.Sum64())))
				w.begin(engine.desks)
				w.rage((kills + 1) / 2)
				w.calm()
				w.audit()
			})
		}
	}
}
