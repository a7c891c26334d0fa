package db

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Open connects a pool to url and checks that the server answers; keys seal and open the secrets. The statement cache
// stays on (pgx's default): planning is where the time goes.
func Open(ctx context.Context, url string, keys *Keys) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = int32(max(16, min(32, 4*runtime.NumCPU())))
	}
	noticeTheDead(cfg.ConnConfig)
	cfg.ConnConfig.RuntimeParams["application_name"] = "parley"
	// Times are compared and shown in zones that we choose, never in the server's.
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// There are many small queries at once: starting parallel workers for one of them costs more than it gains.
	cfg.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	cfg.ConnConfig.Tracer = errorNamer{}
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		takeJSONAsItIs(conn.TypeMap())
		readTimesInUTC(conn.TypeMap())
		keys.register(conn.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("database: %w", err)
	}
	return pool, nil
}

// noticeTheDead bounds how long a process that hangs, or a network that is cut, can hold what it has locked: the server
// ends a transaction whose client says nothing, and both sides give up a connection on which nothing arrives. What
// the URL sets stays.
func noticeTheDead(cfg *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"idle_in_transaction_session_timeout": "5s",
		"tcp_keepalives_idle":                 "10s",
		"tcp_keepalives_interval":             "5s",
		"tcp_keepalives_count":                "3",
		"tcp_user_timeout":                    "20s",
	} {
		if _, set := cfg.RuntimeParams[name]; !set {
			cfg.RuntimeParams[name] = value
		}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 10 * time.Second
	}
	dialer := &net.Dialer{
		Timeout:         cfg.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control:         userTimeout,
	}
	cfg.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return serverConn{conn}, nil
	}
}

// readTimesInUTC makes all times that are read UTC, so that the machine's zone is never stored, for example in an
// event's data.
func readTimesInUTC(m *pgtype.Map) {
	m.RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
}

// takeJSONAsItIs skips the parsing of JSON columns, which rows hold as json.RawMessage and PostgreSQL has validated:
// it was a twelfth of the cost of a list in the API.
func takeJSONAsItIs(m *pgtype.Map) {
	codec := &pgtype.JSONBCodec{Marshal: json.Marshal, Unmarshal: func(data []byte, into any) error {
		if raw, ok := into.(*json.RawMessage); ok {
			*raw = append(json.RawMessage(nil), data...)
			return nil
		}
		return json.Unmarshal(data, into)
	}}
	m.RegisterType(&pgtype.Type{Name: "jsonb", OID: pgtype.JSONBOID, Codec: codec})
}
