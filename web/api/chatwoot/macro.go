package chatwoot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) macroRoutes() []api.Route {
	all, one := v1+"/macros", v1+"/macros/:macro"
	return append([]api.Route{
		api.Get(all, api.Member, h.listMacros),
		api.Post(all, api.Member, h.createMacro),
		api.Get(one, api.Member, h.showMacro),
		api.Delete(one, api.Member, h.deleteMacro),
		api.Post(one+"/execute", api.Member, h.executeMacro),
	}, api.Update(one, api.Member, h.updateMacro)...)
}

// maxMacroRuns is the number of conversations on which one call can run a macro.
const maxMacroRuns = 1000

type macroJSON struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Visibility string          `json:"visibility"`
	CreatedBy  *shape.Agent    `json:"created_by,omitempty"`
	UpdatedBy  *shape.Agent    `json:"updated_by,omitempty"`
	AccountID  int64           `json:"account_id"`
	Actions    json.RawMessage `json:"actions"`
	Files      []ruleFileJSON  `json:"files,omitempty"`
}

// macros returns the JSON of rows with their authors and files.
func (h *handlers) macros(ctx context.Context, q *db.Queries, accountID int64, rows []db.Macro) ([]macroJSON, error) {
	var people []int64
	var actions []json.RawMessage
	for _, m := range rows {
		actions = append(actions, m.Actions)
		for _, id := range []*int64{m.CreatedByID, m.UpdatedByID} {
			if id != nil && !slices.Contains(people, *id) {
				people = append(people, *id)
			}
		}
	}
	agents := map[int64]*shape.Agent{}
	if len(people) > 0 {
		found, err := q.ListMacroAuthors(ctx, accountID, people)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			agent := h.shape.Agent(p.User, p.Membership)
			agents[p.User.ID] = &agent
		}
	}
	files, err := h.ruleFiles(ctx, q, accountID, actions)
	if err != nil {
		return nil, err
	}
	list := make([]macroJSON, len(rows))
	for i, m := range rows {
		list[i] = macroJSON{
			ID:         m.ID,
			Name:       m.Name,
			Visibility: m.Visibility,
			AccountID:  m.AccountID,
			Actions:    m.Actions,
			Files:      files.of(m.Actions),
		}
		if m.CreatedByID != nil {
			list[i].CreatedBy = agents[*m.CreatedByID]
		}
		if m.UpdatedByID != nil {
			list[i].UpdatedBy = agents[*m.UpdatedByID]
		}
	}
	return list, nil
}

func (h *handlers) oneMacro(ctx context.Context, q *db.Queries, m db.Macro) (any, error) {
	j, err := only(h.macros(ctx, q, m.AccountID, []db.Macro{m}))
	return payload(j), err
}

func (h *handlers) listMacros(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.Macro, error) {
		return h.q.ListMacrosByID(c.Ctx(), db.ListMacrosByIDParams{
			AccountID: c.Account(), UserID: c.Scope().UserID, AfterID: p.ID, PageSize: p.Most,
		})
	}, func(m db.Macro) int64 { return m.ID })
	if err != nil {
		return err
	}
	list, err := h.macros(c.Ctx(), h.q, c.Account(), rows)
	if err != nil {
		return err
	}
	return c.Answer(payload(list))
}

func (h *handlers) showMacro(c *api.Call) error {
	row, err := pathMacro(c.Ctx(), c, h.q)
	if err != nil {
		return err
	}
	j, err := h.oneMacro(c.Ctx(), h.q, row)
	if err != nil {
		return err
	}
	return c.Single(j)
}

// pathMacro reads the macro in the path. It does not find personal macros of others.
func pathMacro(ctx context.Context, c *api.Call, q *db.Queries) (db.Macro, error) {
	id, err := c.ID("macro")
	if err != nil {
		return db.Macro{}, err
	}
	return q.GetUsableMacro(ctx, db.GetUsableMacroParams{AccountID: c.Account(), ID: id, UserID: c.Scope().UserID})
}

// ownMacro is pathMacro for a change: only administrators can change the account's macros.
func ownMacro(ctx context.Context, c *api.Call, t *desk.Tx) (db.Macro, error) {
	id, err := c.ID("macro")
	if err != nil {
		return db.Macro{}, err
	}
	return rule.OwnMacro(ctx, t, id)
}

type macroInput struct {
	Name       api.Text        `json:"name"`
	Visibility api.Text        `json:"visibility"`
	Actions    json.RawMessage `json:"actions"`
}

// apply sets the fields of a macro that were sent, and checks the macro. A macro of an agent is always personal.
func (in macroInput) apply(m *db.Macro, scope db.Scope) error {
	invalid := fault.Fields{}
	if in.Name.Set {
		m.Name = strings.TrimSpace(in.Name.Value)
	}
	if word := in.Visibility.Value; word != "" {
		kind, ok := enumOf(word, []string{rule.Personal, rule.Global})
		if !ok {
			invalid["visibility"] = "'" + word + "' is not a valid visibility"
		}
		m.Visibility = kind
	}
	if !scope.Admin() {
		m.Visibility = rule.Personal
	}
	replaceJSON(&m.Actions, in.Actions)
	for field, message := range rule.CheckMacro(*m) {
		invalid[field] = message
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

func (h *handlers) createMacro(c *api.Call) error {
	var in macroInput
	if err := c.Read(&in); err != nil {
		return err
	}
	m := db.Macro{Visibility: rule.Personal, Actions: json.RawMessage("[]")}
	if err := in.apply(&m, c.Scope()); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return h.saveMacro(ctx, t, m)
	})
}

// saveMacro saves a macro and returns its JSON.
func (h *handlers) saveMacro(ctx context.Context, t *desk.Tx, m db.Macro) (any, error) {
	row, err := rule.SaveMacro(ctx, t, m)
	if err != nil {
		return nil, fileError(err)
	}
	return h.oneMacro(ctx, t.Queries(), row)
}

func (h *handlers) updateMacro(c *api.Call) error {
	var in macroInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		m, err := ownMacro(ctx, c, t)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&m, t.Actor.Scope); err != nil {
			return nil, err
		}
		return h.saveMacro(ctx, t, m)
	})
}

func (h *handlers) deleteMacro(c *api.Call) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		m, err := ownMacro(ctx, c, t)
		if err != nil {
			return nil, err
		}
		n, err := t.Queries().DeleteMacro(ctx, m.AccountID, m.ID)
		return api.Empty(), fault.Found(n, err)
	})
}

func (h *handlers) executeMacro(c *api.Call) error {
	var in struct {
		Conversations api.IDs `json:"conversation_ids"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if len(in.Conversations.Values) > maxMacroRuns {
		return api.Unprocessable("A macro runs on at most 1000 conversations at once")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		m, err := pathMacro(ctx, c, t.Queries())
		if err != nil {
			return nil, err
		}
		return api.Empty(), rule.RunMacro(ctx, t, m, in.Conversations.Values...)
	})
}
