package record

import (
	"encoding/json"
	"maps"
	"slices"
)

const deepest = 6 // objects within objects that get names with dots; what is deeper stays JSON

// Flatten appends the members of a JSON object, decoded with numbers as [json.Number], in the order of their names, so that equal
// objects give equal records. Objects within it get names with dots: user.name.
func Flatten(object map[string]any, names, values []string) ([]string, []string) {
	f := flattened{names, values}
	f.object("", object, 1)
	return f.names, f.values
}

type flattened struct{ names, values []string }

func (f *flattened) object(prefix string, object map[string]any, depth int) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch v := object[name].(type) {
		case nil:
		case string:
			f.add(prefix+name, v)
		case json.Number:
			f.add(prefix+name, v.String())
		case map[string]any:
			if depth < deepest {
				f.object(prefix+name+".", v, depth+1)
				continue
			}
			f.json(prefix+name, v)
		default:
			f.json(prefix+name, v)
		}
	}
}

func (f *flattened) add(name, value string) {
	f.names, f.values = append(f.names, name), append(f.values, value)
}

func (f *flattened) json(name string, v any) {
	b, _ := json.Marshal(v) // it was JSON before: it cannot fail
	f.add(name, string(b))
}
