package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

// logSize is how many deliveries a page of the log shows.
const logSize = 20

// deliveryLog reads a page of a receiver's deliveries, and the counts of the last day.
func (a *App) deliveryLog(c echo.Context, receiver string) (views.DeliveryLog, error) {
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	before := int64(math.MaxInt64)
	if n, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil && n > 0 {
		before = n
	}
	log := views.DeliveryLog{Path: c.Request().URL.Path, CanReplay: a.replay != nil, First: before == math.MaxInt64}
	rows, err := a.q.ListDeliveries(ctx, db.ListDeliveriesParams{
		AccountID: account,
		Receiver:  receiver,
		BeforeID:  before,
		PageSize:  logSize + 1,
	})
	if err != nil {
		return log, err
	}
	if len(rows) > logSize {
		rows = rows[:logSize]
		log.Before = rows[logSize-1].ID
	}
	log.Rows = rows
	log.Day, err = a.q.CountDeliveries(ctx, db.CountDeliveriesParams{
		AccountID: account,
		Receiver:  receiver,
		Since:     a.now().Add(-24 * time.Hour),
	})
	return log, err
}

// replayDelivery sends one delivery again, unchanged.
func (a *App) replayDelivery(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	if _, err := a.q.GetDelivery(ctx, account, id); err != nil {
		return err
	}
	if a.replay == nil {
		return fault.NotFound
	}
	if err := a.replay(ctx, account, []int64{id}); err != nil {
		return err
	}
	if err := a.setFlash(c, "It is sent again"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, backTo(c, "/"))
}
