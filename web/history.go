package web

import (
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// eventView is one line of what happened.
type eventView struct {
	N    int64
	At   time.Time
	Icon string
	Who  string
	Text string
}

// history turns events into sentences. Kinds without one (a draft was saved) are left out: they say nothing to a reader.
func history(l *Lang, events []desk.Event, names map[desk.UserID]string) []eventView {
	var out []eventView
	for i := range events {
		e := &events[i]
		text, icon := eventWords(l, e, names)
		if text == "" {
			continue
		}
		out = append(out, eventView{N: e.N, At: e.At, Icon: icon, Who: actorOf(l, e, names), Text: text})
	}
	return out
}

func actorOf(l *Lang, e *desk.Event, names map[desk.UserID]string) string {
	if e.Actor == desk.Automatic || e.Actor == "" {
		return l.T("event.auto")
	}
	return nameOf(l, desk.UserID(e.Actor), names)
}

func nameOf(l *Lang, id desk.UserID, names map[desk.UserID]string) string {
	if n := names[id]; n != "" {
		return n
	}
	return l.T("event.somebody")
}

// eventWords says what happened and which icon stands before it.
func eventWords(l *Lang, e *desk.Event, names map[desk.UserID]string) (text, icon string) {
	switch e.What {
	case desk.EventMentionEdited:
		if e.To == desk.EventOfOurs {
			return "", "" // the edit of the reply is told by itself
		}
		return l.T("event." + e.What), eventIcons[e.What]
	case desk.EventMentionNew, desk.EventMentionGone, desk.EventCaseOpened, desk.EventCaseJoined,
		desk.EventReplyOutdated, desk.EventNoticeSent, desk.EventVerdictChanged, desk.EventEntryDead:
		return l.T("event." + e.What), eventIcons[e.What]
	case desk.EventCaseMoved:
		return l.T("event.case.moved", "to", l.T("state."+e.To)), "board"
	case desk.EventCaseSnoozed:
		if e.To == "" {
			return l.T("event.case.woken"), "snooze"
		}
		return l.T("event.case.snoozed"), "snooze"
	case desk.EventReplyMoved:
		return l.T("event.reply.moved", "to", l.T("reply."+e.To+".short")), "send"
	case desk.EventReplyEdit, desk.EventReplyDelete:
		return l.T("event." + e.What + "." + e.To), "pencil"
	case desk.EventReplyVisible:
		return l.T("event.reply.visible." + e.To), "eye"
	case desk.EventCorrected, desk.EventUncorrected:
		return correctionWords(l, e), "pencil"
	case desk.EventCaseOwner:
		return ownerWords(l, e, names), "user"
	}
	return "", ""
}

func ownerWords(l *Lang, e *desk.Event, names map[desk.UserID]string) string {
	switch e.To {
	case "":
		return l.T("event.case.released")
	case e.Actor:
		return l.T("event.case.taken")
	}
	return l.T("event.case.assigned", "name", nameOf(l, desk.UserID(e.To), names))
}

// correctionWords tells of a tag that somebody put right, or left to triage again.
func correctionWords(l *Lang, e *desk.Event) string {
	key, tag := "event."+e.What, l.T("why.group."+groupOf(e.Subject))
	switch {
	case e.What == desk.EventUncorrected:
		return l.T(key, "tag", tag)
	case e.From == "":
		return l.T(key+".on", "tag", tag, "to", labelWord(l, e.Subject, e.To))
	case e.To == "":
		return l.T(key+".off", "tag", tag, "from", labelWord(l, e.Subject, e.From))
	}
	return l.T(key, "tag", tag, "from", labelWord(l, e.Subject, e.From), "to", labelWord(l, e.Subject, e.To))
}

// labelWord is a label as people read it; names and codes stand for themselves.
func labelWord(l *Lang, tag, label string) string {
	switch tag {
	case desk.TagSentiment, desk.TagUrgency, desk.TagIntent:
		return l.T(tag + "." + label)
	}
	return label
}

// eventIcons names the icon of each kind that needs no more than a fixed sentence.
var eventIcons = map[string]string{
	desk.EventMentionNew: "bolt", desk.EventMentionEdited: "pencil", desk.EventMentionGone: "x", desk.EventCaseOpened: "inbox", desk.EventCaseJoined: "merge",
	desk.EventReplyOutdated: "pencil", desk.EventNoticeSent: "alerts", desk.EventVerdictChanged: "sparkle", desk.EventEntryDead: "alert",
}
