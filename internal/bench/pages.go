package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// page is one thing that is asked for again and again.
type page struct {
	name string
	path func(v *viewer, r *rand.Rand) string
}

func fixed(path string) func(*viewer, *rand.Rand) string {
	return func(*viewer, *rand.Rand) string { return path }
}

func pages() []page {
	return []page{
		{"board", fixed("/board")},
		{"board, a brand", fixed("/board?brand=cedar")},
		{"board, nobody's", fixed("/board?owner=none")},
		{"board, critical", fixed("/board?urgency=critical")},
		{"board, search", fixed("/board?q=delivery")},
		{"board, a column", fixed("/board/resolved")},
		{"case, any", func(v *viewer, r *rand.Rand) string { return "/cases/" + v.cases[r.IntN(len(v.cases))] }},
		{"stream", fixed("/stream")},
		{"stream, a brand", fixed("/stream?brand=cedar")},
		{"stream, a source", fixed("/stream?source=source11")},
		{"stream, language", fixed("/stream?language=sk")},
		{"stream, negative", fixed("/stream?sentiment=negative")},
		{"stream, critical", fixed("/stream?urgency=critical")},
		{"stream, complaints", fixed("/stream?intent=complaint")},
		{"stream, product and topic", fixed("/stream?product=Acme+Cloud&topic=price")},
		{"stream, an author", fixed("/stream?author=person77")},
		{"stream, brand, language, negative", fixed("/stream?brand=acme&language=hu&sentiment=negative")},
		{"stream, last day", func(*viewer, *rand.Rand) string {
			return "/stream?since=" + time.Now().Add(-24*time.Hour).UTC().Format(time.DateOnly)
		}},
		{"stream, search, a common word", fixed("/stream?q=delivery")},
		{"stream, search, a rare word", fixed("/stream?q=4711")},
		{"stream, search and language", fixed("/stream?q=support&language=en")},
		{"stream, far down", func(v *viewer, r *rand.Rand) string {
			return fmt.Sprintf("/stream?before=%d", v.mentions/2-r.IntN(v.mentions/4))
		}},
		{"API, mentions", fixed("/api/v1/mentions")},
		{"API, cases", fixed("/api/v1/cases?column=new")},
	}
}

// viewer is a person at a desk.
type viewer struct {
	*served
	mentions int
	client   *http.Client
	token    string
	cases    []string
}

// pages measures every page at a small and at the large desk, in turns.
func (b *run) pages(ctx context.Context, engine string) (err error) {
	var viewers []*viewer
	defer func() {
		for _, v := range viewers {
			err = errors.Join(err, v.stop())
		}
	}()
	for _, size := range [][2]int{{max(b.scale.mentions/100, 1000), max(b.scale.cases/100, 100)}, {b.scale.mentions, b.scale.cases}} {
		file, err := b.seeded(ctx, engine, size[0], size[1])
		if err != nil {
			return err
		}
		if err := b.starts(ctx, engine, file, size[0]); err != nil {
			return err
		}
		v, err := b.enter(ctx, file, size[0])
		if v != nil {
			viewers = append(viewers, v)
		}
		if err != nil {
			return err
		}
	}
	b.say("pages on %s", engine)
	if err := b.ask(ctx, engine, viewers); err != nil {
		return err
	}
	for _, v := range viewers {
		now, most := memory(v.cmd.Process.Pid)
		what := fmt.Sprintf("memory after the pages, %s mentions", short(v.mentions))
		b.report.add(Figure{What: what, Engine: engine, Value: mega(now), Low: mega(now), High: mega(most), Unit: "MB", Aim: "< 150, without prose"})
	}
	return nil
}

func mega(n int64) float64 { return float64(n) / 1e6 }

// seeded makes a desk of invented mentions and returns its configuration.
func (b *run) seeded(ctx context.Context, engine string, mentions, cases int) (string, error) {
	b.say("inventing %d mentions on %s", mentions, engine)
	dsn, err := b.database(engine)
	if err != nil {
		return "", err
	}
	file, err := b.config(dsn, "", nil)
	if err != nil {
		return "", err
	}
	u, err := b.earshot(ctx, "bench", "seed", "--mentions", fmt.Sprint(mentions), "--cases", fmt.Sprint(cases), "--config", file)
	if err != nil {
		return "", err
	}
	b.report.add(single("seed of "+short(mentions)+" mentions", engine, u.wall.Seconds(), "s", ""))
	return file, nil
}

