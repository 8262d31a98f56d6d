package work

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// paceSpan is the stretch of time in which the posts of a thread show how fast it runs.
const paceSpan = time.Hour

// pace counts, for the threads that new and edited mentions are in, what came within the last hour: what is stored, and what came with
// this batch. First contact does without.
func (d *Desk) pace(ctx context.Context, in desk.Intake, known map[desk.Key]desk.Known) (map[desk.Key]int, error) {
	out := map[desk.Key]int{}
	if in.First || in.OpenNone {
		return out, nil
	}
	bySite := map[desk.Site][]desk.RemoteID{}
	for i := range in.Mentions {
		m := &in.Mentions[i]
		if _, old := known[m.Key()]; old || m.Thread == "" || m.Ours {
			continue
		}
		where := desk.Key{Site: m.Site, Remote: m.Thread}
		if _, asked := out[where]; !asked {
			bySite[m.Site] = append(bySite[m.Site], m.Thread)
			out[where] = 0
		}
		if fresh(m, in.At) {
			out[where]++
		}
	}
	for site, threads := range bySite {
		found, err := d.o.Store.Threads(ctx, site, threads, in.At.Add(-paceSpan))
		if err != nil {
			return nil, err
		}
		for thread, n := range found {
			out[desk.Key{Site: site, Remote: thread}] += n
		}
	}
	return out, nil
}

// fresh tells whether a mention that has just come counts for the pace of its thread.
func fresh(m *desk.Mention, at time.Time) bool {
	return m.PostedAt.IsZero() || at.Sub(m.PostedAt) <= paceSpan
}

// age is how old a mention was at a moment; 0 when its site does not say when it was posted. Clocks that disagree make nothing
// younger than a second.
func age(m *desk.Mention, at time.Time) time.Duration {
	if m.PostedAt.IsZero() || at.IsZero() {
		return 0
	}
	return max(at.Sub(m.PostedAt), time.Second)
}
