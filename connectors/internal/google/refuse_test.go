package google_test

import (
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/fetch"
)

func TestRefuse(t *testing.T) {
	t.Parallel()
	refuse := google.Refuse(map[string]fetch.Refusal{"commentsDisabled": {Class: fetch.Locked}, "forbidden": {Class: fetch.AuthRevoked}})
	for name, c := range map[string]struct {
		status int
		body   string
		want   fetch.Class // empty: no refusal of Google's own
		after  time.Duration
	}{
		"plain JSON":          {200, `{"reviews":[]}`, "", 0},
		"no JSON":             {500, `<html>`, "", 0},
		"OAuth's error":       {400, `{"error":"invalid_grant"}`, "", 0},
		"unknown reason":      {418, `{"error":{"code":418,"status":"TEAPOT"}}`, "", 0},
		"error in a 200":      {200, `{"error":{"code":0,"message":"odd"}}`, fetch.Trouble, 0},
		"rpc status":          {404, `{"error":{"code":404,"status":"NOT_FOUND"}}`, fetch.Missing, 0},
		"old reason":          {403, `{"error":{"code":403,"errors":[{"reason":"quotaExceeded"}]}}`, fetch.QuotaExhausted, 0},
		"own reason":          {403, `{"error":{"code":403,"errors":[{"reason":"commentsDisabled"}]}}`, fetch.Locked, 0},
		"own before common":   {403, `{"error":{"code":403,"errors":[{"reason":"forbidden"}]}}`, fetch.AuthRevoked, 0},
		"detail before state": {403, `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}`, fetch.Forbidden, 0},
		"token":               {401, `{"error":{"code":401,"status":"UNAUTHENTICATED","errors":[{"reason":"authError"}]}}`, fetch.TokenExpired, 0},
		"told when":           {429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"31.5s"}]}}`, fetch.RateLimited, 31500 * time.Millisecond},
		"absurd delay":        {429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"99999h"}]}}`, fetch.RateLimited, 24 * time.Hour},
		"not approved":        {429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit_value":"0"}}]}}`, fetch.Forbidden, 0},
		"its own trouble":     {503, `{"error":{"code":503,"status":"UNAVAILABLE"}}`, fetch.Trouble, 0},
	} {
		no := refuse(fetch.Reply{Status: c.status, Body: []byte(c.body)})
		switch {
		case no == nil && c.want != "":
			t.Errorf("%s: nothing was read of it", name)
		case no != nil && (no.Class != c.want || no.After != c.after):
			t.Errorf("%s: %s after %v, want %s after %v", name, no.Class, no.After, c.want, c.after)
		}
	}
	if no := refuse(fetch.Reply{Status: 403, Body: []byte(`{"error":{"code":403,"details":[{"reason":"SERVICE_DISABLED"}]}}`)}); !strings.Contains(no.Error(), "not enabled") {
		t.Errorf("it does not say what to do: %v", no)
	}
}
