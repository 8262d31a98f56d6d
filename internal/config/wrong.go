package config

import (
	"errors"
	"strings"
)

// Wrong places what a kind found wrong with the settings of its source: at the setting that the sentence begins with, else at the source.
func (s Source) Wrong(err error) Problems {
	if all, ok := errors.AsType[Problems](err); ok {
		return all
	}
	p := Problem{File: s.options.file, Line: 1, Col: 1, Path: s.options.path, Message: s.options.path + ": " + err.Error()}
	if s.options.from == nil {
		return Problems{p}
	}
	at := s.options.from.at
	word, _, _ := strings.Cut(err.Error(), " ")
	for _, e := range s.options.from.entries {
		if e.key == strings.TrimSuffix(word, ":") {
			p.Path, p.Message, at = p.Path+"."+e.key, p.Path+"."+err.Error(), e.value.at
		}
	}
	p.Line, p.Col = max(at.line, 1), max(at.col, 1)
	return Problems{p}
}
