package triage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	maxLine   = 16 << 20 // bytes of one input line
	batchSize = 64 << 10 // bytes that travel together, so that short lines cost no hand-over each
)

// JSONL judges r line by line and writes one JSON object a line to w, in the same order, on all cores. A line is plain text, or
// a JSON object with text and optionally language (ISO 639-1) and rating (stars of 5). A line that makes no sense gives
// {"error":"…"}; an empty one gives the verdict about nothing. It fails when reading or writing does, or when ctx ends.
func JSONL(ctx context.Context, r io.Reader, w io.Writer, p *Pipeline) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	work := make(chan *batch)
	order := make(chan *batch, workers*2)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for b := range work {
				b.judge(p)
				close(b.done)
			}
		})
	}
	var readErr error
	wg.Go(func() {
		defer close(order)
		defer close(work)
		readErr = readBatches(ctx, r, work, order)
	})
	writeErr := writeBatches(order, w, cancel)
	cancel()
	wg.Wait()
	if writeErr != nil {
		return writeErr
	}
	return readErr
}

// batch is some lines on their way.
type batch struct {
	lines []line
	out   []byte
	done  chan struct{}
}

type line struct {
	text string
	err  string
}

func readBatches(ctx context.Context, r io.Reader, work, order chan<- *batch) error {
	in := bufio.NewReaderSize(r, 256<<10)
	b, size := &batch{done: make(chan struct{})}, 0
	send := func() error {
		select {
		case order <- b:
		case <-ctx.Done():
			return fmt.Errorf("judging lines: %w", ctx.Err())
		}
		select {
		case work <- b:
		case <-ctx.Done():
			close(b.done) // the writer has it already and must not wait for what nobody will judge
			return fmt.Errorf("judging lines: %w", ctx.Err())
		}
		b, size = &batch{done: make(chan struct{})}, 0
		return nil
	}
	for {
		raw, tooLong, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading lines: %w", err)
		}
		if err == nil || len(raw) > 0 || tooLong {
			l := line{text: string(raw)}
			if tooLong {
				l = line{err: "the line is longer than 16 MB"}
			}
			b.lines = append(b.lines, l)
			size += len(raw) + 1
		}
		if size >= batchSize || in.Buffered() == 0 && len(b.lines) > 0 || err != nil && len(b.lines) > 0 {
			if err := send(); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// readLine reads to the next line feed. What is beyond maxLine is read and thrown away.
func readLine(in *bufio.Reader) (raw []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(raw)+len(part) > maxLine+2 {
			tooLong, raw = true, nil
		}
		if !tooLong {
			raw = append(raw, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return bytes.TrimRight(raw, "\r\n"), tooLong, err
	}
}

// writeBatches writes in the order read; after an error it stops the reader and drains what is under way.
func writeBatches(order <-chan *batch, w io.Writer, stop func()) error {
	var failed error
	for b := range order {
		if failed != nil {
			continue
		}
		<-b.done
		if _, err := w.Write(b.out); err != nil {
			failed = fmt.Errorf("writing verdicts: %w", err)
			stop()
		}
	}
	return failed
}

func (b *batch) judge(p *Pipeline) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for _, l := range b.lines {
		var out any
		in, err := parseLine(l)
		if err != nil {
			out = struct {
				Error string `json:"error"`
			}{err.Error()}
		} else {
			v := p.Judge(in)
			v.Model, v.Rules = "", "" // the same on every line
			out = v
		}
		if err := enc.Encode(out); err != nil {
			fmt.Fprintf(&buf, "{\"error\":%q}\n", "the verdict cannot be written as JSON")
		}
	}
	b.out = buf.Bytes()
}

// parseLine reads plain text or a JSON object.
func parseLine(l line) (desk.TriageInput, error) {
	if l.err != "" {
		return desk.TriageInput{}, errors.New(l.err)
	}
	trimmed := strings.TrimLeft(l.text, " \t\ufeff")
	if !strings.HasPrefix(trimmed, "{") {
		return desk.TriageInput{Text: l.text}, nil
	}
	var o struct {
		Text     *string  `json:"text"`
		Language string   `json:"language"`
		Rating   *float64 `json:"rating"`
	}
	if err := json.Unmarshal([]byte(trimmed), &o); err != nil {
		return desk.TriageInput{}, fmt.Errorf("the line begins like a JSON object but is none: %w", err)
	}
	if o.Text == nil {
		return desk.TriageInput{}, errors.New(`the object has no "text"`)
	}
	in := desk.TriageInput{Text: *o.Text, Language: strings.ToLower(o.Language)}
	if len(in.Language) > 2 && in.Language[2] == '-' {
		in.Language = in.Language[:2]
	}
	if o.Rating != nil {
		if *o.Rating < 0 || *o.Rating > 5 {
			return desk.TriageInput{}, fmt.Errorf("a rating of %v is not between 0 and 5 stars", *o.Rating)
		}
		in.Rating = desk.Rating{Value: *o.Rating, Best: 5}
	}
	return in, nil
}
