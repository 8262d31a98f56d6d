package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar shows progress: a line that redraws itself on a terminal, a line now and then elsewhere.
type bar struct {
	w        io.Writer
	terminal bool
	began    time.Time
	last     time.Time
	drawn    bool
}

func newBar(w io.Writer) *bar {
	b := &bar{w: w, began: time.Now()}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

// show draws how much of total is done, at most ten times a second on a terminal and every five seconds elsewhere.
func (b *bar) show(done, total int64, rows int) {
	pause := 5 * time.Second
	if b.terminal {
		pause = 100 * time.Millisecond
	}
	now := time.Now()
	if b.w == nil || now.Sub(b.last) < pause || (!b.terminal && b.last.IsZero() && now.Sub(b.began) < pause) {
		return
	}
	b.last, b.drawn = now, true
	share := 0.0
	if total > 0 {
		share = min(float64(done)/float64(total), 1)
	}
	rate := float64(rows) / max(now.Sub(b.began).Seconds(), 0.001)
	if !b.terminal {
		_, _ = fmt.Fprintf(b.w, "%3.0f %%, %d rows, %.0f a second\n", share*100, rows, rate)
		return
	}
	const width = 30
	full := int(share * width)
	_, _ = fmt.Fprintf(b.w, "\r%s%s %3.0f %%  %d rows, %.0f a second ", strings.Repeat("█", full), strings.Repeat("░", width-full), share*100, rows, rate)
}

// done leaves the line.
func (b *bar) done() {
	if b.terminal && b.drawn {
		_, _ = fmt.Fprintln(b.w)
	}
}
