package chatwoot

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) searchRoutes() []api.Route {
	return []api.Route{
		api.Get(v1+"/search", api.Member, h.search("conversations", "contacts", "messages", "articles")),
		api.Get(v1+"/search/conversations", api.Member, h.search("conversations")),
		api.Get(v1+"/search/contacts", api.Member, h.search("contacts")),
		api.Get(v1+"/search/messages", api.Member, h.search("messages")),
		api.Get(v1+"/search/articles", api.Member, h.search("articles")),
		api.Get(conversationsPath+"/search", api.Member, h.searchConversations),
	}
}

const (
	foundPerPage = 15
	// searchedMonths is how many months of messages are searched.
	searchedMonths = 3
)

// foundMessageJSON is a message as conversations/search shows it.
type foundMessageJSON struct {
	Content     *string `json:"content"`
	ID          int64   `json:"id"`
	SenderName  string  `json:"sender_name,omitempty"`
	MessageType int     `json:"message_type"`
	CreatedAt   int64   `json:"created_at"`
}

type foundInboxJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ChannelType string `json:"channel_type"`
}

type foundConversationJSON struct {
	ID        int64     `json:"id"`
	UUID      uuid.UUID `json:"uuid"`
	CreatedAt int64     `json:"created_at"`
	Contact   struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"contact"`
	Inbox     foundInboxJSON     `json:"inbox"`
	Messages  []foundMessageJSON `json:"messages"`
	AccountID int64              `json:"account_id"`
}

// searchConversations handles GET conversations/search. It finds conversations by their messages, and answers with
// these.
func (h *handlers) searchConversations(c *api.Call) error {
	var in listInput
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	f, err := h.listFilter(c, in)
	if err != nil {
		return err
	}
	out := struct {
		Meta    threeCountsJSON         `json:"meta"`
		Payload []foundConversationJSON `json:"payload"`
	}{Payload: []foundConversationJSON{}}
	if f.Text == "" {
		return c.Answer(out)
	}
	counts, listed, err := h.countedPage(c, f, orderOf(in.SortBy.Value), false)
	if err != nil {
		return err
	}
	out.Meta = threeCounts(counts)
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := h.q.ListConversationDetails(c.Ctx(), c.Account(), ids)
	if err != nil {
		return err
	}
	found, err := h.q.ListFoundMessages(
		c.Ctx(),
		db.ListFoundMessagesParams{AccountID: c.Account(), ConversationIds: ids, Query: f.Text, PageSize: maxPerPage},
	)
	if err != nil {
		return err
	}
	api.InOrder(rows, ids, func(c *db.ConversationDetail) int64 { return c.ID })
	details := db.DetailsOf(found)
	for i := range rows {
		out.Payload = append(out.Payload, foundConversation(&rows[i], details))
	}
	return c.Answer(out)
}

func foundConversation(c *db.ConversationDetail, found []db.MessageDetail) foundConversationJSON {
	j := foundConversationJSON{
		ID: c.DisplayID, UUID: c.Uuid, CreatedAt: c.CreatedAt.Unix(), AccountID: c.AccountID, Messages: []foundMessageJSON{},
		Inbox: foundInboxJSON{c.InboxID, c.InboxName, api.Channel(c.InboxKind)},
	}
	j.Contact.ID, j.Contact.Name = c.ContactID, c.ContactName
	for i := range found {
		m := &found[i]
		if m.ConversationID != c.ID {
			continue
		}
		name := shape.Deref(m.Sender.UserName) + shape.Deref(m.Sender.ContactName) + shape.Deref(m.Sender.BotName)
		j.Messages = append(j.Messages, foundMessageJSON{m.Content, m.ID, name, shape.MessageType(m.Kind), m.CreatedAt.Unix()})
	}
	return j
}

// search returns the handler for some sections of the search.
func (h *handlers) search(sections ...string) api.Handler {
	return func(c *api.Call) error {
		payload := map[string]any{}
		for _, section := range sections {
			var found any = []struct{}{}
			var err error
			if q := strings.TrimSpace(c.QueryParam("q")); q != "" {
				switch section {
				case "conversations":
					found, err = h.foundConversations(c, q, len(sections) == 1)
				case "contacts":
					found, err = h.foundContacts(c, q, len(sections) == 1)
				case "messages":
					found, err = h.foundMessages(c, q, len(sections) == 1)
				}
			}
			if err != nil {
				return err
			}
			payload[section] = found
		}
		return c.Answer(map[string]any{"payload": payload})
	}
}

type searchedConversationJSON struct {
	ID                   int64            `json:"id"`
	AccountID            int64            `json:"account_id"`
	CreatedAt            int64            `json:"created_at"`
	Message              *shape.Message   `json:"message"`
	Contact              shape.MetaSender `json:"contact"`
	Inbox                foundInboxJSON   `json:"inbox"`
	Agent                *shape.Agent     `json:"agent"`
	AdditionalAttributes json.RawMessage  `json:"additional_attributes,omitempty"`
}

// foundConversations finds conversations by their number or their contact, not by messages.
func (h *handlers) foundConversations(c *api.Call, q string, alone bool) (any, error) {
	scope := c.Scope()
	p := db.SearchConversationIDsParams{
		AccountID: scope.AccountID, BeforeID: math.MaxInt64, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
		Pattern: db.Containing(q), PageSize: foundPerPage, Skip: int32((c.PageNumber() - 1) * foundPerPage),
	}
	p.Number, _ = strconv.ParseInt(strings.TrimPrefix(q, "#"), 10, 64)
	if err := h.walk(c, alone, &p.BeforeID, &p.Skip); err != nil {
		return nil, err
	}
	ids, err := h.q.SearchConversationIDs(c.Ctx(), p)
	if err != nil {
		return nil, err
	}
	rows, err := h.q.ListConversationDetails(c.Ctx(), scope.AccountID, ids)
	if err != nil {
		return nil, err
	}
	api.InOrder(rows, ids, func(c *db.ConversationDetail) int64 { return c.ID })
	first, err := h.q.ListFirstMessages(c.Ctx(), scope.AccountID, ids)
	if err != nil {
		return nil, err
	}
	details := db.DetailsOf(first)
	list := make([]searchedConversationJSON, 0, len(rows))
	for i := range rows {
		list = append(list, h.searchedConversation(&rows[i], scope, details, alone))
	}
	if alone && len(ids) == foundPerPage {
		return list, c.Next(ids[len(ids)-1])
	}
	return list, nil
}

func (h *handlers) searchedConversation(
	c *db.ConversationDetail,
	scope db.Scope,
	first []db.MessageDetail,
	alone bool,
) searchedConversationJSON {
	meta := h.shape.ConversationMeta(c, scope)
	j := searchedConversationJSON{
		ID: c.DisplayID, AccountID: c.AccountID, CreatedAt: c.CreatedAt.Unix(), Contact: meta.Sender,
		Inbox: foundInboxJSON{c.InboxID, c.InboxName, api.Channel(c.InboxKind)},
	}
	if a, ok := meta.Assignee.(shape.Agent); ok {
		j.Agent = &a
	}
	if alone {
		j.AdditionalAttributes = c.AdditionalAttributes
	}
	for i := range first {
		if m := &first[i]; m.ConversationID == c.ID {
			view := h.shape.Message(m, c.DisplayID, nil)
			j.Message = &view
		}
	}
	return j
}

// walk reads the cursor of a section that is the only one searched.
func (h *handlers) walk(c *api.Call, alone bool, before *int64, skip *int32) error {
	if !alone {
		return nil
	}
	walking, err := c.Cursor(before)
	if walking {
		*skip = 0
	}
	return err
}

func (h *handlers) foundMessages(c *api.Call, q string, alone bool) (any, error) {
	scope := c.Scope()
	p := db.SearchMessageDetailsParams{
		AccountID: scope.AccountID, Query: q, Since: h.a.Now().AddDate(0, -searchedMonths, 0).Truncate(time.Second), BeforeID: math.MaxInt64,
		SeesAll:  scope.SeesAll,
		InboxIds: scope.InboxIDs,
		TeamIds:  scope.TeamIDs,
		PageSize: foundPerPage,
		Skip:     int32((c.PageNumber() - 1) * foundPerPage),
	}
	if err := h.walk(c, alone, &p.BeforeID, &p.Skip); err != nil {
		return nil, err
	}
	rows, err := h.q.SearchMessageDetails(c.Ctx(), p)
	if err != nil {
		return nil, err
	}
	messages := make([]db.MessageDetail, len(rows))
	for i := range rows {
		messages[i] = db.MessageDetail{Message: rows[i].Message, Sender: rows[i].MessageSender}
	}
	files, err := h.attachmentsOf(c.Ctx(), h.q, scope.AccountID, messages)
	if err != nil {
		return nil, err
	}
	list := make([]shape.Message, 0, len(rows))
	for i := range rows {
		list = append(list, h.shape.Message(&messages[i], rows[i].DisplayID, files[messages[i].ID]))
	}
	if alone && len(rows) == foundPerPage {
		return list, c.Next(messages[len(rows)-1].ID)
	}
	return list, nil
}

// foundContacts finds contacts that have an address. By the contract the result has no created_at.
func (h *handlers) foundContacts(c *api.Call, q string, alone bool) (any, error) {
	p := db.ContactPage{Offset: (c.PageNumber() - 1) * foundPerPage, Size: foundPerPage}
	if alone {
		walking, err := c.Cursor(&p.After)
		if err != nil {
			return nil, err
		}
		if walking {
			if len(p.After) != 2 {
				return nil, api.Unprocessable("The cursor is not one of this list")
			}
			p.Offset = 0
		}
	}
	ids, err := h.q.ListContactIDs(
		c.Ctx(),
		c.Account(),
		db.ContactFilter{Identified: true, Text: q},
		db.ContactOrder{Column: db.ContactsByActivity, Desc: true},
		p,
	)
	if err != nil {
		return nil, err
	}
	if alone && len(ids) == p.Size {
		if err := c.Next(ids[p.Size-1].Position); err != nil {
			return nil, err
		}
	}
	rows, err := h.listedContacts(c.Ctx(), c.Scope(), ids, false)
	if err != nil {
		return nil, err
	}
	type foundContact struct {
		shape.Contact
		CreatedAt *struct{} `json:"created_at,omitempty"`
	}
	list := make([]foundContact, 0, len(rows))
	for _, r := range rows {
		list = append(list, foundContact{Contact: r})
	}
	return list, nil
}
