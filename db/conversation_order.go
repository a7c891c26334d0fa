package db

import (
	"strings"
)

// ConversationOrder is one of the orders that people can choose.
type ConversationOrder int

// The orders. Where the sort column can be absent, absent comes last.
const (
	ByActivityDesc ConversationOrder = iota
	ByActivityAsc
	ByCreatedDesc
	ByCreatedAsc
	ByPriorityDesc
	ByPriorityAsc
	ByWaitingAsc
	ByWaitingDesc
	ByPriorityDescCreatedAsc
	ByLastPublicDesc
	ByLastPublicAsc
)

// sortKey is one column of an order.
type sortKey struct {
	column   string
	cast     string
	desc     bool
	nullable bool
}

func (o ConversationOrder) keys() []sortKey {
	activity := sortKey{column: "c.last_activity_at", cast: "timestamptz", desc: true}
	created := sortKey{column: "c.created_at", cast: "timestamptz"}
	priority := sortKey{column: "c.priority", cast: "conversation_priority", nullable: true}
	waiting := sortKey{column: "c.waiting_since", cast: "timestamptz", nullable: true}
	public := sortKey{column: "COALESCE(c.last_public_at, c.created_at)", cast: "timestamptz"}
	id := sortKey{column: "c.id", cast: "bigint"}
	down := func(k sortKey) sortKey { k.desc = true; return k }
	up := func(k sortKey) sortKey { k.desc = false; return k }
	switch o {
	case ByActivityAsc:
		return []sortKey{up(activity), id}
	case ByCreatedDesc:
		return []sortKey{down(created), down(id)}
	case ByCreatedAsc:
		return []sortKey{created, id}
	case ByPriorityDesc:
		return []sortKey{down(priority), activity, down(id)}
	case ByPriorityAsc:
		return []sortKey{priority, activity, down(id)}
	case ByWaitingAsc:
		return []sortKey{waiting, created, id}
	case ByWaitingDesc:
		return []sortKey{down(waiting), created, id}
	case ByPriorityDescCreatedAsc:
		return []sortKey{down(priority), created, id}
	case ByLastPublicDesc:
		return []sortKey{down(public), down(id)}
	case ByLastPublicAsc:
		return []sortKey{public, id}
	}
	return []sortKey{activity, down(id)}
}

// Cursor is a row's position in an order: the text of each sort column (nil where absent), the id last.
type Cursor []*string

// Fits reports whether a cursor belongs to this order.
func (o ConversationOrder) Fits(at Cursor) bool { return len(at) == len(o.keys()) }

// after is the condition of keyset paging. With one direction and no absent values it is a row comparison, which an
// index supports; otherwise it compares column by column.
func (b *builder) after(keys []sortKey, at Cursor) string {
	uniform := true
	for i, k := range keys {
		uniform = uniform && !k.nullable && k.desc == keys[0].desc && at[i] != nil
	}
	if uniform {
		var columns, values []string
		for i, k := range keys {
			columns = append(columns, k.column)
			values = append(values, b.arg(*at[i])+"::text::"+k.cast)
		}
		sign := ">"
		if keys[0].desc {
			sign = "<"
		}
		return "(" + strings.Join(columns, ", ") + ") " + sign + " (" + strings.Join(values, ", ") + ")"
	}
	var ways, equal []string
	for i, k := range keys {
		if at[i] == nil { // nothing sorts after absent; the later columns decide
			equal = append(equal, k.column+" IS NULL")
			continue
		}
		v := b.arg(*at[i]) + "::text::" + k.cast
		sign := " > "
		if k.desc {
			sign = " < "
		}
		beyond := k.column + sign + v
		if k.nullable {
			beyond = "(" + beyond + " OR " + k.column + " IS NULL)"
		}
		ways = append(ways, "("+strings.Join(append(append([]string{}, equal...), beyond), " AND ")+")")
		equal = append(equal, k.column+" = "+v)
	}
	if len(ways) == 0 {
		return "false"
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}
