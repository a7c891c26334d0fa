package api_test

import (
	"slices"
	"testing"

	"github.com/parleydesk/parley/web/api"
)

func TestInOrderSortsRowsOfWhichSomeWereDeleted(t *testing.T) {
	t.Parallel()
	rows := []int64{3, 9, 7}
	api.InOrder(rows, []int64{9, 4, 3, 7}, func(id *int64) int64 { return *id })
	if want := []int64{9, 3, 7}; !slices.Equal(rows, want) {
		t.Errorf("%v, want %v", rows, want)
	}
}
