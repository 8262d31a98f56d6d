package file

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// The samples for places without an interface read the examples beside them.
func TestSamplesOfExports(t *testing.T) {
	t.Parallel()
	configs := filepath.Join("..", "..", "configs")
	data, err := os.ReadFile(filepath.Join(configs, "exports.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Sources []struct {
			Name    string
			Options `yaml:",inline"`
		}
	}
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range all.Sources {
		files, err := filepath.Glob(filepath.Join(configs, s.Path))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %v, %v", s.Name, files, err)
		}
		got[s.Name] = outcome(t, files[0], s.Options, 1000)
	}
	want := map[string]string{
		"arukereso": `review sha256:1fa4aea3f4531f8fa7188fcba5adf72d "Három nap késés; nem szóltak." title="Lassú" by="Éva" language="hu" rating=2/5 at=2026-11-17T23:00:00Z
review sha256:d83fe632a329c5f512552b6f471b4386 "Gyors, pontos." by="Péter" language="hu" rating=4.5/5 at=2026-11-11T23:00:00Z extra={"valasz":"Köszönjük!"}
`,
		"skroutz": `review 93026 "Καθυστέρησε η παράδοση." authorID="208832" language="el" rating=1/5 at=2017-01-31T15:30:09Z extra={"negative":"true","reasons":"[\"Προβληματική επικοινωνία\"]"}
`,
		"capterra": `review 1234567 "Does the job, slowly." title="Ok" by="Eva K." language="en" rating=2.5/5 at=2026-11-18T00:00:00Z extra={"Cons":"Slow","Pros":"UI"}
`,
		"facebook-recommendations": `review sha256:c468fb1effdd4e0a77643e41a395fa83 "Három hete várok, senki sem válaszol." by="Kovács Éva" url="https://www.facebook.com/example/posts/1" at=2026-11-18T08:15:00Z extra={"recommendation_type":"negative"}
`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
