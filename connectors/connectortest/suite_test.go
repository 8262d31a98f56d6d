package connectortest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

const mistakeVar = "EARSHOT_TOY_MISTAKE"

// TestToy runs the suite on the toy: without a mistake, or, in a process of its own, with the one that the variable names.
func TestToy(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, toySuite(os.Getenv(mistakeVar)))
}

func TestTheSuiteNoticesMistakes(t *testing.T) {
	t.Parallel()
	if os.Getenv(mistakeVar) != "" {
		t.Skip("this process makes a mistake on purpose")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for mistake, where := range map[string]string{
		"repeats":       "TestToy/traps/second_poll_is_quiet",
		"remembers":     "TestToy/traps/cursor_survives_a_restart",
		"leaks":         "TestToy/traps/401",
		"gives up":      "TestToy/traps/429",
		"swallows":      "TestToy/traps/500",
		"forgets":       "TestToy/traps/cut",
		"dishonest":     "TestToy/spec",
		"says it again": "TestToy/replies/answer_lost",
		"is too sure":   "TestToy/replies/answer_is_500",
		"mistakes":      "TestToy/replies/once",
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestToy$", "-test.v")
			cmd.Env = append(os.Environ(), mistakeVar+"="+mistake)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: "+where) {
				t.Errorf("the suite did not notice in %s:\n%s", where, out)
			}
		})
	}
}
