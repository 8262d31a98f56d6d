package app

import (
	"context"

	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/internal/work"
	"github.com/earshotdesk/earshot/notify"
)

// workStore and notifyStore hand the store's transactions to rooms that know them only by their own interfaces.
type workStore struct{ *store.Store }

func (s workStore) Update(ctx context.Context, fn func(work.Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}

type notifyStore struct{ *store.Store }

func (s notifyStore) Update(ctx context.Context, fn func(notify.Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}
