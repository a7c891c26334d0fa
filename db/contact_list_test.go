package db_test

import (
	"fmt"
	"testing"

	"github.com/parleydesk/parley/db"
)

// TestExplainContactLists asks about the lists of contacts, which are put together by hand: each order at the first
// page and far behind, and each filter that finds few. Orders by what few contacts have are asked at the first page:
// behind them the others follow by id.
func TestExplainContactLists(t *testing.T) {
	t.Parallel()
	pool := fill(t)
	x := &explainer{t: t, pool: pool, rows: sizes(t, pool)}
	q := db.New(x)
	for _, column := range []db.ContactColumn{
		db.ContactsByCreation, db.ContactsByName, db.ContactsByEmail, db.ContactsByPhone, db.ContactsByActivity, db.ContactsByCompany,
		db.ContactsByCity, db.ContactsByCountry,
	} {
		for _, desc := range []bool{false, true} {
			o := db.ContactOrder{Column: column, Desc: desc}
			for _, f := range []db.ContactFilter{{}, {Identified: true}} {
				x.name = fmt.Sprintf("contacts by %d, down %v, identified %v", column, desc, f.Identified)
				_, _ = q.ListContactIDs(t.Context(), 1, f, o, db.ContactPage{Size: 15})
			}
			behind, err := db.New(pool).ListContactIDs(t.Context(), 1, db.ContactFilter{}, o, db.ContactPage{Offset: 900, Size: 1})
			if err != nil || len(behind) != 1 {
				t.Fatalf("no row in the middle: %v", err)
			}
			x.name += ", far behind"
			_, _ = q.ListContactIDs(t.Context(), 1, db.ContactFilter{}, o, db.ContactPage{After: behind[0].Position, Size: 15})
		}
	}
	one := func(field string, op db.FilterOp, value string) db.ContactTerm {
		return db.ContactTerm{Field: field, Op: op, Values: []string{value}}
	}
	either := one("phone_number", db.Equals, "351215550142")
	either.Or = true
	for what, f := range map[string]db.ContactFilter{
		"label":      {Labels: []string{"nobody carries this"}},
		"text":       {Text: "okaforx"},
		"containing": {Where: db.ContactClause([]db.ContactTerm{one("name", db.Contains, "okaforx")})},
		"phone":      {Where: db.ContactClause([]db.ContactTerm{one("phone_number", db.Equals, "351215550142")})},
		"two phones": {Where: db.ContactClause([]db.ContactTerm{either, one("phone_number", db.Equals, "+351215550143")})},
		"email":      {Where: db.ContactClause([]db.ContactTerm{one("email", db.Equals, "Nobody@mail.example")})},
		"identifier": {Where: db.ContactClause([]db.ContactTerm{one("identifier", db.Equals, "nobody@s.whatsapp.net")})},
		"name":       {Where: db.ContactClause([]db.ContactTerm{one("name", db.Equals, "Ada Okafor")})},
	} {
		x.name = "contacts by " + what
		_, _ = q.ListContactIDs(t.Context(), 1, f, db.ContactOrder{}, db.ContactPage{Size: 15})
	}
}
