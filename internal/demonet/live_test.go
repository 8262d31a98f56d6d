package demonet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// evening lets a network live for a while and returns it.
func evening(t *testing.T, seed uint64, long time.Duration) *Network {
	t.Helper()
	n, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	live(t, n, seed, long)
	return n
}

func live(t *testing.T, n *Network, seed uint64, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	if err := Live(ctx, n, seed, 4*time.Second); err != nil {
		t.Fatal(err)
	}
}

func TestTextsAreManyAndNameTheCompany(t *testing.T) {
	t.Parallel()
	c, err := readCast(lifeText)
	if err != nil {
		t.Fatal(err)
	}
	distinct, english := map[string]bool{}, 0
	add := func(language, text string) {
		if distinct[text] {
			t.Errorf("%q occurs twice", text)
		}
		if distinct[text] = true; language == "en" {
			english++
		}
		if text == "" || units(text) > TextLimit {
			t.Errorf("%q is empty or too long", text)
		}
	}
	for _, talk := range c.talks {
		add(talk.language, talk.text)
		for _, turn := range talk.turns {
			if turn.kind != '-' {
				add(talk.language, turn.text)
			}
			if turn.kind == '+' && !names(turn.text) {
				t.Errorf("%q does not name the company", turn.text)
			}
		}
		if !names(talk.text) {
			t.Errorf("%q does not name the company", talk.text)
		}
	}
	for _, language := range []string{"en", "hu", "el", "sk"} {
		for _, text := range append(c.thanks[language], c.still[language]...) {
			add(language, text)
		}
		if len(c.thanks[language]) == 0 || len(c.still[language]) == 0 || len(c.people[language]) < 2 {
			t.Errorf("%s lacks reactions or people", language)
		}
	}
	if english < 60 || len(distinct)-english < 60 {
		t.Errorf("%d English texts and %d others; want 60 of each", english, len(distinct)-english)
	}
}

func names(text string) bool {
	for _, word := range addressed(text) {
		if word == "@acme" || word == "#acme" {
			return true
		}
	}
	return false
}

func TestLifeHasAPast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		posts := evening(t, 3, time.Second).All()
		if len(posts) != pastPosts {
			t.Fatalf("%d posts before anything happens, want %d", len(posts), pastPosts)
		}
		languages := map[string]int{}
		for i, p := range posts {
			languages[p.Language]++
			if age := start.Sub(p.CreatedAt); age < 0 || age > pastSpan {
				t.Errorf("post %d is %v old", i, age)
			}
		}
		if len(languages) != 4 {
			t.Errorf("languages %v, want four", languages)
		}
	})
}

func TestLifeGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := evening(t, 3, 2*time.Minute)
		if again := evening(t, 3, 2*time.Minute); cmp.Diff(words(n), words(again)) != "" {
			t.Error("the same seed gave another life")
		}
		first := len(n.All()) - pastPosts
		if first < 15 {
			t.Errorf("%d posts in the first two minutes, want at least 15", first)
		}
		live(t, n, 3, 4*time.Hour) // as after a restart
		var roots []string
		edited, deleted, replies := 0, 0, 0
		for _, p := range n.All() {
			switch {
			case p.Parent != "":
				replies++
			case p.State == StateDeleted:
				deleted++
			case p.Version > 1:
				edited++
			}
			if p.Parent == "" {
				roots = append(roots, strings.Join(strings.Fields(p.Text)[:3], " ")) // the start, which edits leave alone
			}
		}
		if edited == 0 || deleted == 0 || replies < 10 {
			t.Errorf("edited %d, deleted %d, replies %d", edited, deleted, replies)
		}
		c, err := readCast(lifeText)
		if err != nil {
			t.Fatal(err)
		}
		if len(roots) < len(c.talks) {
			t.Fatalf("%d talks in four hours, want all %d", len(roots), len(c.talks))
		}
		said := roots[:len(c.talks)]
		slices.Sort(said)
		if once := slices.Compact(slices.Clone(said)); len(once) < len(said) {
			t.Errorf("%d of the first %d talks were repetitions", len(said)-len(once), len(said))
		}
	})
}

func words(n *Network) []string {
	var all []string
	for _, p := range n.All() {
		all = append(all, fmt.Sprint(p.Author, p.Text, p.State, p.Likes))
	}
	return all
}

func TestPeopleReactToAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := evening(t, 3, time.Second)
		if _, _, err := n.Join(Account{Handle: "acme"}, ""); err != nil {
			t.Fatal(err)
		}
		answers := map[string]bool{}
		for _, p := range n.All() {
			if p.Parent == "" && p.State == StatePublic {
				answers[say(t, n, "acme", Draft{Text: "We look into it.", Parent: p.ID}).ID] = true
			}
		}
		live(t, n, 3, 5*time.Minute)
		reactions := 0
		for _, p := range n.All() {
			if answers[p.Parent] {
				reactions++
			}
		}
		if reactions < len(answers)/3 || reactions > len(answers) {
			t.Errorf("%d reactions to %d answers", reactions, len(answers))
		}
	})
}
