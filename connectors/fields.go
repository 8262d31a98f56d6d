package connectors

import (
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Address reads where a network is, without a slash at its end. The example is for the sentence that says what is wrong.
func Address(setting, address, example string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, desk.Invalidf("%s must be an http or https address, such as %s", setting, example)
	}
	return u, nil
}

// Past returns a moment in UTC that is not in our future: clocks differ, and what was said was said.
func Past(at, now time.Time) time.Time {
	if at.After(now) {
		return now.UTC()
	}
	return at.UTC()
}

// Unix reads seconds since 1970 as [Past] does; zero when they make no sense.
func Unix(seconds float64, now time.Time) time.Time {
	if !(seconds > 0) || seconds > 1e11 {
		return time.Time{}
	}
	return Past(time.UnixMilli(int64(seconds*1000)), now)
}

// AnswerTo is the one answer of a review, as a mention beside it: ours, whoever of us wrote it.
func AnswerTo(review desk.Mention, words string, at time.Time) desk.Mention {
	return desk.Mention{
		Site: review.Site, Remote: review.Remote + AnswerSuffix, Kind: desk.KindComment, Thread: review.Remote, Parent: review.Remote,
		Text: words, URL: review.URL, PostedAt: at, Visibility: review.Visibility, Ours: true,
	}
}

// Extras drops what is empty; nil when nothing is left.
func Extras(all map[string]string) map[string]string {
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
