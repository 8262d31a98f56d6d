package googleplay

import (
	"errors"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{
		"com.acme.shop": true, "com.acme.Shop_2": true,
		"": false, "shop": false, "com..shop": false, "com.acme/../x": false, "com.acme.shop?x=": false, "https://play.google.com/x": false,
	} {
		env := connectortest.Env(t, "googleplay", nil)
		env.Account = account()
		_, err := New(env, func(into any) error { into.(*Options).Package = name; return nil })
		if (err == nil) != fine || err != nil && !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("package %q: %v", name, err)
		}
	}
	if _, err := New(connectortest.Env(t, "googleplay", nil), func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: %v", err)
	}
}
