package web

import "github.com/earshotdesk/earshot/internal/desk"

// Act is something that a person may or may not do. The routes name theirs; [May] is the whole table.
type Act string

// The acts.
const (
	ActAnybody  Act = ""         // no sign-in needed
	ActRead     Act = "read"     // look at everything in one's scope, keep one's own preferences
	ActWork     Act = "work"     // take cases, write and send replies, snooze, resolve, dismiss
	ActCorrect  Act = "correct"  // say that a verdict is wrong, take that back, and see what rules would change
	ActApprove  Act = "approve"  // let a colleague's reply go out, or give it back
	ActAssign   Act = "assign"   // give cases to others
	ActSources  Act = "sources"  // poll now
	ActStop     Act = "stop"     // hold back outgoing words
	ActAccounts Act = "accounts" // connect accounts to their networks
	ActUsers    Act = "users"    // add people and change their roles
	ActToken    Act = "token"    // the API: a bearer token instead of a session
)

// rights says what each role may do.
var rights = map[desk.Role]map[Act]bool{
	desk.RoleMarketing: {ActRead: true},
	desk.RoleAgent:     {ActRead: true, ActWork: true, ActCorrect: true},
	desk.RoleManager:   {ActRead: true, ActWork: true, ActCorrect: true, ActApprove: true, ActAssign: true, ActSources: true, ActStop: true},
	desk.RoleAdmin:     {ActRead: true, ActWork: true, ActCorrect: true, ActApprove: true, ActAssign: true, ActSources: true, ActStop: true, ActAccounts: true, ActUsers: true},
}

// May tells whether a role may do an act.
func May(role desk.Role, act Act) bool { return act == ActAnybody || rights[role][act] }
