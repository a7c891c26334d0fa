package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestClock(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	for name, off := range map[string]time.Duration{
		"a machine that is five minutes ahead":  5 * time.Minute,
		"a machine that is five minutes behind": -5 * time.Minute,
	} {
		t.Run(name+" shows the database's time, and knows that it is off", func(t *testing.T) {
			t.Parallel()
			c := db.NewClock(func() time.Time { return time.Now().Add(off) })
			if err := c.Measure(context.Background(), pool); err != nil {
				t.Fatal(err)
			}
			if !c.IsOff() || (c.Offset()+off).Abs() > 10*time.Second {
				t.Errorf("the database is ahead by %s; the machine by %s", c.Offset(), off)
			}
			if d := time.Since(c.Now()).Abs(); d > 10*time.Second {
				t.Errorf("shows a time that is %s from now", d)
			}
		})
	}

	t.Run("a machine that is right is not off", func(t *testing.T) {
		t.Parallel()
		c := db.NewClock(time.Now)
		if err := c.Measure(context.Background(), pool); err != nil || c.IsOff() {
			t.Errorf("off by %s (%v)", c.Offset(), err)
		}
	})
}
