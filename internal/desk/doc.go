// Package desk is the vocabulary of Earshot and the rules that need no I/O.
//
// It owns the words that every other room speaks: [Mention] (one thing said in public), [Verdict] (what triage concluded),
// [Case] (one piece of work), [Reply] (what we tell the public), [Event] (what happened), and the records that carry work from
// one room to the next ([Intake], [Entry], [Outgoing]). The state machines of cases and replies are tables here, so that a
// change of the rules is a change of a line.
//
// It promises to import the standard library alone, to do no I/O, and to read no clock but in [NewID].
package desk
