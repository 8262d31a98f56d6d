package web

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// texts parses every page as a server does.
func texts(t *testing.T) map[string]*pageSet {
	t.Helper()
	langs, err := loadLangs(files, "messages")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{langs: langs, opt: Options{Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler), Ready: func(context.Context) error { return nil }}}
	sets, err := s.parsePages()
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

func TestPluralForms(t *testing.T) {
	t.Parallel()
	for lang, forms := range map[string]map[int64]string{
		"en": {0: "other", 1: "one", 2: "other", 21: "other", 1000: "other"},
		"hu": {0: "other", 1: "one", 5: "other"},
		"el": {0: "other", 1: "one", 2: "other"},
		"sk": {0: "other", 1: "one", 2: "few", 4: "few", 5: "other", 22: "other", 100: "other"},
	} {
		for n, want := range forms {
			if got := plural(lang, n); got != want {
				t.Errorf("%s %d: %s, want %s", lang, n, got, want)
			}
		}
	}
	l := &Lang{Code: "sk", texts: map[string]message{"x": {forms: map[string]string{"one": "{n} prípad", "few": "{n} prípady", "other": "{n} prípadov"}}}}
	for n, want := range map[int]string{1: "1 prípad", 3: "3 prípady", 7: "7 prípadov", 1200: "1\u00a0200 prípadov"} {
		if got := l.T("x", "n", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang, whole, decimal, percent string
	}{
		{"en", "42,330", "−0.5", "42%"}, {"hu", "42\u00a0330", "−0,5", "42%"}, {"el", "42.330", "−0,5", "42%"}, {"sk", "42\u00a0330", "−0,5", "42\u00a0%"},
	} {
		l := &Lang{Code: tc.lang}
		if got := l.Num(42330) + " " + decimal(l, -0.5) + " " + l.Percent(.42); got != tc.whole+" "+tc.decimal+" "+tc.percent {
			t.Errorf("%s: %s", tc.lang, got)
		}
	}
	if got := (&Lang{Code: "hu"}).Num(-4233); got != "−4233" {
		t.Errorf("hu: %s", got)
	}
}

// TestValuesStayValues fills in a value that looks like a name.
func TestValuesStayValues(t *testing.T) {
	t.Parallel()
	l := &Lang{Code: "en", texts: map[string]message{"x": {one: "{a} and {b} {c} {"}}}
	if got := l.T("x", "a", "{b}", "b", 1234); got != "{b} and 1,234 {c} {" {
		t.Errorf("filled in: %s", got)
	}
}

// keyIn finds the keys that a template or a Go file uses: literal ones, and the beginnings of those that are put together.
var keyIn = regexp.MustCompile(`(?:\bt |\bt \(print |\.T\(|\bsay\()"([a-zA-Z0-9_.-]+)"`)

// TestCatalogueIsWhole compares the catalogue with what templates and code ask for, in both directions.
func TestCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	langs, err := loadLangs(files, "messages")
	if err != nil {
		t.Fatal(err)
	}
	sources := keySources(t)
	all := strings.Join(sources, "\n")
	for _, m := range keyIn.FindAllStringSubmatch(all, -1) {
		key := m[1]
		if _, ok := langs["en"].texts[key]; !ok && !strings.HasSuffix(key, ".") {
			t.Errorf("%q is asked for and not in en.json", key)
		}
	}
	starts := beginnings(all)
	for _, key := range sortedKeys(langs["en"].texts) {
		used := strings.Contains(all, `"`+key+`"`)
		for i := len(key) - 1; i > 0 && !used; i-- {
			used = key[i] == '.' && starts[key[:i+1]]
		}
		if !used {
			t.Errorf("%q is in en.json and nobody asks for it", key)
		}
	}
}

