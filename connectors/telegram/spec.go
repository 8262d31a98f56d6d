package telegram

import (
	_ "embed"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/text"
)

//go:embed sample.yaml
var sample string

// Spec describes the kind telegram.
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "telegram",
		Title:   "Telegram",
		Group:   connectors.GroupSocial,
		Summary: "Telegram groups and channels through a bot: what is said there from now on; answers by the bot",
		Sample:  sample,
		Caps:    capabilities(),
		Options: &Options{},
		New:     New,
	}
}

func capabilities() connectors.Capabilities {
	return connectors.Capabilities{
		Polls: true, Replies: true, Many: true, Edit: true, Delete: true,
		Limit: 4096, Counts: string(text.UTF16),
		Certainty: connectors.CertainBlind, Window: kept, SeesEdits: true,
	}
}
