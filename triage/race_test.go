//go:build race

package triage_test

// raceEnabled tells that the race detector runs, which makes every judgement ten times slower.
const raceEnabled = true
