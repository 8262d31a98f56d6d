package feed_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/connectors/feed"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestTheDesksConfigurationFillsTheOptions(t *testing.T) {
	t.Parallel()
	env := func(name string) (string, bool) { return map[string]string{"KEY": "k3y"}[name], name == "KEY" }
	c, err := config.Parse("desk.yaml", []byte(`
desk: {name: Minta}
brands: [{name: minta}]
sources:
  - name: blog
    kind: feed
    url: https://blog.example/feed
    user: desk
    password: ${KEY}
    headers: {X-Api-Key: "${KEY}"}
`), env, config.Kinds{Connectors: map[string]any{"feed": &feed.Options{}}})
	if err != nil {
		t.Fatal(err)
	}
	var got feed.Options
	if err := c.Sources[0].Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := feed.Options{URL: "https://blog.example/feed", User: "desk", Password: "k3y", Headers: map[string]desk.Secret{"X-Api-Key": "k3y"}, As: "article", MaxItems: 2000, WebSub: "on"}
	if !cmp.Equal(want, got) {
		t.Errorf("got %+v with password %q", got, got.Password.Reveal())
	}
}
