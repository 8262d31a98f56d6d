package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestReplyLife keeps what is asked of a published reply and what became of it, and shows both on the case.
func TestReplyLife(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		addUser(t, s, "U9", desk.RoleAgent)
		c := opened(t, s, "C1")
		r := replied(t, s, c, "R1", desk.ReplyPublished, "")
		r.Change = desk.ReplyChange{Kind: desk.EntryEdit, Key: "R1/edit/1", Text: "better", By: "U9", At: at1, Note: "busy"}
		r.Receipt = desk.Receipt{Remote: "r1", Note: "It names a person.", Verified: desk.VerifiedPoll}
		past := []desk.ReplyVersion{
			{Number: 1, Kind: desk.VersionPublished, Text: "sorry", By: "U1", At: at1},
			{Number: 2, Kind: desk.VersionDeleted, At: at1.Add(time.Hour)},
		}
		change(t, s, func(tx *Tx) error {
			for _, v := range past {
				if err := tx.PutReplyVersion(t.Context(), r.ID, v); err != nil {
					return err
				}
			}
			if err := tx.UpdateReply(t.Context(), &r); err != nil {
				return err
			}
			got, err := tx.ReplyVersions(t.Context(), r.ID)
			if diff := cmp.Diff(past, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		v, err := s.CaseView(t.Context(), desk.Everything, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[desk.ReplyID][]desk.ReplyVersion{"R1": past}, v.Past); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(r, v.Replies[0]); diff != "" {
			t.Error(diff)
		}
		if v.Names["U9"] == "" {
			t.Error("who asked for the change has no name")
		}
	})
}

// TestByHandColumn: a case whose answer waits for a hand stands in its own column, whatever newer draft there is.
func TestByHandColumn(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		c := opened(t, s, "C1")
		replied(t, s, c, "R1", desk.ReplyByHand, "")
		replied(t, s, c, "R2", desk.ReplyDraft, "")
		if got := ids(t, s, desk.Everything, desk.CaseFilter{}, desk.ColumnByHand); got != "C1" {
			t.Errorf("by hand: %q, want C1", got)
		}
	})
}
