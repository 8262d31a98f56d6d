package demonet

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed life.txt
var lifeText string

// cast is who lives on the network and what they have to say.
type cast struct {
	people map[string][]Account // by language
	talks  []talk
	thanks map[string][]string // by language: after an answer that helped
	still  map[string][]string // and after one that did not
}

// talk is the start of a conversation and what comes of it.
type talk struct {
	language string
	text     string
	turns    []turn
}

// turn is a later part of a talk: + the same person, & somebody else, = an edit, - a deletion.
type turn struct {
	kind byte
	text string
}

// readCast reads life.txt, whose head explains its lines.
func readCast(file string) (*cast, error) {
	c := &cast{people: map[string][]Account{}, thanks: map[string][]string{}, still: map[string][]string{}}
	number := 0
	for line := range strings.Lines(file) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if err := c.line(word, rest); err != nil {
			return nil, fmt.Errorf("life.txt:%d: %w", number, err)
		}
	}
	return c, nil
}

func (c *cast) line(word, rest string) error {
	switch word {
	case "author":
		return c.author(rest)
	case "thanks", "still":
		language, text, _ := strings.Cut(rest, " ")
		lines := map[string]map[string][]string{"thanks": c.thanks, "still": c.still}[word]
		lines[language] = append(lines[language], text)
	case "+", "&", "=", "-":
		if len(c.talks) == 0 {
			return fmt.Errorf("%q belongs to a talk, and none stands before it", word)
		}
		last := &c.talks[len(c.talks)-1]
		last.turns = append(last.turns, turn{word[0], rest})
	default:
		if c.people[word] == nil {
			return fmt.Errorf("nobody speaks %q", word)
		}
		c.talks = append(c.talks, talk{language: word, text: rest})
	}
	return nil
}

func (c *cast) author(rest string) error {
	parts := strings.SplitN(rest, " ", 4)
	if len(parts) < 4 {
		return fmt.Errorf("an author is LANGUAGE HANDLE FOLLOWERS NAME, not %q", rest)
	}
	followers, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return fmt.Errorf("followers of %s: %w", parts[1], err)
	}
	c.people[parts[0]] = append(c.people[parts[0]], Account{Handle: parts[1], Name: parts[3], Followers: followers})
	return nil
}

// handles returns everybody by handle, with the language they speak.
func (c *cast) handles() map[string]string {
	all := map[string]string{}
	for language, people := range c.people {
		for _, a := range people {
			all[a.Handle] = language
		}
	}
	return all
}
