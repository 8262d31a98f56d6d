// Package bench measures the desk: pages at two sizes side by side, memory, start, import and refresh on both engines, triage.
//
// It drives the binary as a child process, as an operator would, so that time, memory and processor time are those of a real desk,
// and keeps everything in one folder that goes when it ends. It promises figures, not verdicts: each stands beside what is aimed
// at, medians of several runs where a run is short, and figures to compare come from the same run in turns.
package bench
