package notify

import (
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Trouble says what is wrong with the desk itself.
type Trouble struct {
	Source  string            // the source that fails or has recovered; empty for others
	Account string            // the account that needs a person, or did; empty for others
	Stage   desk.AccountStage // of the account
	Day     time.Time         // when the account ends; zero when that is not what is wrong
	Dead    int               // how many outward acts were given up
	Over    bool              // it is well again
}

// Text is the trouble in one sentence.
func (t *Trouble) Text() string {
	switch {
	case t.Account != "":
		return t.account()
	case t.Source != "" && t.Over:
		return "Source " + t.Source + " has recovered."
	case t.Source != "":
		return "Source " + t.Source + " is failing."
	case t.Dead == 1:
		return "One message could not be sent and was given up."
	}
	return strconv.Itoa(t.Dead) + " messages could not be sent and were given up."
}

func (t *Trouble) account() string {
	day := t.Day.Format("2 January 2006")
	switch {
	case t.Over:
		return "Account " + t.Account + " needs nobody any more."
	case t.Day.IsZero():
		return "Account " + t.Account + " needs a person: its network refuses its access."
	case t.Stage == desk.StageOver:
		return "The access of account " + t.Account + " ended on " + day + ". Connect it again."
	}
	return "The access of account " + t.Account + " ends on " + day + ". Connect it again before that."
}

// trouble fills in a notice about the desk itself. The stage of an account is the word and the day that its event said.
func (s Sender) trouble(n *Notice, stage string) {
	over := n.Counts.Open() == 0
	if account, ok := strings.CutPrefix(n.Group, accountPrefix); ok {
		word, date, _ := strings.Cut(stage, " ")
		day, _ := time.Parse(time.DateOnly, date) // absent where no day is what is wrong
		n.URL, n.Trouble = s.Links.Accounts, &Trouble{Account: account, Stage: desk.AccountStage(word), Day: day, Over: over}
		n.Loud = true
		return
	}
	source, ok := strings.CutPrefix(n.Group, sourcePrefix)
	if !ok {
		n.URL, n.Trouble = s.Links.Outbox, &Trouble{Dead: n.Counts.Fresh}
		return
	}
	n.URL, n.Trouble = s.Links.Sources, &Trouble{Source: source, Over: over}
	n.Loud = true // both that it fails and that it recovered are said aloud, once
}
