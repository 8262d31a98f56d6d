// Package archtest keeps the house rules as tests: who may import whom, how long a file may be, what every package and every
// connector must bring along, and that released migrations stay as they were.
//
// It has no code of its own to run; a rule that matters is a row in one of its tables. A package without a row fails.
package archtest
