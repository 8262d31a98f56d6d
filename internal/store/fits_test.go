package store_test

import (
	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/web"
)

// The store is what these rooms ask for.
var (
	_ web.Store        = (*store.Store)(nil)
	_ connectors.Store = (*store.Store)(nil)
)
