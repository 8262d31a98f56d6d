// Package triage judges what people write: language, sentiment, urgency, intent, spam, the products and brands named, topics. It
// says why, with places in the text as given.
//
// A [Pipeline] is a row of pure taggers over one prepared text, followed by the desk's own rules. It owns the lexicons in
// lexicon/, which are our own work, and the evaluation of all this against labelled files. It promises a verdict for any text,
// hostile ones included, in time linear in its length; a tagger that breaks is named in the verdict and stops nothing.
package triage
