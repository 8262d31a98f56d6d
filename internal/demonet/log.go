package demonet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// What an entry of the log does.
const (
	doAccount = "account"
	doToken   = "token"
	doPost    = "post"
	doEdit    = "edit"
	doDelete  = "delete"
	doState   = "state"
	doLock    = "lock"
	doMoods   = "moods"
)

// entry is one event. Times and ids are part of it, so that replay decides nothing anew.
type entry struct {
	Do      string    `json:"do"`
	At      time.Time `json:"at"`
	ID      string    `json:"id,omitempty"`
	Handle  string    `json:"handle,omitempty"`
	Text    string    `json:"text,omitempty"`
	Token   string    `json:"token_sha256,omitempty"`
	State   State     `json:"state,omitempty"`
	Locked  bool      `json:"locked,omitempty"`
	Account *Account  `json:"account,omitempty"`
	Post    *Post     `json:"post,omitempty"`
	Moods   *Moods    `json:"moods,omitempty"`
}

// journal is the log file. A line is the CRC-32 of its JSON as eight hexadecimal digits, a space, the JSON, a line feed.
type journal struct {
	file   *os.File // nil keeps nothing: a network that ends with its process
	size   int64
	broken error // the disk failed: nothing is accepted any more
}

// openJournal opens or makes the file and hands every whole entry to apply, in order. A last line that was cut off is dropped;
// damage anywhere else is an error, because it would silently unsay what was said. So is a file that another process has open.
func openJournal(path string, apply func(entry) error) (*journal, error) {
	if path == "" {
		return &journal{}, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the network's log: %w", err)
	}
	if err := lock(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	j := &journal{file: file}
	if err := j.replay(path, apply); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

func (j *journal) replay(path string, apply func(entry) error) error {
	data, err := io.ReadAll(j.file)
	if err != nil {
		return fmt.Errorf("reading the network's log: %w", err)
	}
	for number := 1; ; number++ {
		end := bytes.IndexByte(data[j.size:], '\n')
		if end < 0 {
			break // nothing more, or a line cut off while it was written: nobody was told that it counts
		}
		e, err := parseLine(data[j.size : j.size+int64(end)])
		if err == nil {
			err = apply(e)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w; the log is damaged, start with another file", path, number, err)
		}
		j.size += int64(end) + 1
	}
	return j.cut()
}

// cut drops what stands behind the last whole line.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return fmt.Errorf("cutting the network's log: %w", err)
	}
	if _, err := j.file.Seek(j.size, io.SeekStart); err != nil {
		return fmt.Errorf("seeking in the network's log: %w", err)
	}
	return nil
}

func parseLine(line []byte) (entry, error) {
	var e entry
	head, body, _ := bytes.Cut(line, []byte(" "))
	sum, err := strconv.ParseUint(string(head), 16, 32)
	if err != nil || crc32.ChecksumIEEE(body) != uint32(sum) {
		return e, errors.New("this line does not match its checksum")
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("reading an entry: %w", err)
	}
	return e, nil
}

// append writes an entry and returns once it is on the disk.
func (j *journal) append(e entry) error {
	if j.broken != nil || j.file == nil {
		return j.broken
	}
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing an entry: %w", err)
	}
	line := fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(body), body)
	if _, err = j.file.Write(line); err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		// After a failed sync nobody knows what the disk holds; restarting reads what is really there.
		j.broken = fmt.Errorf("the network's log cannot be written, restart it: %w", err)
		return j.broken
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) close() error {
	j.broken = os.ErrClosed
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// syncDir makes the name of a new file durable, too.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("opening the folder of the network's log: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing the folder of the network's log: %w", err)
	}
	return nil
}
