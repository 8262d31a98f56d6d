package web

import "net/http"

// handler serves one route. It returns an error instead of writing one; serve turns it into a page.
type handler func(s *Server, w http.ResponseWriter, r *http.Request, v *visitor) error

// route is a line of the table: what, who, how.
type route struct {
	method, path string
	act          Act
	handle       handler
}

// routes is every page and act of the desk. The API has its own table in api.go, guarded by bearer tokens.
func routes() []route {
	return []route{
		{"GET", "/{$}", ActRead, (*Server).home},
		{"GET", "/board", ActRead, (*Server).board},
		{"GET", "/board/counts", ActRead, (*Server).boardCounts},
		{"GET", "/board/{column}", ActRead, (*Server).column},
		{"GET", "/cases/{case}", ActRead, (*Server).caseOne},
		{"GET", "/cases/{case}/card", ActRead, (*Server).caseCard},
		{"GET", "/cases/{case}/conversation", ActRead, (*Server).conversation},
		{"POST", "/cases/{case}/claim", ActWork, (*Server).claim},
		{"POST", "/cases/{case}/release", ActWork, (*Server).release},
		{"POST", "/cases/{case}/assign", ActAssign, (*Server).assign},
		{"POST", "/cases/{case}/resolve", ActWork, (*Server).resolve},
		{"POST", "/cases/{case}/dismiss", ActWork, (*Server).dismiss},
		{"POST", "/cases/{case}/snooze", ActWork, (*Server).snooze},
		{"POST", "/cases/{case}/reopen", ActWork, (*Server).reopen},
		{"POST", "/cases/{case}/draft", ActWork, (*Server).draft},
		{"POST", "/cases/{case}/send", ActWork, (*Server).send},
		{"POST", "/cases/{case}/submit", ActWork, (*Server).submit},
		{"POST", "/cases/{case}/by-hand", ActWork, (*Server).byHand},
		{"POST", "/cases/{case}/replies/{reply}/send", ActWork, (*Server).sendAgain},
		{"POST", "/cases/{case}/replies/{reply}/withdraw", ActWork, (*Server).withdraw},
		{"POST", "/cases/{case}/replies/{reply}/confirm", ActWork, (*Server).confirm},
		{"POST", "/cases/{case}/replies/{reply}/posted", ActWork, (*Server).posted},
		{"POST", "/cases/{case}/replies/{reply}/edit", ActWork, (*Server).editReply},
		{"POST", "/cases/{case}/replies/{reply}/delete", ActWork, (*Server).deleteReply},
		{"POST", "/cases/{case}/replies/{reply}/drop", ActWork, (*Server).dropChange},
		{"POST", "/cases/{case}/replies/{reply}/approve", ActApprove, (*Server).approve},
		{"POST", "/cases/{case}/replies/{reply}/return", ActApprove, (*Server).giveBack},
		{"GET", "/stream", ActRead, (*Server).stream},
		{"GET", "/trends", ActRead, (*Server).trends},
		{"GET", "/mentions/{mention}", ActRead, (*Server).mention},
		{"POST", "/mentions/{mention}/open", ActWork, (*Server).openCase},
		{"GET", "/sources", ActRead, (*Server).sources},
		{"GET", "/sources/{source}", ActRead, (*Server).source},
		{"POST", "/sources/{source}/poll", ActSources, (*Server).pollNow},
		{"GET", "/connectors", ActRead, (*Server).connectors},
		{"GET", "/connectors/{kind}", ActRead, (*Server).connector},
		{"GET", "/accounts", ActRead, (*Server).accounts},
		{"GET", "/accounts/{account}", ActRead, (*Server).account},
		{"GET", callbackPath, ActAccounts, (*Server).accountCallback},
		{"POST", "/accounts/{account}/connect", ActAccounts, (*Server).connectAccount},
		{"POST", "/accounts/{account}/disconnect", ActAccounts, (*Server).disconnectAccount},
		{"GET", "/outbox", ActRead, (*Server).outbox},
		{"POST", "/stops/set", ActStop, (*Server).setStop},
		{"POST", "/stops/lift", ActStop, (*Server).liftStop},
		{"GET", "/users", ActUsers, (*Server).users},
		{"POST", "/users", ActUsers, (*Server).addUser},
		{"POST", "/users/{user}", ActUsers, (*Server).changeUser},
		{"POST", "/users/{user}/invite", ActUsers, (*Server).reinvite},
		{"GET", "/settings", ActRead, (*Server).settings},
		{"POST", "/settings", ActRead, (*Server).saveSettings},
		{"GET", "/live", ActRead, (*Server).live},
		{"GET", "/login", ActAnybody, (*Server).loginForm},
		{"POST", "/login", ActAnybody, (*Server).login},
		{"POST", "/logout", ActAnybody, (*Server).logout},
		{"GET", "/invite/{secret}", ActAnybody, (*Server).inviteForm},
		{"POST", "/invite/{secret}", ActAnybody, (*Server).acceptInvite},
		{"GET", "/assets/{version}/{path...}", ActAnybody, (*Server).asset},
		{"GET", "/healthz", ActAnybody, (*Server).healthz},
		{"GET", "/readyz", ActAnybody, (*Server).readyz},
		{"GET", "/metrics", ActAnybody, (*Server).metrics},
	}
}
