package desk

import (
	"slices"
	"time"
)

// The settings in this file are what several rooms read of the configuration. The tags serve package config: yaml names the key,
// doc is the sentence that editors show, default is what an absent key means, enum, min, max and required say what it may hold.

// Brand is a company or name that the desk works for.
type Brand struct {
	Name        string    `yaml:"name" required:"true" doc:"Short name, used in filters and routes: letters, digits and hyphens."`
	Title       string    `yaml:"title" doc:"Name as people read it; the short name when absent."`
	Aliases     []string  `yaml:"aliases" doc:"Other spellings, handles and hashtags by which the brand is meant, found with case endings. One in lower case counts as a plain word; where a name with a capital is an ordinary word, too (Orange), texts must show that the name is meant."`
	Products    []Product `yaml:"products" doc:"Products, found in texts by their aliases."`
	Competitors []Product `yaml:"competitors" doc:"Other companies whose naming is worth a tag; praise of them is no praise of us."`
}

// Product is something that texts name.
type Product struct {
	Name    string   `yaml:"name" required:"true" doc:"Name as it stands in tags."`
	Aliases []string `yaml:"aliases" doc:"Other spellings; the name itself always counts. One in lower case (phone) counts as a plain word."`
}

// Topic is a theme that texts are about, by its words in each language.
type Topic struct {
	Name   string              `yaml:"name" required:"true" doc:"Name as it stands in tags."`
	Words  map[string][]string `yaml:"words" doc:"Words by language (en, hu, el, sk …; any for all), with the case endings of that language. A trailing * matches every ending."`
	Topics []Topic             `yaml:"topics" json:",omitempty" doc:"Narrower topics; one found counts for this one, too. They nest once."`
}

// Rule sets tags where its condition holds. Rules run after the taggers, in the order they are written; later ones win.
type Rule struct {
	Name string    `yaml:"name" required:"true" doc:"Name of the rule; it stands in the reasons."`
	When Condition `yaml:"when" doc:"All conditions given must hold."`
	Set  Assign    `yaml:"set" required:"true" doc:"Tags to set."`
}

// Condition narrows what a rule or a route applies to. Lists mean "one of"; absent fields do not narrow.
type Condition struct {
	Words       []string `yaml:"words" doc:"Words or phrases in the text, whatever their case and accents. A trailing * matches every ending."`
	Brand       []string `yaml:"brand" doc:"Brands."`
	Product     []string `yaml:"product" doc:"Products."`
	Topic       []string `yaml:"topic" doc:"Topics."`
	Source      []string `yaml:"source" doc:"Sources."`
	Site        []string `yaml:"site" doc:"Sites."`
	Kind        []string `yaml:"kind" enum:"post,comment,review,article" doc:"post, comment, review or article."`
	Language    []string `yaml:"language" doc:"Languages, ISO 639-1."`
	Sentiment   []string `yaml:"sentiment" enum:"negative,neutral,positive" doc:"negative, neutral or positive."`
	Urgency     []string `yaml:"urgency" enum:"low,normal,high,critical" doc:"low, normal, high or critical."`
	Intent      []string `yaml:"intent" enum:"complaint,question,praise,request,fault,other" doc:"complaint, question, praise, request, fault or other."`
	Spam        []string `yaml:"spam" enum:"yes,no" doc:"yes or no."`
	Offensive   []string `yaml:"offensive" enum:"yes,no" json:",omitempty" doc:"yes or no."`
	MaxStars    *float64 `yaml:"max_stars" min:"0" max:"5" doc:"At most this many stars of five; texts without stars do not match."`
	MinReach    int64    `yaml:"min_reach" min:"0" doc:"The author has at least this many followers."`
	AuthorPosts int      `yaml:"author_posts" min:"0" doc:"The author wrote about us at least this often in the 30 days before."`
}

// Assign is what a rule sets. Absent fields stay as the taggers left them.
type Assign struct {
	Sentiment string   `yaml:"sentiment" enum:"negative,neutral,positive" doc:"negative, neutral or positive."`
	Urgency   string   `yaml:"urgency" enum:"low,normal,high,critical" doc:"low, normal, high or critical."`
	Intent    string   `yaml:"intent" enum:"complaint,question,praise,request,fault,other" doc:"complaint, question, praise, request, fault or other."`
	Spam      string   `yaml:"spam" enum:"yes,no" doc:"yes or no."`
	Offensive string   `yaml:"offensive" enum:"yes,no" json:",omitempty" doc:"yes or no."`
	Language  string   `yaml:"language" doc:"ISO 639-1."`
	Products  []string `yaml:"products" doc:"Products to add."`
	Topics    []string `yaml:"topics" doc:"Topics to add."`
}

// What a route does where it and those above it say nothing; it groups by brand, product and source then. The docs of [Route] name
// the same.
const (
	DefaultGroupWait      = time.Minute
	DefaultGroupInterval  = 5 * time.Minute
	DefaultRepeatInterval = 4 * time.Hour
)

// Route decides where notices of a case go. Routes form a tree: the first matching child wins unless it says continue; what a
// child leaves out it inherits.
type Route struct {
	Match          Condition `yaml:"match" doc:"Cases this route takes."`
	Target         string    `yaml:"target" doc:"Name of the target; inherited when absent."`
	GroupBy        []string  `yaml:"group_by" enum:"brand,product,topic,source,site,language,urgency,case" doc:"Cases with equal values share one message: brand, product, topic, source, site, language, urgency, or case for one message each (default brand, product, source)."`
	GroupWait      *Duration `yaml:"group_wait" doc:"How long a new group waits for company before its first message (default 60s; critical cases do not wait)."`
	GroupInterval  *Duration `yaml:"group_interval" doc:"How long after a message the next news of the same group waits (default 5m)."`
	RepeatInterval *Duration `yaml:"repeat_interval" doc:"After how long untouched work is said again (default 4h); 0s for never."`
	Continue       bool      `yaml:"continue" doc:"Try later siblings too."`
	Routes         []Route   `yaml:"routes" doc:"Children, tried in order."`
}

// Workflow is how the desk works a case.
type Workflow struct {
	Approval string     `yaml:"approval" default:"off" enum:"off,always" doc:"off: agents publish themselves; always: a manager approves every reply."`
	Undo     Duration   `yaml:"undo" default:"10s" max:"1h" doc:"How long a reply rests before it leaves, so that it can be taken back."`
	Join     Duration   `yaml:"join" default:"7d" doc:"Within this span a further mention by the same author on the same site joins the case."`
	Open     OpenPolicy `yaml:"open" doc:"Which mentions open a case."`
}

// OpenPolicy says which mentions open a case; one condition is enough. Spam and our own posts never do.
type OpenPolicy struct {
	Sentiment []string `yaml:"sentiment" enum:"negative,neutral,positive" default:"negative" doc:"Sentiments that open a case."`
	Urgency   []string `yaml:"urgency" enum:"low,normal,high,critical" default:"high,critical" doc:"Urgencies that open a case."`
	Intent    []string `yaml:"intent" enum:"complaint,question,praise,request,fault,other" default:"complaint,fault" doc:"Intents that open a case."`
}

// Opens tells whether a verdict asks for work.
func (p OpenPolicy) Opens(v *Verdict) bool {
	if v.Spam.Label == Yes {
		return false
	}
	return slices.Contains(p.Sentiment, v.Sentiment.Label) || slices.Contains(p.Urgency, v.Urgency.Label) || slices.Contains(p.Intent, v.Intent.Label)
}
