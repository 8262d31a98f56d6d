package train

import "github.com/earshotdesk/earshot/triage/model"

// Example is one labelled text.
type Example struct {
	File      int // index into [Data.Files]
	Text      string
	Sentiment int8 // 0 negative, 1 neutral, 2 positive, -1 not labelled

	// Marks says yes (1), no (0) or nothing (-1) for the columns from [model.Complaint] on.
	Marks [model.Columns - model.Complaint]int8
}

// File is one labelled file: all its examples are of one language or many, and of one kind of text.
type File struct {
	Name   string
	Kind   model.Kind // [model.Kinds] when of no kind in particular
	Weight float64    // of its sentiment beside that of other files, before what its size and the rarity of labels give
	Words  bool       // a list of single words, not of texts: they teach sentiment a little, and nothing of kinds
}

// Data is what a recipe reads.
type Data struct {
	Files    []File
	Examples []Example
}