// keySources returns the text of everything that may ask for a key.
func keySources(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.go", "templates/*.html", "templates/pages/*.html"} {
		names, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := fs.ReadFile(os.DirFS("."), name)
			if err != nil {
				t.Fatalf("reading %s: %v", path.Base(name), err)
			}
			out = append(out, string(b))
		}
	}
	return out
}

// beginnings finds literals that end with a dot: the rest of such a key comes from a value.
func beginnings(all string) map[string]bool {
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([a-zA-Z0-9_.]+\.)(?:%d)?"`).FindAllStringSubmatch(all, -1) {
		out[m[1]] = true
	}
	return out
}

// TestPutTogetherKeys asks for every key that is made of a value which the desk can hold.
func TestPutTogetherKeys(t *testing.T) {
	t.Parallel()
	langs, err := loadLangs(files, "messages")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(key string) {
		if _, ok := langs["en"].texts[key]; !ok {
			t.Errorf("%q is not in en.json", key)
		}
	}
	for _, u := range []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical} {
		ask("urgency." + u)
	}
	for _, c := range desk.Columns() {
		ask("column." + string(c))
		ask("column." + string(c) + ".empty")
		ask("column." + string(c) + ".empty.why")
	}
	for did := range done {
		ask("did." + did)
	}
	for _, role := range []desk.Role{desk.RoleAgent, desk.RoleManager, desk.RoleMarketing, desk.RoleAdmin} {
		ask("role." + string(role))
	}
	for _, group := range tagGroups() {
		ask("why.group." + group)
	}
	for _, mark := range []string{"urg", "neg", "pos", "topic", "find"} {
		ask("mark." + mark)
	}
	for _, intent := range []string{desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault, desk.IntentOther} {
		ask("intent." + intent)
	}
	for month := time.January; month <= time.December; month++ {
		ask(fmt.Sprintf("month.%d", month))
	}
	for _, st := range []desk.EntryState{desk.EntryWaiting, desk.EntryLeased, desk.EntryUnconfirmed, desk.EntryDead} {
		ask("entry." + string(st))
	}
}

// TestRepliesHaveWords asks for every key about what may become of an answer.
func TestRepliesHaveWords(t *testing.T) {
	t.Parallel()
	langs, err := loadLangs(files, "messages")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(key string) {
		if _, ok := langs["en"].texts[key]; !ok {
			t.Errorf("%q is not in en.json", key)
		}
	}
	for _, st := range []desk.ReplyState{
		desk.ReplyDraft, desk.ReplyAwaiting, desk.ReplyScheduled, desk.ReplyQueued, desk.ReplyPublishing, desk.ReplyPublished, desk.ReplyFailed,
		desk.ReplyUnconfirmed, desk.ReplyByHand, desk.ReplyWithdrawn,
	} {
		ask("reply." + string(st) + ".short")
		_, shown := replyPill(langs["en"], st, desk.VisiblePublic)
		if shown != (st != desk.ReplyWithdrawn) {
			t.Errorf("a reply that is %s has a pill: %t", st, shown)
		}
		if shown && st != desk.ReplyDraft && st != desk.ReplyPublished {
			ask("reply." + string(st) + ".next")
		}
	}
	for _, seen := range []desk.ReplyVisibility{desk.VisibleUnknown, desk.VisiblePublic, desk.VisibleModerate, desk.VisibleRejected, desk.VisibleDeleted} {
		ask("reply.published." + string(seen))
		ask("event." + desk.EventReplyVisible + "." + string(seen))
	}
	for _, kind := range []string{desk.EntryEdit, desk.EntryDelete} {
		for _, end := range []string{".short", ".failed", ".next", ".failed.next"} {
			ask("reply.change." + kind + end)
		}
	}
	for _, what := range []string{desk.EventReplyEdit, desk.EventReplyDelete} {
		for _, to := range []string{desk.ChangeAsked, desk.ChangeDone, desk.ChangeFailed, desk.ChangeDropped, desk.ChangeSeen} {
			ask("event." + what + "." + to)
		}
	}
	for _, kind := range []desk.VersionKind{desk.VersionEdited, desk.VersionDeleted} {
		ask("reply.past." + string(kind))
		ask("reply.past." + string(kind) + ".site")
	}
	for _, kind := range []string{desk.EntryPublish, desk.EntryEdit, desk.EntryDelete, desk.EntryWatch} {
		ask("outbox.act." + kind)
	}
}
