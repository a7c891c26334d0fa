package db

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Secret is a text that must be readable again, such as the key that signs a webhook. In Go it is the text, in the
// database it is sealed, so that a backup reveals nothing. It does not print.
type Secret string

// String hides the secret from logs and formats; string(s) reveals it.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret where a whole row is printed.
func (Secret) GoString() string { return "[secret]" }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// SealedJSON is an object of settings that holds credentials, stored like a Secret.
type SealedJSON json.RawMessage

// String hides the settings from logs and formats.
func (SealedJSON) String() string { return "[secret]" }

// GoString hides the settings where a whole row is printed.
func (SealedJSON) GoString() string { return "[secret]" }

// LogValue hides the settings from slog.
func (SealedJSON) LogValue() slog.Value { return slog.StringValue("[secret]") }

// ErrNoKey means that a value was sealed with a key that this process does not have.
var ErrNoKey = errors.New("sealed with a key that is not among PARLEY_SECRET_KEY")

const sealed = "sealed:"

// Keys seal secrets with the first key and open what any of them has sealed, so that a key can be replaced. Without a
// key, secrets are stored as plain text, which any set of keys can read.
type Keys struct {
	first string // the id of the key that seals, empty without one
	byID  map[string]cipher.AEAD
	// derive is the first key as it came; Derive alone reads it.
	derive []byte
}

// Derive makes bytes that every process with the same first key makes for a purpose, and nobody else can. Without a key
// it returns nil.
func (k *Keys) Derive(purpose string) []byte {
	if k == nil || k.first == "" {
		return nil
	}
	mac := hmac.New(sha256.New, k.derive)
	mac.Write([]byte("parley " + purpose))
	return mac.Sum(nil)
}

// NewKeys takes keys of 32 bytes in base64.
func NewKeys(texts ...string) (*Keys, error) {
	k := &Keys{byID: map[string]cipher.AEAD{}}
	for _, text := range texts {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return nil, errors.New("a secret key must be 32 bytes in base64, as `openssl rand -base64 32` makes them")
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(key)
		id := hex.EncodeToString(sum[:4])
		k.byID[id] = aead
		if k.first == "" {
			k.first, k.derive = id, key
		}
	}
	return k, nil
}

// Seal reports whether there is a key to seal with.
func (k *Keys) Seal() bool { return k.first != "" }

// prefix starts every value that the first key has sealed; without a key, every value that any key has sealed.
func (k *Keys) prefix() string {
	if k.first == "" {
		return sealed
	}
	return sealed + k.first + ":"
}

func (k *Keys) seal(plain string) string {
	if k.first == "" {
		return plain
	}
	return k.prefix() + base64.RawStdEncoding.EncodeToString(k.byID[k.first].Seal(nil, nil, []byte(plain), nil))
}

func (k *Keys) open(stored string) (string, error) {
	rest, ok := strings.CutPrefix(stored, sealed)
	if !ok {
		return stored, nil
	}
	id, text, _ := strings.Cut(rest, ":")
	aead := k.byID[id]
	if aead == nil {
		return "", ErrNoKey
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return "", fmt.Errorf("sealed value: %w", err)
	}
	plain, err := aead.Open(nil, nil, data, nil)
	return string(plain), err
}

// register makes a connection seal and open.
func (k *Keys) register(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{func(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
		switch value.(type) {
		case Secret, SealedJSON:
			return &sealPlan{keys: k}, "", true
		}
		return nil, nil, false
	}}, m.TryWrapEncodePlanFuncs...)
	m.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{func(target any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
		switch target.(type) {
		case *Secret, *SealedJSON:
			return &openPlan{keys: k}, new(string), true
		}
		return nil, nil, false
	}}, m.TryWrapScanPlanFuncs...)
}

type sealPlan struct {
	keys *Keys
	next pgtype.EncodePlan
}

func (p *sealPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

func (p *sealPlan) Encode(value any, buf []byte) ([]byte, error) {
	switch v := value.(type) {
	case Secret:
		return p.next.Encode(p.keys.seal(string(v)), buf)
	case SealedJSON:
		return p.next.Encode(p.keys.seal(string(v)), buf)
	}
	return nil, fmt.Errorf("cannot seal a %T", value)
}

type openPlan struct {
	keys *Keys
	next pgtype.ScanPlan
}

func (p *openPlan) SetNext(next pgtype.ScanPlan) { p.next = next }

func (p *openPlan) Scan(src []byte, target any) error {
	var stored string
	if err := p.next.Scan(src, &stored); err != nil {
		return err
	}
	plain, err := p.keys.open(stored)
	if err != nil {
		return err
	}
	switch t := target.(type) {
	case *Secret:
		*t = Secret(plain)
	case *SealedJSON:
		*t = SealedJSON(plain)
	default:
		return fmt.Errorf("cannot open into a %T", target)
	}
	return nil
}

// Reseal seals every secret with the first key: plain text from before there was one, and what an older key sealed.
// It fails with ErrNoKey when something was sealed with a missing key, so that a server with wrong keys does not
// start. It runs at each start: the tables are small, and rows that are right are only read.
func (k *Keys) Reseal(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, at := range [][2]string{
			{"agent_bots", "secret"},
			{"inboxes", "hmac_token"},
			{"inboxes", "webhook_secret"},
			{"inboxes", "settings"},
			{"webhooks", "secret"},
			{"webhooks", "previous_secret"},
			{"integration_hooks", "settings"},
			{"outgoing_mails", "secret"},
			{"installation", "push_private_key"},
			{"notification_subscriptions", "attributes"},
		} {
			if err := k.reseal(ctx, tx, at[0], at[1]); err != nil {
				return fmt.Errorf("%s of %s: %w", at[1], at[0], err)
			}
		}
		return nil
	})
}

func (k *Keys) reseal(ctx context.Context, tx pgx.Tx, table, column string) error {
	type row struct {
		At    pgtype.TID
		Value Secret
	}
	// Without a key, a process makes sure that it can read everything; with one it also seals again what the key has
	// not sealed.
	where := fmt.Sprintf("NOT starts_with(%s, $1)", column)
	if k.first == "" {
		where = fmt.Sprintf("starts_with(%s, $1)", column)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT ctid, %s FROM %s WHERE %s ORDER BY ctid FOR UPDATE`, column, table, where), k.prefix())
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil || k.first == "" {
		return err
	}
	for _, r := range found {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s SET %s = $2 WHERE ctid = $1`, table, column), r.At, r.Value); err != nil {
			return err
		}
	}
	return nil
}
