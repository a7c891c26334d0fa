package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) automationRoutes() []api.Route {
	all, one := v1+"/automation_rules", v1+"/automation_rules/:rule"
	return append([]api.Route{
		api.Get(all, api.Admin, h.listRules),
		api.Post(all, api.Admin, h.createRule),
		api.Get(one, api.Admin, h.showRule),
		api.Delete(one, api.Admin, h.deleteRule),
		api.Post(one+"/clone", api.Admin, h.cloneRule),
	}, api.Update(one, api.Admin, h.updateRule)...)
}

type ruleJSON struct {
	ID          int64           `json:"id"`
	AccountID   int64           `json:"account_id"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	EventName   string          `json:"event_name"`
	Conditions  json.RawMessage `json:"conditions"`
	Actions     json.RawMessage `json:"actions"`
	CreatedOn   int64           `json:"created_on"`
	Active      bool            `json:"active"`
	Files       []ruleFileJSON  `json:"files,omitempty"`
}

// ruleFileJSON is a file that a rule or a macro sends.
type ruleFileJSON struct {
	ID        int64       `json:"id"`
	AccountID int64       `json:"account_id"`
	FileType  db.FileKind `json:"file_type"`
	FileURL   string      `json:"file_url"`
	BlobID    string      `json:"blob_id"`
	Filename  string      `json:"filename"`
}

// fileMap maps keys, as actions have them, to files.
type fileMap map[string]ruleFileJSON

func (m fileMap) of(actions json.RawMessage) (files []ruleFileJSON) {
	for _, key := range rule.Files(actions) {
		if f, ok := m[key]; ok {
			files = append(files, f)
		}
	}
	return files
}

// ruleFiles reads the files of several rules or macros. It makes no query if none sends any.
func (h *handlers) ruleFiles(ctx context.Context, q *db.Queries, accountID int64, actions []json.RawMessage) (fileMap, error) {
	var keys []string
	for _, raw := range actions {
		keys = append(keys, rule.Files(raw)...)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := q.ListAttachmentsByKey(ctx, accountID, keys)
	if err != nil {
		return nil, err
	}
	m := make(fileMap, len(rows))
	for _, f := range rows {
		m[f.Key] = ruleFileJSON{f.ID, f.AccountID, f.FileKind, h.shape.DataURL(f), f.Key, f.Name}
	}
	return m, nil
}

func (h *handlers) rules(ctx context.Context, q *db.Queries, accountID int64, rows []db.AutomationRule) ([]ruleJSON, error) {
	var actions []json.RawMessage
	for _, r := range rows {
		actions = append(actions, r.Actions)
	}
	files, err := h.ruleFiles(ctx, q, accountID, actions)
	if err != nil {
		return nil, err
	}
	list := make([]ruleJSON, len(rows))
	for i, r := range rows {
		list[i] = ruleJSON{
			r.ID, r.AccountID, r.Name, shape.NilIfEmpty(r.Description), r.EventName, r.Conditions, r.Actions,
			r.CreatedAt.Unix(), r.Active, files.of(r.Actions),
		}
	}
	return list, nil
}

func (h *handlers) oneRule(ctx context.Context, q *db.Queries, r db.AutomationRule) (ruleJSON, error) {
	return only(h.rules(ctx, q, r.AccountID, []db.AutomationRule{r}))
}

func (h *handlers) listRules(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.AutomationRule, error) {
		return h.q.ListAutomationRules(c.Ctx(), db.ListAutomationRulesParams{AccountID: c.Account(), AfterID: p.ID, PageSize: p.Most})
	}, func(r db.AutomationRule) int64 { return r.ID })
	if err != nil {
		return err
	}
	list, err := h.rules(c.Ctx(), h.q, c.Account(), rows)
	if err != nil {
		return err
	}
	return c.Answer(payload(list))
}

func pathRule(ctx context.Context, c *api.Call, q *db.Queries) (db.AutomationRule, error) {
	id, err := c.ID("rule")
	if err != nil {
		return db.AutomationRule{}, err
	}
	return q.GetAutomationRule(ctx, c.Account(), id)
}

func (h *handlers) showRule(c *api.Call) error {
	row, err := pathRule(c.Ctx(), c, h.q)
	if err != nil {
		return err
	}
	j, err := h.oneRule(c.Ctx(), h.q, row)
	if err != nil {
		return err
	}
	return c.Single(payload(j))
}

type ruleInput struct {
	Name        api.Text        `json:"name"`
	Description api.Text        `json:"description"`
	EventName   api.Text        `json:"event_name"`
	Conditions  json.RawMessage `json:"conditions"`
	Actions     json.RawMessage `json:"actions"`
	Active      api.Bool        `json:"active"`
}

// apply sets the fields of a rule that were sent, and checks the rule. Field errors have their own JSON here.
func (in ruleInput) apply(r *db.AutomationRule, customKeys []string) error {
	if in.Name.Set {
		r.Name = strings.TrimSpace(in.Name.Value)
	}
	if in.Description.Set {
		r.Description = in.Description.Value
	}
	if in.EventName.Set {
		r.EventName = in.EventName.Value
	}
	replaceJSON(&r.Conditions, in.Conditions)
	replaceJSON(&r.Actions, in.Actions)
	r.Active = in.Active.Or(r.Active)
	invalid := rule.Check(*r, customKeys)
	if len(invalid) > 0 {
		return api.RefuseWith(http.StatusUnprocessableEntity, struct {
			Error map[string][]string `json:"error"`
		}{invalid})
	}
	return nil
}

// replaceJSON replaces *to by what was sent, unless that is null or absent.
func replaceJSON(to *json.RawMessage, sent json.RawMessage) {
	if len(sent) > 0 && string(sent) != "null" {
		*to = sent
	}
}

// customKeys returns the keys of the account's custom attributes of every model, which conditions may use.
func customKeys(ctx context.Context, q *db.Queries, accountID int64) ([]string, error) {
	rows, err := q.ListAttributeDefinitions(ctx, db.ListAttributeDefinitionsParams{AccountID: accountID, PageSize: api.MaxUncut})
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.Key
	}
	return keys, nil
}

// createRule answers with the bare rule; the other endpoints wrap it in payload.
func (h *handlers) createRule(c *api.Call) error {
	var in ruleInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		keys, err := customKeys(ctx, t.Queries(), t.Account())
		if err != nil {
			return nil, err
		}
		r := db.AutomationRule{
			AccountID:  t.Account(),
			Active:     true,
			Conditions: json.RawMessage("[]"),
			Actions:    json.RawMessage("[]"),
		}
		if err := in.apply(&r, keys); err != nil {
			return nil, err
		}
		return h.saveRule(ctx, t, r)
	})
}

// saveRule saves a rule and returns its JSON.
func (h *handlers) saveRule(ctx context.Context, t *desk.Tx, r db.AutomationRule) (any, error) {
	row, err := rule.Save(ctx, t, r)
	if err != nil {
		return nil, fileError(err)
	}
	return h.oneRule(ctx, t.Queries(), row)
}

// fileError is the contract's answer to an action that sends a file which is not there.
func fileError(err error) error {
	if errors.Is(err, rule.ErrFile) {
		return api.Unprocessable(rule.ErrFile.Error())
	}
	return err
}

func (h *handlers) updateRule(c *api.Call) error {
	var in ruleInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		r, err := pathRule(ctx, c, t.Queries())
		if err != nil {
			return nil, err
		}
		keys, err := customKeys(ctx, t.Queries(), t.Account())
		if err != nil {
			return nil, err
		}
		if err := in.apply(&r, keys); err != nil {
			return nil, err
		}
		j, err := h.saveRule(ctx, t, r)
		return payload(j), err
	})
}

// cloneRule copies a rule.
func (h *handlers) cloneRule(c *api.Call) error {
	id, err := c.ID("rule")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		made, err := rule.Clone(ctx, t, id)
		if err != nil {
			return nil, err
		}
		j, err := h.oneRule(ctx, t.Queries(), made)
		return payload(j), err
	})
}

func (h *handlers) deleteRule(c *api.Call) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		r, err := pathRule(ctx, c, t.Queries())
		if err != nil {
			return nil, err
		}
		n, err := t.Queries().DeleteAutomationRule(ctx, r.AccountID, r.ID)
		return api.Empty(), fault.Found(n, err)
	})
}
