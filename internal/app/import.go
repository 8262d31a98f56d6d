package app

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors/file"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

// ImportOptions say what an import reads and how.
type ImportOptions struct {
	Source    string // name that the mentions carry; a configured source lends its brand, site and mapping
	File      string
	Map       string // "ours=theirs,…", over the source's own mapping
	Brand     string // of an unconfigured source; the only brand when empty
	OpenCases bool   // history is judged and counted, but opens no case unless asked
}

// importChunk is how many rows one transaction stores.
const importChunk = 500

// Import reads a file into the desk. It goes on where an import of the same file was interrupted, and adds nothing twice.
func Import(ctx context.Context, opt Options, in ImportOptions) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	src, options, err := a.importSource(in)
	if err != nil {
		return err
	}
	reader, err := file.Open(in.File, options)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	name := in.Source + ":" + filepath.Base(in.File)
	at, err := a.store.ImportCursor(ctx, name)
	if err != nil {
		return err
	}
	if at != "" {
		resumed, err := reader.Resume(ctx, at)
		if err != nil {
			return err
		}
		if resumed {
			_, _ = fmt.Fprintf(opt.Err, "Going on where the last import of %s stopped.\n", in.File)
		}
	}
	sum, err := a.importAll(ctx, reader, desk.Intake{Source: src, Import: name, OpenNone: !in.OpenCases})
	_, _ = fmt.Fprintf(opt.Out, "%s: %d new, %d edited, %d known, %d could not be read; %d cases opened\n", in.File, sum.New, sum.Edited, sum.Known, sum.Poison, sum.Opened)
	return err
}

// importSource finds the source that an import belongs to, and how its files are read.
func (a *App) importSource(in ImportOptions) (desk.Source, file.Options, error) {
	var options file.Options
	src := desk.Source{Name: in.Source, Kind: "import", Brand: in.Brand}
	for _, c := range a.cfg.Sources {
		if c.Name != in.Source {
			continue
		}
		src = a.sources[c.Name].desk
		if c.Kind == "file" {
			if err := c.Decode(&options); err != nil {
				return src, options, err
			}
		}
	}
	if src.Brand == "" && len(a.cfg.Brands) == 1 {
		src.Brand = a.cfg.Brands[0].Name
	}
	if src.Brand != "" && !knows(a.cfg.Brands, src.Brand) {
		return src, options, desk.Invalidf("--brand %s: %s has no brand of this name; it has %s", src.Brand, a.opt.Config, list(a.cfg.Brands, func(b desk.Brand) string { return b.Name }))
	}
	if options.Site == "" {
		options.Site = "file:" + in.Source
	}
	src.Site = desk.Site(options.Site)
	if in.Map == "" {
		return src, options, nil
	}
	given, err := file.ParseMap(in.Map)
	if err != nil {
		return src, options, desk.Invalidf("--map: %v", err)
	}
	if options.Map == nil {
		options.Map = map[string]string{}
	}
	maps.Copy(options.Map, given)
	return src, options, nil
}

func knows(brands []desk.Brand, name string) bool {
	for _, b := range brands {
		if b.Name == name {
			return true
		}
	}
	return false
}

// importAll stores chunk after chunk, each with how far it came.
func (a *App) importAll(ctx context.Context, reader *file.Reader, in desk.Intake) (sum desk.IngestResult, err error) {
	bar := newBar(a.opt.Err)
	defer bar.done()
	for {
		chunk, damage := reader.Next(importChunk)
		in.At, in.Cursor, in.More = time.Now(), reader.Cursor(), chunk.More
		in.Mentions, in.Poison = chunk.Mentions, chunk.Poison
		for i := range in.Poison {
			in.Poison[i].Source, in.Poison[i].At = in.Source.Name, in.At
		}
		r, err := a.work.Ingest(ctx, in) // what was read before the damage is kept
		if err != nil {
			return sum, err
		}
		sum = sum.Plus(r)
		bar.show(chunk.Read, chunk.Total, sum.New+sum.Edited+sum.Known)
		if damage != nil || !in.More {
			return sum, damage
		}
	}
}

// list joins the names of things for a sentence.
func list[T any](things []T, name func(T) string) string {
	if len(things) == 0 {
		return "none"
	}
	names := make([]string, len(things))
	for i, t := range things {
		names[i] = name(t)
	}
	return strings.Join(names, ", ")
}

func sourceName(s config.Source) string { return s.Name }

func accountName(a config.Account) string { return a.Name }
