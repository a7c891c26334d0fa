package archtest

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The lists in which a column of a conversation may have to stand.
const (
	inAPI     = "the JSON of a conversation (web/api/chatwoot)"
	inPage    = "a page (views)"
	inRule    = "the conditions of rules (internal/rule/condition.go)"
	inFilter  = "the filter of lists (db/conversation_filter.go)"
	inWebhook = "the changes of which webhooks tell (updateName in web/api/chatwoot/hook)"
)

// conversationColumns says for each column in which lists it stands. Whoever adds a column decides here; columns that
// a verb keeps beside the messages are in none.
func conversationColumns() map[string][]string {
	return map[string][]string{
		"AccountID":            {inAPI},
		"ID":                   nil,
		"DisplayID":            {inAPI, inPage, inRule, inFilter},
		"Uuid":                 {inAPI},
		"InboxID":              {inAPI, inPage, inRule, inFilter},
		"ContactID":            {inPage, inFilter},
		"ContactInboxID":       nil,
		"Status":               {inAPI, inPage, inRule, inFilter, inWebhook},
		"ArchivedAt":           nil,
		"Priority":             {inAPI, inPage, inRule, inFilter, inWebhook},
		"AssigneeID":           {inAPI, inPage, inRule, inFilter, inWebhook},
		"AssigneeBotID":        {inAPI, inWebhook},
		"TeamID":               {inAPI, inPage, inRule, inFilter, inWebhook},
		"Subject":              {inPage},
		"Labels":               {inAPI, inPage, inRule, inFilter, inWebhook},
		"AdditionalAttributes": {inAPI, inFilter},
		"CustomAttributes":     {inAPI, inPage, inWebhook},
		"SnoozedUntil":         {inAPI, inPage, inWebhook},
		"LastMessageID":        nil,
		"LastTalkID":           nil,
		"LastPublicID":         nil,
		"LastPublicAt":         nil,
		"LastIncomingID":       nil,
		"LastIncomingAt":       nil,
		"LastActivityAt":       {inAPI, inFilter},
		"WaitingSince":         {inAPI, inWebhook},
		"FirstReplyAt":         {inAPI, inWebhook},
		"UnreadCount":          {inAPI},
		"AgentsReadUpTo":       nil,
		"AgentLastSeenAt":      {inAPI},
		"AssigneeLastSeenAt":   {inAPI},
		"ContactLastSeenAt":    {inAPI},
		"CreatedAt":            {inAPI, inFilter},
		"UpdatedAt":            {inAPI},
	}
}

// TestColumnsOfConversations fails for a column of conversations that stands in no row above, and for one that a list
// does not hold: each list is silently incomplete without it.
func TestColumnsOfConversations(t *testing.T) {
	t.Parallel()
	s := read(t)
	lists := map[string]string{}
	columns := []string{}
	for _, f := range s.files {
		raw, err := os.ReadFile(s.root + "/" + f.path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		switch {
		case f.path == "db/models.go":
			columns = fieldsOf(f, "Conversation")
		case f.path == "db/conversation_filter.go":
			lists[inFilter] += text
		case f.path == "internal/rule/condition.go":
			lists[inRule] += text
		case strings.HasPrefix(f.pkg, "views"):
			lists[inPage] += text
		case strings.HasPrefix(f.pkg, "web/api/chatwoot"):
			lists[inAPI] += text
			if body := regexp.MustCompile(`(?s)\nfunc updateName\(.*?\n}\n`).FindString(text); body != "" {
				lists[inWebhook] += body
			}
		}
	}
	if len(columns) < 20 {
		t.Fatalf("only %d columns are found", len(columns))
	}
	table := conversationColumns()
	for _, column := range columns {
		wanted, ok := table[column]
		if !ok {
			t.Errorf("say in conversationColumns where conversations.%s stands: %s; %s; %s; %s; %s", column, inAPI, inPage, inRule, inFilter, inWebhook)
		}
		for _, list := range wanted {
			if !holds(lists[list], column) {
				t.Errorf("conversations.%s is missing in %s", column, list)
			}
		}
		delete(table, column)
	}
	for column := range table {
		t.Errorf("conversations has no column %s", column)
	}
}

// holds reports whether code names a column, as a field of Go or by its name in SQL and JSON.
func holds(code, column string) bool {
	name := strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(column, "${1}_${2}"))
	return regexp.MustCompile(`\.` + column + `\b|["'.]` + name + `\b`).MatchString(code)
}

// fieldsOf are the names of a struct's fields.
func fieldsOf(f file, name string) (fields []string) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			for _, id := range field.Names {
				fields = append(fields, id.Name)
			}
		}
		return false
	})
	return fields
}
