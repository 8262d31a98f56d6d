package web

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestRights spells the table out, so that a change of it is a change of a test.
func TestRights(t *testing.T) {
	t.Parallel()
	want := map[Act][]desk.Role{
		ActRead:    {desk.RoleMarketing, desk.RoleAgent, desk.RoleManager, desk.RoleAdmin},
		ActWork:    {desk.RoleAgent, desk.RoleManager, desk.RoleAdmin},
		ActCorrect: {desk.RoleAgent, desk.RoleManager, desk.RoleAdmin},
		ActApprove: {desk.RoleManager, desk.RoleAdmin},
		ActAssign:  {desk.RoleManager, desk.RoleAdmin},
		ActSources: {desk.RoleManager, desk.RoleAdmin},
		ActStop:    {desk.RoleManager, desk.RoleAdmin},
		ActUsers:   {desk.RoleAdmin},
		ActToken:   nil,
	}
	for act, roles := range want {
		allowed := map[desk.Role]bool{}
		for _, r := range roles {
			allowed[r] = true
		}
		for _, r := range append(desk.Roles(), "nobody") {
			if got := May(r, act); got != allowed[r] {
				t.Errorf("May(%s, %s) = %v, want %v", r, act, got, allowed[r])
			}
		}
	}
}
