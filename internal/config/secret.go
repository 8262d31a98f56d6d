package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// DSN names the database. Its password is a secret: it prints as <secret> whatever the verb; [DSN.Reveal] gives it away.
type DSN string

// Reveal returns the DSN with its password, for the store.
func (s DSN) Reveal() string { return string(s) }

// String returns the DSN with its password hidden.
func (s DSN) String() string {
	if strings.HasPrefix(string(s), "sqlite:") {
		return string(s)
	}
	return hidePassword(string(s))
}

// Format hides the password from every verb of package fmt.
func (s DSN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the password from every encoder that knows text.
func (s DSN) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the DSN as it is written.
func (s *DSN) UnmarshalText(b []byte) error { *s = DSN(b); return nil }

// hidePassword replaces what is secret in a URL: its password and values of parameters that sound like one. Text that is no URL
// but holds an @ after :// is hidden wholly.
func hidePassword(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return desk.Redacted
	}
	const mark = "hidden-secret"
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), mark)
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		name, _, has := strings.Cut(pair, "=")
		if has && soundsSecret(name) {
			pairs[i] = name + "=" + mark
		}
	}
	u.RawQuery = strings.Join(pairs, "&")
	if !strings.Contains(u.String(), mark) {
		return s
	}
	return strings.ReplaceAll(u.String(), mark, desk.Redacted)
}

func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"password", "passwd", "secret", "token", "apikey", "api_key", "access_key", "sslkey", "signature"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "key" || name == "auth" || name == "pwd"
}

// secret reads a secret. No sentence about it shows what it is.
func (d *decoder) secret(n *node, v reflect.Value, path string) {
	switch {
	case n.kind != textual:
		d.add(n.at, path, "is %s; it must be text, so put it into quotes", n.kind)
	case n.text == "" && n.expanded:
		d.add(n.at, path, "is empty: the environment variable it names holds nothing")
	case n.text == "":
		d.add(n.at, path, "is empty; write ${NAME} to take it from the environment, or use %s_file", path[strings.LastIndexByte(path, '.')+1:])
	case strings.TrimSpace(n.text) != n.text || strings.ContainsAny(n.text, "\r\n") && !isPEM(n.text):
		d.add(n.at, path, "begins or ends with a space or spans lines, which no secret does")
	case n.text == desk.Redacted:
		d.add(n.at, path, "is the word %s, as a print without secrets has it; write the secret itself", desk.Redacted)
	default:
		v.SetString(n.text)
	}
}

const maxSecret = 64 << 10 // bytes of a secret file

// secretFile reads the file that holds a secret, relative to the folder of the configuration.
func (d *decoder) secretFile(n *node, path string) *node {
	if n.kind != textual || n.text == "" {
		d.add(n.at, path, "is %s; it must be the name of a file", n.kind)
		return nil
	}
	if content, ok := d.secrets[n.text]; ok {
		return &node{kind: textual, text: content, raw: n.raw, expanded: true, at: n.at}
	}
	name := n.text
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.dir, name)
	}
	content, err := readSecret(name)
	content = oneLine(content)
	switch {
	case err != nil:
		d.add(n.at, path, "names %s, which cannot be read: %s", n.shown(), reason(err))
	case content == "":
		d.add(n.at, path, "names %s, which is empty", n.shown())
	case strings.ContainsAny(content, "\n\x00") && !isPEM(content):
		d.add(n.at, path, "names %s, which holds more than one line", n.shown())
	case strings.TrimSpace(content) != content:
		d.add(n.at, path, "names %s, whose content begins or ends with a space", n.shown())
	default:
		d.secrets[n.text] = content
		return &node{kind: textual, text: content, raw: n.raw, expanded: true, at: n.at}
	}
	return nil
}

// oneLine writes a JSON object, as which some vendors hand out keys, on one line; everything else stays.
func oneLine(content string) string {
	var line bytes.Buffer
	if !strings.HasPrefix(strings.TrimSpace(content), "{") || json.Compact(&line, []byte(content)) != nil {
		return content
	}
	return line.String()
}

// isPEM tells whether a secret is a key in armour, which has many lines by its nature.
func isPEM(content string) bool {
	return strings.HasPrefix(content, "-----BEGIN ") && strings.HasSuffix(content, "-----") && !strings.Contains(content, "\x00")
}

func readSecret(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is not a regular file")
	}
	if info.Size() > maxSecret {
		return "", errors.New("it is larger than 64 KiB")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}
