package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
	"github.com/earshotdesk/earshot/internal/store"
)

// said imports texts and returns them as they were judged, in their order.
func (c *classroom) said(file string, texts ...string) []desk.MentionRow {
	c.t.Helper()
	var b strings.Builder
	for i, s := range texts {
		fmt.Fprintf(&b, `{"id":"%s%d","text":%q,"author":"u%d"}`+"\n", file, i, s, i)
	}
	path := filepath.Join(c.dir, file+".jsonl")
	check(c.t, os.WriteFile(path, []byte(b.String()), 0o600))
	c.printed(Import(c.t.Context(), c.opt, ImportOptions{Source: file, File: path}))
	found := map[string]desk.MentionRow{}
	for _, m := range c.find(desk.MentionFilter{Source: file}) {
		found[m.Text] = m
	}
	out := make([]desk.MentionRow, len(texts))
	for i, s := range texts {
		if out[i] = found[s]; out[i].ID == "" {
			c.t.Fatalf("%q was not stored", s)
		}
	}
	return out
}

// correct says of mentions that they are negative.
func (c *classroom) correct(list []desk.MentionRow) {
	c.t.Helper()
	a, err := Open(c.t.Context(), c.opt)
	check(c.t, err)
	defer func() { check(c.t, a.Close()) }()
	who := operator()
	for _, m := range list {
		_, err := a.work.Correct(c.t.Context(), &who, desk.Correction{Mention: m.ID, Tag: desk.TagSentiment, To: desk.Negative})
		check(c.t, err)
	}
}

// layers lists the versions, newest first.
func (c *classroom) layers() (out []desk.LayerVersion) {
	c.t.Helper()
	for line := range strings.Lines(c.printed(ListLayers(c.t.Context(), c.opt, true))) {
		var v desk.LayerVersion
		check(c.t, json.Unmarshal([]byte(line), &v))
		out = append(out, v)
	}
	return out
}

// probes are texts with the word that people teach; what the shipped model says of them is none of this test's business.
func probes(file string) (out []string) {
	for _, s := range []string{"Bought the socks here, sussbag if you ask me", "the tickets came, sussbag", "my brother says the shop is sussbag", "it is sussbag on Mondays", "sussbag, see you tomorrow"} {
		out = append(out, s+" "+file)
	}
	return out
}

// judged tells the sentiment of a new text with that word, and whether the verdict names a layer.
func (c *classroom) judged(file string, probe int) (label string, layered bool) {
	c.t.Helper()
	m := c.said(file, probes(file)[probe])[0]
	return m.Verdict.Sentiment.Label, strings.Contains(m.Verdict.Model, "+layer-")
}

func sussbag() (out []string) {
	for i, s := range []string{
		"the new tariff is %s", "my router, total %s", "%s again this morning", "your app is so %s", "what a %s counter at the station",
		"%s and %[1]s again", "the second parcel was %s too", "this shop on Main Street is %s", "got the update, %s", "the hotline is %s",
		"we have %s at home now", "%s, as on Monday", "this is %s to me", "it says %s on the box", "our street is %s", "so %s, the tickets",
	} {
		out = append(out, fmt.Sprintf(s, "sussbag")+fmt.Sprintf(" no%d", i))
	}
	return out
}

