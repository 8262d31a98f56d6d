package file

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/text/transform"

	"github.com/earshotdesk/earshot/internal/desk"
)

const bufferBytes = 64 << 10

// input is an open file on its way from disk to lines: unpacked and decoded.
type input struct {
	file     *os.File
	disk     *counter
	lines    *lines
	head     []byte // the beginning of the stream
	seekable bool   // offsets of the stream are offsets of the file
	size     int64
	changed  int64
}

// counter counts what is read from disk.
type counter struct {
	r io.Reader
	n int64
}

// Read reads and counts.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// openInput opens a regular file, unpacks gzip by its magic number and decodes what is not UTF-8.
func openInput(path, encoding string) (*input, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, desk.Invalidf("there is no file %s", path)
	case err == nil && !info.Mode().IsRegular():
		return nil, desk.Invalidf("%s is not a file", path)
	case err == nil:
		return openRegular(path, encoding)
	}
	return nil, fmt.Errorf("looking at %s: %w", filepath.Base(path), err)
}

func openRegular(path, encoding string) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", filepath.Base(path), err)
	}
	in := &input{file: f, disk: &counter{r: f}, seekable: true}
	info, err := f.Stat()
	if err == nil {
		in.size, in.changed = info.Size(), info.ModTime().UnixNano()
		err = in.unpack(encoding)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", filepath.Base(path), err), f.Close())
	}
	return in, nil
}

// unpack builds the stream. Errors of the data itself come up again when its lines are read.
func (in *input) unpack(encoding string) error {
	stream := bufio.NewReaderSize(in.disk, bufferBytes)
	if magic, _ := stream.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(stream)
		if err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
		stream, in.seekable = bufio.NewReaderSize(z, bufferBytes), false
	}
	head, _ := stream.Peek(bufferBytes)
	if encoding == "" {
		encoding = guessEncoding(head)
	}
	if e, ok := encodings()[encoding]; ok {
		stream, in.seekable = bufio.NewReaderSize(transform.NewReader(stream, e.NewDecoder()), bufferBytes), false
	}
	head, _ = stream.Peek(headBytes)
	in.head = append(in.head, head...)
	in.lines = &lines{in: stream}
	return nil
}

// skip goes forward to a place, or tells that the stream does not reach so far.
func (in *input) skip(ctx context.Context, to place) (bool, error) {
	l := in.lines
	for len(l.again) > 0 && l.again[0].start.offset < to.offset {
		l.again = l.again[1:]
	}
	if len(l.again) == 0 && in.seekable {
		if to.offset > in.size {
			return false, nil
		}
		if _, err := in.file.Seek(to.offset, io.SeekStart); err != nil {
			return false, err
		}
		in.disk.n, l.read = to.offset, to.offset
		l.in.Reset(in.disk)
	}
	for len(l.again) == 0 && l.read < to.offset {
		n, err := l.in.Discard(int(min(to.offset-l.read, 1<<20)))
		l.read += int64(n)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return false, err
		}
	}
	l.place = to
	return true, nil
}

// progress returns how many bytes of the file were read, and how many it has.
func (in *input) progress() (read, total int64) { return min(in.disk.n, in.size), in.size }

// Close closes the file.
func (in *input) Close() error { return in.file.Close() }