// starts measures how long a desk takes to be ready.
func (b *run) starts(ctx context.Context, engine, file string, mentions int) error {
	var took []float64
	for range b.scale.starts {
		s, err := b.serve(ctx, file)
		if err != nil {
			return err
		}
		if err := s.stop(); err != nil {
			return err
		}
		took = append(took, s.ready.Seconds())
	}
	b.report.add(median("time to ready, "+short(mentions)+" mentions", engine, took, "s", "< 1"))
	return nil
}

// enter starts a desk and signs in by the link that an invitation is.
func (b *run) enter(ctx context.Context, file string, mentions int) (*viewer, error) {
	const email = "bench@example.com"
	added, err := b.earshot(ctx, "user", "add", "--email", email, "--role", "admin", "--config", file)
	if err != nil {
		return nil, err
	}
	token, err := b.earshot(ctx, "token", "add", "--email", email, "--name", "bench", "--config", file)
	if err != nil {
		return nil, err
	}
	s, err := b.serve(ctx, file)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &viewer{served: s, mentions: mentions, client: &http.Client{Jar: jar, Timeout: time.Minute}, token: strings.TrimSpace(token.out)}
	_, secret, _ := strings.Cut(added.out, "/invite/")
	form := url.Values{"password": {"correct horse battery"}, "again": {"correct horse battery"}}
	if err := v.post(ctx, "/invite/"+strings.TrimSpace(secret), form); err != nil {
		return v, fmt.Errorf("signing in: %w", err)
	}
	return v, v.listCases(ctx)
}

func (v *viewer) post(ctx context.Context, path string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := v.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/board" {
		return fmt.Errorf("the desk answered %s at %s", resp.Status, resp.Request.URL.Path)
	}
	return nil
}

// get asks for a page and reads it to its end.
func (v *viewer) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+path, nil)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || resp.Request.URL.Path == "/login") {
		err = fmt.Errorf("%s: the desk answered %s at %s", path, resp.Status, resp.Request.URL.Path)
	}
	return body, err
}

// listCases notes which cases there are, of every column.
func (v *viewer) listCases(ctx context.Context) error {
	for _, column := range []string{"new", "taken", "awaiting", "answered", "resolved"} {
		body, err := v.get(ctx, "/api/v1/cases?limit=200&column="+column)
		if err != nil {
			return err
		}
		var list struct{ Cases []struct{ ID string } }
		if err := json.Unmarshal(body, &list); err != nil {
			return fmt.Errorf("reading the list of cases: %w", err)
		}
		for _, c := range list.Cases {
			v.cases = append(v.cases, c.ID)
		}
	}
	if len(v.cases) == 0 {
		return errors.New("the desk has no cases")
	}
	return nil
}

// ask asks for all pages in turns, small and large desk alternating, so that whatever else the machine does falls on both.
func (b *run) ask(ctx context.Context, engine string, viewers []*viewer) error {
	all := pages()
	took := make([][2][]float64, len(all))
	r := rand.New(rand.NewPCG(1, 2))
	for round := range b.scale.requests + 1 {
		for i, p := range all {
			for k := range viewers {
				which := (k + round) % len(viewers)
				path := p.path(viewers[which], r)
				began := time.Now()
				if _, err := viewers[which].get(ctx, path); err != nil {
					return err
				}
				if round > 0 { // the first round opens connections and fills caches
					took[i][which] = append(took[i][which], float64(time.Since(began).Microseconds())/1000)
				}
			}
		}
	}
	for i, p := range all {
		b.report.Pages = append(b.report.Pages, Page{What: p.name, Engine: engine, Small: quantiles(took[i][0]), Large: quantiles(took[i][1])})
	}
	b.report.Sizes = [2]int{viewers[0].mentions, viewers[1].mentions}
	return nil
}
