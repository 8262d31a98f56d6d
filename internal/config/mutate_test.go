package config_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/config"
)

var sentence = regexp.MustCompile(`^\S.*\S$`)

// loadsOrSays is what holds for every input: it loads, or gives problems each with a place inside the file and one sentence.
func loadsOrSays(data []byte, kinds config.Kinds) (loads bool, err error) {
	_, err = config.Parse("x.yaml", data, env("SECRET", "hunter2hunter2"), kinds)
	if err == nil {
		return true, nil
	}
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		return false, fmt.Errorf("no problems but %w", err)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	lengths := make([]int, len(lines))
	for i, line := range lines {
		lengths[i] = len([]rune(line))
	}
	for _, p := range problems {
		switch {
		case p.File != "x.yaml" || p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > lengths[p.Line-1]+2:
			return false, fmt.Errorf("a place outside the file: %s", p)
		case !sentence.MatchString(p.Message) || strings.Contains(p.Message, "%!") || len(p.Message) > 2000:
			return false, fmt.Errorf("no sentence: %q", p.Message)
		case strings.Contains(p.Message, "hunter2"):
			return false, fmt.Errorf("a secret shows: %s", p)
		}
	}
	return false, nil
}

// TestMutations changes every sample in a hundred ways, the same ways each time; FuzzParse looks further.
func TestMutations(t *testing.T) {
	t.Parallel()
	files := samples(t)
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i, file := range append(files, bad...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rounds := 100
		if i >= len(files) {
			rounds = 6
		}
		random := rand.New(rand.NewPCG(uint64(i), 7))
		for round := range rounds {
			mutant := data
			for range 1 + random.IntN(4) {
				mutant = mutate(random, mutant)
			}
			loads, err := loadsOrSays(mutant, sampleKinds())
			if err != nil {
				t.Fatalf("%s, round %d: %v\n%s", file, round, err, mutant)
			}
			if !loads {
				refused++
			}
		}
	}
	if refused < 400 {
		t.Errorf("only %d mutants were refused: the mutations are too tame", refused)
	}
}

// mutate makes one change of the sort that slips of the hand, bad merges and hostile hands make.
func mutate(r *rand.Rand, data []byte) []byte {
	lines := strings.Split(string(data), "\n")
	at := r.IntN(len(lines))
	switch r.IntN(9) {
	case 0: // a line is lost
		lines = append(lines[:at:at], lines[at+1:]...)
	case 1: // a line stands twice
		lines = append(lines[:at+1:at+1], lines[at:]...)
	case 2: // indented otherwise
		lines[at] = strings.Repeat(" ", r.IntN(8)) + strings.TrimLeft(lines[at], " ")
	case 3: // another value
		values := []string{"", "~", "true", "-1", "1e309", "[]", "{}", "[[]]", "{a: b}", "\"", "'", "|", ">-", "${SECRET}", "${", "*a", "&a", "!!x", "@", "\t", "0x", "x: y", "- a", "\x00", "é", "\xff", "99999999999999999999"}
		key, _, _ := strings.Cut(lines[at], ":")
		lines[at] = key + ": " + values[r.IntN(len(values))]
	case 4: // another key
		keys := []string{"name", "kind", "<<", "?", "-", "token_file", "every", "[a]", "{", "\"", "...", "---", "%YAML"}
		_, value, _ := strings.Cut(lines[at], ":")
		lines[at] = keys[r.IntN(len(keys))] + ":" + value
	case 5: // two lines change places
		other := r.IntN(len(lines))
		lines[at], lines[other] = lines[other], lines[at]
	case 6: // cut off
		return data[:r.IntN(len(data)+1)]
	default: // a byte more, less or other
		signs := "\n\t:-[]{}\"'#&*!|>%@`,? \x00\xc3$\\a0\r"
		i := r.IntN(len(data) + 1)
		sign := signs[r.IntN(len(signs))]
		out := append([]byte{}, data[:i]...)
		if r.IntN(3) > 0 {
			out = append(out, sign)
		}
		if i < len(data) && r.IntN(2) == 0 {
			i++
		}
		return append(out, data[i:]...)
	}
	return []byte(strings.Join(lines, "\n"))
}

// TestHostileFiles: a file that is made to be slow still ends with a sentence, in time that grows with its size and not faster: a step
// that took the square of it would be noticed here.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"", "a: b\n"}, {"", "  a:\n"}, {"a: |\n  ", "\n"}, {"a: [", "- "}, {"", "["}, {"", "- "}, {"a: [", "b,"}, {"", "? "}, {"", "\xff"}} {
		data := c[0] + strings.Repeat(c[1], (128<<10-len(c[0]))/len(c[1]))
		began := time.Now()
		if loads, err := loadsOrSays([]byte(data), kinds()); loads || err != nil {
			t.Errorf("%q and many of %q: loads %v, %v", c[0], c[1], loads, err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%q and many of %q took %v", c[0], c[1], took)
		}
	}
}

// FuzzParse looks for input that panics, hangs, or is refused without a place.
func FuzzParse(f *testing.F) {
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(samples(f), bad...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := loadsOrSays(data, kinds()); err != nil {
			t.Error(err)
		}
	})
}
