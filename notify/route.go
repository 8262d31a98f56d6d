package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// timing is when the groups of a route speak.
type timing struct {
	wait     time.Duration // a new group waits this long for company
	interval time.Duration // between news of one group
	repeat   time.Duration // until untouched work is said again; 0 for never
}

// Tree is the compiled tree of routes. It is immutable.
type Tree struct {
	root  *node
	byID  map[string]*node
	posts bool // some route asks how often an author wrote
}

// node is a route with everything inherited.
type node struct {
	id       string
	match    matcher
	target   string
	groupBy  []string
	timing   timing
	goOn     bool
	children []*node
}

var groupNames = [...]string{"brand", "case", "language", "product", "site", "source", "topic", "urgency"}

// Compile checks a tree of routes and works out what each inherits. A route without a target, and none above it, tells nobody.
// Targets are the names that may be used; nil allows all. Every mistake is reported by the place of its route, for example
// "notify.route.routes[1]".
func Compile(root desk.Route, targets []string) (*Tree, error) {
	c := compiler{targets: targets, tree: &Tree{byID: make(map[string]*node)}}
	above := &node{
		groupBy: []string{"brand", "product", "source"},
		timing:  timing{desk.DefaultGroupWait, desk.DefaultGroupInterval, desk.DefaultRepeatInterval},
	}
	if text := conditionText(root.Match); text != "" {
		return nil, desk.Invalidf("notify.route: the root takes every case, so it cannot have match; put it into routes")
	}
	n, err := c.route(root, above, "notify.route", "root")
	c.tree.root = n
	return c.tree, err
}

type compiler struct {
	tree    *Tree
	targets []string
}

func (c *compiler) route(r desk.Route, above *node, place, id string) (*node, error) {
	n := &node{id: id, match: newMatcher(r.Match), target: above.target, groupBy: above.groupBy, timing: above.timing, goOn: r.Continue}
	if r.Target != "" {
		n.target = r.Target
		if c.targets != nil && !slices.Contains(c.targets, r.Target) {
			return nil, desk.Invalidf("%s: there is no target %q; the targets are %s", place, r.Target, strings.Join(c.targets, ", "))
		}
	}
	if len(r.GroupBy) > 0 {
		n.groupBy = slices.Compact(slices.Sorted(slices.Values(r.GroupBy)))
		for _, name := range n.groupBy {
			if !slices.Contains(groupNames[:], name) {
				return nil, desk.Invalidf("%s: cannot group by %q; the names are %s", place, name, strings.Join(groupNames[:], ", "))
			}
		}
	}
	if err := n.timing.inherit(r, place); err != nil {
		return nil, err
	}
	// A route that tells somebody else is another route: its groups begin anew rather than rewrite messages elsewhere.
	if n.target != above.target {
		n.id += ">" + n.target
	}
	if _, twice := c.tree.byID[n.id]; twice {
		n.id += "#" + strconv.Itoa(len(c.tree.byID))
	}
	c.tree.byID[n.id] = n
	c.tree.posts = c.tree.posts || r.Match.AuthorPosts > 0
	for i, child := range r.Routes {
		sub, err := c.route(child, n, place+".routes["+strconv.Itoa(i)+"]", n.id+"/"+conditionText(child.Match))
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, sub)
	}
	return n, nil
}

func (t *timing) inherit(r desk.Route, place string) error {
	for _, f := range []struct {
		key string
		set *desk.Duration
		to  *time.Duration
	}{{"group_wait", r.GroupWait, &t.wait}, {"group_interval", r.GroupInterval, &t.interval}, {"repeat_interval", r.RepeatInterval, &t.repeat}} {
		if f.set == nil {
			continue
		}
		if *f.set < 0 {
			return desk.Invalidf("%s.%s: %s is negative", place, f.key, f.set)
		}
		*f.to = f.set.Std()
	}
	if t.repeat > 0 && t.repeat < t.interval {
		return desk.Invalidf("%s: repeat_interval %s is shorter than group_interval %s; untouched work would be said more often than news",
			place, t.repeat, t.interval)
	}
	return nil
}

// find returns the routes that take a case: the deepest that match, and more than one only where a route says continue.
func (t *Tree) find(c *desk.NoticeCase) []*node { return t.root.find(c) }

func (n *node) find(c *desk.NoticeCase) []*node {
	var out []*node
	for _, child := range n.children {
		if !child.match.takes(c) {
			continue
		}
		out = append(out, child.find(c)...)
		if !child.goOn {
			return out
		}
	}
	if len(out) == 0 {
		out = []*node{n}
	}
	return out
}

// group names the group of a case in a route and what its members share.
func (n *node) group(c *desk.NoticeCase) (key string, shared map[string]string) {
	shared = make(map[string]string, len(n.groupBy))
	var b strings.Builder
	b.WriteString(n.id + "{")
	for i, name := range n.groupBy {
		if i > 0 {
			b.WriteByte(',')
		}
		value := groupValue(c, name)
		shared[name] = value
		b.WriteString(name + "=" + strconv.Quote(value))
	}
	return b.String() + "}", shared
}

// timingOf returns when the groups of a route speak. Groups of a route that is configured no more follow their cases to the end
// and are not repeated.
func (t *Tree) timingOf(g *desk.NoticeGroup) timing {
	if n, ok := t.byID[g.Route]; ok && g.Route != "" {
		return n.timing
	}
	if g.Key == outboxGroup {
		return timing{wait: desk.DefaultGroupWait, interval: desk.DefaultGroupInterval}
	}
	return timing{}
}
