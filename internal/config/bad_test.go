package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

var update = flag.Bool("update", false, "write the expected messages anew")

// TestBad loads one file per rule and compares every message with the text beside it.
func TestBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse(file, data, env("EMPTY", "", "SECRET", "hunter2hunter2", "TWO", " two "), kinds())
			var problems config.Problems
			if !errors.As(err, &problems) || !errors.Is(err, desk.ErrInvalid) {
				t.Fatalf("want problems, got %v", err)
			}
			got := strings.ReplaceAll(err.Error(), filepath.Dir(file)+string(filepath.Separator), "") + "\n"
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret shows:\n%s", got)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("messages differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLoadRefuses covers what is wrong before there is any YAML.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.yaml")
	if err := os.WriteFile(huge, []byte("# "+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "absent.yaml"): ":1:1: there is no such file",
		dir:                               ":1:1: this is a folder; name the YAML file in it",
		huge:                              ":1:1: the file is larger than 1 MiB, which no configuration is; is it the right file?",
	} {
		if _, err := config.Load(path, kinds()); err == nil || err.Error() != path+want {
			t.Errorf("got  %v\nwant %s", err, path+want)
		}
	}
}

// TestKindsThatHideCommonSettings is a mistake of the build, not of the file.
func TestKindsThatHideCommonSettings(t *testing.T) {
	t.Parallel()
	type clash struct {
		Every string `yaml:"every"`
	}
	_, err := config.Schema(config.Kinds{Connectors: map[string]any{"clash": &clash{}}})
	if err == nil || !strings.Contains(err.Error(), `"every"`) {
		t.Errorf("got %v", err)
	}
}
