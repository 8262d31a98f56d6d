// Package train learns the shipped models from labelled texts. It owns how examples are drawn, written in the ways that people
// write, learned from and rounded; the models themselves, and all that judging needs, live in packages of their own.
//
// Training is deterministic: the same rows, options and seed give the same model on the same kind of machine.
package train