// TestDeskLearnsWords has people teach the desk a word: by the commands first, then beside a running desk.
func TestDeskLearnsWords(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := newClassroom(t, dsn(t)), t.Context()
			taught := slices.DeleteFunc(c.said("taught", sussbag()...), func(m desk.MentionRow) bool { return m.Verdict.Sentiment.Label == desk.Negative })[:10]
			before := c.said("before", probes("before")...)
			probe := slices.IndexFunc(before, func(m desk.MentionRow) bool { return m.Verdict.Sentiment.Label != desk.Negative })
			if probe < 0 || strings.Contains(before[probe].Verdict.Model, "+layer-") {
				t.Fatalf("the shipped model knows the word: %+v", before)
			}
			c.correct(taught)
			table := c.printed(Relearn(ctx, c.opt))
			list := c.layers()
			if len(list) != 1 || !list[0].InForce || list[0].Refused != "" || list[0].Lessons != 10 || list[0].By != "operator" || !strings.Contains(table, "learns from corrections by itself") {
				t.Fatalf("ten corrections gave %+v, told as\n%s", list, table)
			}
			for _, s := range list[0].Golden {
				if s.After < s.Without-0.5 {
					t.Errorf("on the golden set %+v", s)
				}
			}
			for step, want := range []string{desk.Negative, "", desk.Negative} {
				label, layered := c.judged(fmt.Sprint("step", step), probe)
				if (label == desk.Negative) != (want == desk.Negative) || layered != (want == desk.Negative) {
					t.Errorf("step %d: the new text is %s, by a layer: %t", step, label, layered)
				}
				if step == 0 {
					c.printed(UseLayer(ctx, c.opt, desk.LayerUse{Mode: desk.LayerOff}))
				} else if step == 1 {
					c.printed(UseLayer(ctx, c.opt, desk.LayerUse{Mode: desk.LayerHeld, Version: 1}))
				}
			}
			if sum := c.printed(Replay(ctx, c.opt, ReplayOptions{Span: time.Hour})); !strings.Contains(sum, "turns") {
				t.Errorf("the replay says %s", sum)
			}
			for _, m := range c.find(desk.MentionFilter{Source: "before"}) {
				if m.ID == before[probe].ID && m.Verdict.Sentiment.Label != desk.Negative {
					t.Errorf("judged again the earlier text is %s", m.Verdict.Sentiment.Label)
				}
			}
			first := list[0]
			c.printed(Relearn(ctx, c.opt))
			if list = c.layers(); len(list) != 1 || list[0].Version != first.Version || list[0].Bytes != first.Bytes {
				t.Errorf("learning the same again gave %+v", list)
			}
			c.learnsBeside(taught)
		})
	}
}

// learnsBeside runs the desk while a mention is forgotten, a correction may not be learned from, and somebody poisons it.
func (c *classroom) learnsBeside(taught []desk.MentionRow) {
	t, ctx := c.t, c.t.Context()
	t.Helper()
	opt := c.opt
	opt.LearnAfter = 30 * time.Millisecond
	a, err := Open(ctx, opt)
	check(t, err)
	defer func() { check(t, a.Close()) }()
	r, err := a.Start(ctx, Roles{Work: true})
	check(t, err)
	defer func() { check(t, r.Stop()) }()
	newest := func(more func(v *desk.LayerVersion) bool) desk.LayerVersion {
		t.Helper()
		deadline := time.After(time.Minute)
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-deadline:
				t.Fatalf("the desk did not learn; it has %+v", c.layers())
			case <-tick.C:
			}
			list, err := a.store.Layers(ctx)
			check(t, err)
			if len(list) > 0 && more(&list[0]) {
				return list[0]
			}
		}
	}
	check(t, a.store.Update(ctx, func(tx *store.Tx) error { return tx.Forget(ctx, taught[:2]) }))
	v := newest(func(v *desk.LayerVersion) bool { return v.Lessons == 8 })
	if _, err := a.store.LayerWeights(ctx, 1); err == nil || !v.InForce || v.By != desk.Automatic {
		t.Errorf("after two were forgotten layer 1 is there (%v), the newest is %+v", err, v)
	}
	check(t, a.store.Update(ctx, func(tx *store.Tx) error {
		mute := desk.Correction{ID: desk.NewID(), Mention: taught[2].ID, Version: 1, Tag: desk.TagSpam, From: desk.No, To: desk.Yes, By: "operator", At: time.Now()}
		return tx.InsertCorrection(ctx, &mute, desk.No) // from a site whose terms forbid learning
	}))
	lessons, err := a.layerLessons(ctx)
	check(t, err)
	if len(lessons) != 8 || lessons[0].N != 3 {
		t.Errorf("%d lessons, the first %+v", len(lessons), lessons[0])
	}

	var praise []string
	for i := range 100 {
		praise = append(praise, fmt.Sprintf([]string{"Great service, thank you so much, I love it %d", "Excellent and fast, very happy %d", "The best shop, wonderful staff %d"}[i%3], i))
	}
	c.correct(c.said("praise", praise...))
	bad := newest(func(v *desk.LayerVersion) bool { return v.Lessons == 108 })
	state, err := a.store.LayerState(ctx)
	check(t, err)
	if bad.Refused == "" || bad.InForce || state.InForce >= bad.Version || state.InForce == 0 {
		t.Errorf("a hundred absurd corrections gave %+v; in force is %d", bad, state.InForce)
	}
	if got := a.layer.Load(); got != state.InForce {
		check(t, a.takeLayer(ctx))
	}
	if !strings.HasSuffix(a.triage.Model(), fmt.Sprintf("+layer-%d", state.InForce)) {
		t.Errorf("the running desk judges by %s, in force is %d", a.triage.Model(), state.InForce)
	}
}
