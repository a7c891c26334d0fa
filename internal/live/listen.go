package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is the notification channel that all replicas share.
const channel = "parley_live"

// quiet is how long the listening connection may be silent before it is checked: a connection that a firewall has
// dropped reports no error.
const quiet = 30 * time.Second

// listen keeps one connection listening until ctx ends.
func (b *Bus) listen(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		heard, err := b.listenOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if heard {
			failures = 0
		}
		b.log.Warn("live updates are interrupted", "error", err)
		pause(ctx, backOff(failures))
	}
}

// listenOnce listens until the connection breaks. heard is true if it started to listen.
func (b *Bus) listenOnce(ctx context.Context) (heard bool, err error) {
	conn, err := b.connect(ctx, "parley live listen", nil)
	if err != nil {
		return false, err
	}
	defer closeConn(ctx, conn)
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return false, fmt.Errorf("listen: %w", err)
	}
	// Subscribers have missed what was sent while the connection was down.
	b.resyncAll()
	for {
		payload, err := next(ctx, conn)
		if err != nil {
			return true, err
		}
		if payload == "" {
			continue
		}
		pokes, err := decode(payload)
		if err != nil {
			b.log.Error("a poke cannot be read", "payload", payload, "error", err)
			continue
		}
		b.deliver(pokes)
	}
}

// next waits for a notification; "" means that none came and the connection works.
func next(ctx context.Context, conn *pgx.Conn) (string, error) {
	wait, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	n, err := conn.WaitForNotification(wait)
	if err == nil {
		return n.Payload, nil
	}
	if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return "", err
	}
	alive, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return "", conn.Ping(alive)
}

// connect opens a connection for the bus: the pool's are for requests.
func (b *Bus) connect(ctx context.Context, name string, parameters map[string]string) (*pgx.Conn, error) {
	config := b.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = name
	for key, value := range parameters {
		config.RuntimeParams[key] = value
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

func closeConn(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}
