package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	longestLine = 16 << 20 // bytes; also of a row that spans lines
	tooLong     = "the line is longer than 16 MB"
)

// place is a point between two rows of a stream.
type place struct {
	offset int64
	line   int // lines before it
}

// line is a physical line without its line end.
type line struct {
	text  string
	start place
	end   place
	whole bool // it has a line end
	long  bool // it exceeds the longest line; text is only its beginning
}

// after is where reading goes on after the line; before it, when it has no line end yet and may still grow.
func (l line) after() place {
	if !l.whole {
		return l.start
	}
	return l.end
}

// lines reads physical lines and can take lines back.
type lines struct {
	place   // of the next line
	in      *bufio.Reader
	read    int64  // bytes taken from in
	again   []line // taken back, in order
	buf     []byte
	partial bool // the stream ends in a row that is left for later
}

// next returns the next line, or io.EOF.
func (l *lines) next() (line, error) {
	if len(l.again) > 0 {
		one := l.again[0]
		l.again = l.again[1:]
		l.place = one.end
		return one, nil
	}
	one := line{start: l.place}
	l.buf = l.buf[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		l.read += int64(len(part))
		l.offset += int64(len(part))
		if !one.long && len(l.buf)+len(part) > longestLine {
			one.long = true
			l.buf = append(l.buf, part...)[:keepRaw]
		}
		if err == nil && len(l.buf) == 0 {
			return l.finish(one, part), nil
		}
		if !one.long {
			l.buf = append(l.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && l.offset == one.start.offset:
			return line{}, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			l.offset = one.start.offset
			return line{}, err
		}
		one.whole = err == nil
		return l.finish(one, l.buf), nil
	}
}

// filled returns the next line that is not blank. A line without its end is one only when it counts as whole; otherwise it is left
// for later, and the stream ends before it.
func (l *lines) filled(whole bool) (line, error) {
	for {
		one, err := l.next()
		switch {
		case err != nil:
			return line{}, err
		case !one.whole && !whole:
			l.later(one)
			return line{}, io.EOF
		case strings.TrimSpace(one.text) != "":
			return one, nil
		}
	}
}

// finish makes a line of bytes that end in the line end, if there is one.
func (l *lines) finish(one line, b []byte) line {
	if !one.long {
		one.whole = bytes.HasSuffix(b, []byte("\n"))
	}
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	if one.start.offset == 0 {
		b = bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	one.text = string(b)
	l.line++
	one.end = l.place
	if cap(l.buf) > 1<<20 {
		l.buf = nil // one long line must not cost memory for ever
	}
	return one
}

// back takes lines back, which next returns again. They must be the last ones that were returned, in order.
func (l *lines) back(ls ...line) {
	if len(ls) == 0 {
		return
	}
	l.again = append(ls[:len(ls):len(ls)], l.again...)
	l.place = ls[0].start
}

// later takes back the lines of a row that is still being written and marks the stream as not done.
func (l *lines) later(ls ...line) {
	l.back(ls...)
	l.partial = true
}
