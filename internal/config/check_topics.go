package config

import (
	"fmt"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// checkTopics checks the topics and those within them: names that no other has, words of languages, no deeper nesting.
func (d *decoder) checkTopics(topics []desk.Topic) {
	name := func(t desk.Topic) string { return t.Name }
	d.names("triage.topics", namesOf(topics, name), true)
	seen := map[string]string{}
	for i, t := range topics {
		seen[strings.ToLower(t.Name)] = fmt.Sprintf("triage.topics[%d]", i)
	}
	for i, t := range topics {
		path := fmt.Sprintf("triage.topics[%d]", i)
		d.checkWordsByLanguage(path+".words", t.Words)
		d.names(path+".topics", namesOf(t.Topics, name), true)
		for j, narrow := range t.Topics {
			own := fmt.Sprintf("%s.topics[%d]", path, j)
			d.checkWordsByLanguage(own+".words", narrow.Words)
			if len(narrow.Topics) > 0 {
				d.at(own+".topics", "nests a third time; a topic may stand within one other, no deeper")
			}
			key := strings.ToLower(narrow.Name)
			if first, twice := seen[key]; twice && key != "" && !strings.HasPrefix(first, path+".") {
				d.at(own+".name", "%s is already the name of %s on line %d", d.quoted(narrow.Name), first, d.marks.of(first+".name").line)
			}
			seen[key] = own
		}
	}
}

// topicNames returns the names of all topics, each followed by those within it.
func topicNames(topics []desk.Topic) (names []string) {
	for _, t := range topics {
		names = append(names, t.Name)
		for _, narrow := range t.Topics {
			names = append(names, narrow.Name)
		}
	}
	return names
}
