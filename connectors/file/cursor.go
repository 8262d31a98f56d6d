package file

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// position is where reading stands in one file. Offsets count the bytes of the stream that lines are read from: unpacked, and in
// UTF-8 where the file is in another encoding.
type position struct {
	Size    int64  `json:"size"`           // of the file on disk when it was opened
	Changed int64  `json:"changed"`        // its modification time then, nanoseconds
	Offset  int64  `json:"offset"`         // of the first row that is not done; of the last row when that has no line end yet
	Line    int    `json:"line"`           // lines before Offset
	Head    int    `json:"head"`           // bytes at the beginning that Print is made of
	Print   string `json:"print"`          // fingerprint of them; another one means that the file was replaced
	Done    bool   `json:"done,omitempty"` // all was read that the file had at this size and time
}

// cursor is where a source stands: a position for each file by its name.
type cursor struct {
	Files map[string]position `json:"files"`
}

// String writes the cursor as JSON.
func (c cursor) String() string {
	b, _ := json.Marshal(c) // numbers, strings and booleans: it cannot fail
	return string(b)
}

// parseCursor reads a cursor. One that cannot be read is the beginning: reading twice adds nothing, skipping would lose.
func parseCursor(s string) cursor {
	var c cursor
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		return cursor{}
	}
	return c
}

func fingerprint(head []byte) string {
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:12])
}
