package web

// Line is a line of the routes table as tests walk it.
type Line struct {
	Method, Path string
	Act          Act
}

// Lines returns the routes table.
func Lines() []Line {
	var out []Line
	for _, r := range routes() {
		out = append(out, Line{r.method, r.path, r.act})
	}
	return out
}
