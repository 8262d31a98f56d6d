package config_test

import "testing"

// Zero says never, so it is not shorter than anything.
func TestARouteMayNeverRepeat(t *testing.T) {
	t.Parallel()
	c := parse(t, `
notify:
  targets: [{name: t, kind: console}]
  route: {target: t, repeat_interval: 0s, routes: [{group_interval: 1h}]}
`)
	if r := c.Notify.Route.RepeatInterval; r == nil || *r != 0 {
		t.Errorf("repeat_interval is %v, want 0s", r)
	}
}
