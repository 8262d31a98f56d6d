package connectors

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Sum identifies the words of an answer, for [desk.Receipt.Sum]: equal where [SameWords] says so.
func Sum(words string) string {
	sum := sha256.Sum256([]byte(plainWords(words)))
	return hex.EncodeToString(sum[:8])
}

// Ours tells whether an answer that stands under a review is still the one that a receipt proves. Where a review has one answer only,
// editing or removing it must not touch what a person has put in its place since.
func Ours(receipt desk.Receipt, words string) bool {
	return receipt.Sum != "" && receipt.Sum == Sum(words)
}
