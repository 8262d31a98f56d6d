// Package web is what people see of the desk: pages, live updates and a read-only API.
//
// It owns the routes and the role × action table that guards them, the templates, styles and scripts, sessions and sign-in. It
// reads through [Store] and changes things through [Work]; both are handed in.
//
// It promises that every page works without JavaScript, that GET changes nothing, that nothing of another origin is loaded and
// nothing runs inline, and that what people wrote is escaped everywhere.
package web
