// Package console tells colleagues on the standard output: for a first look at the desk, and for a log that somebody reads.
//
// It owns the layout of a notice as lines of text. It promises one block of lines per notice, never two mixed, and that nothing
// that strangers wrote can move the cursor, colour the terminal or begin a line of its own.
package console

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

// Options are the settings of a target of kind console. It has none.
type Options struct{}

const sample = `# Writes notices to the standard output of the desk.
- name: terminal
  kind: console
`

// Kind describes the kind console.
func Kind() notify.Kind {
	return notify.Kind{
		Name:    "console",
		Summary: "lines on the standard output of the desk",
		Sample:  sample,
		Options: &Options{},
		New: func(env notify.Env, decode func(any) error) (notify.Notifier, error) {
			if err := decode(&Options{}); err != nil {
				return nil, err
			}
			if env.Out == nil {
				return nil, desk.Invalidf("target %s: there is no output to write to", env.Target)
			}
			return New(env.Out, env.Now), nil
		},
	}
}

// Notifier writes notices to one writer. It is safe for concurrent use.
type Notifier struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

// New returns a notifier. Now may be nil.
func New(out io.Writer, now func() time.Time) *Notifier {
	if now == nil {
		now = time.Now
	}
	return &Notifier{out: out, now: now}
}

// Notify writes a notice in one piece.
func (c *Notifier) Notify(ctx context.Context, n notify.Notice) (desk.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return desk.Receipt{}, &desk.Transient{Err: err}
	}
	now := c.now()
	text := block(n, now)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.out, text); err != nil {
		return desk.Receipt{}, &desk.Transient{Err: fmt.Errorf("writing to the console: %w", err)}
	}
	return desk.Receipt{At: now, Channel: "console"}, nil
}

// block draws a notice: a line that says what it is about, then a line for each case.
func block(n notify.Notice, now time.Time) string {
	var b strings.Builder
	line := func(indent string, parts ...string) {
		b.WriteString(indent)
		first := true
		for _, p := range parts {
			if p = flat(p); p == "" {
				continue
			}
			if !first {
				b.WriteString(" · ")
			}
			first = false
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	when := now.Format("15:04:05")
	if n.Trouble != nil {
		line("", when+" "+n.Desk, n.Trouble.Text(), n.URL)
		return b.String()
	}
	head := []string{when + " " + n.Desk, string(n.Cause), counted(n.Counts)}
	for _, l := range n.Labels {
		head = append(head, l.Value)
	}
	line("", head...)
	for _, c := range n.Cards {
		line("  ", cardParts(c)...)
	}
	if more := n.Counts.All() - n.Counts.Closed - len(n.Cards); more > 0 {
		line("  ", fmt.Sprintf("and %d more", more), n.URL)
	}
	return b.String()
}

func counted(c notify.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{c.New, "new"}, {c.Taken, "taken"}, {c.Answered, "answered"}, {c.Closed, "closed"}} {
		if p.n > 0 {
			parts = append(parts, strconv.Itoa(p.n)+" "+p.what)
		}
	}
	return strings.Join(parts, ", ")
}

func cardParts(c notify.Card) []string {
	said := notify.Shorten(flat(c.Excerpt), 120)
	switch {
	case c.Gone:
		said = "removed on " + c.Site
	case said != "":
		said = "“" + said + "”"
	}
	stars := ""
	if c.Stars > 0 {
		stars = strings.TrimSuffix(fmt.Sprintf("%.1f", c.Stars), ".0") + " ★"
	}
	product := c.Product
	if product == "" {
		product = c.Brand
	}
	state := string(c.State)
	if c.State == desk.CaseTaken && c.Owner != "" {
		state = "taken by " + c.Owner
	}
	urgency := c.Urgency
	if desk.UrgencyRank(urgency) < desk.UrgencyRank(desk.UrgencyHigh) {
		urgency = ""
	}
	return []string{state, urgency, stars, c.Site, product, said, c.Author, c.URL}
}

// flat makes one line of a text and leaves nothing in it that a terminal would obey.
func flat(s string) string { return strings.Join(strings.Fields(notify.Clean(s)), " ") }
