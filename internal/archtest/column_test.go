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
	inNdoto   = "the JSON of a conversation in Ndoto (conversationShape in web/api/ndoto)"
	inQlara   = "the JSON of a conversation in Qlara (conversationShape in web/api/qlara)"
	inPage    = "a page (views)"
	inRule    = "the conditions of rules (internal/rule/condition.go)"
	inFilter  = "the filter of lists (db/conversation_filter.go)"
	inWebhook = "the changes of which webhooks tell (updateName in web/api/chatwoot/hook)"
	inSeed    = "the made conversations (copyAll in internal/seed)"
)

// conversationColumns says for each column in which lists it stands. Whoever adds a column decides here; columns that
// a verb keeps beside the messages are in none.
func conversationColumns() map[string][]string {
	return map[string][]string{
		"AccountID":            {inAPI, inNdoto, inSeed},
		"ID":                   {inSeed},
		"DisplayID":            {inAPI, inNdoto, inQlara, inPage, inRule, inFilter, inSeed},
		"Uuid":                 {inAPI, inSeed},
		"InboxID":              {inAPI, inNdoto, inQlara, inPage, inRule, inFilter, inSeed},
		"ContactID":            {inNdoto, inQlara, inPage, inFilter, inSeed},
		"ContactInboxID":       {inSeed},
		"Status":               {inAPI, inNdoto, inPage, inRule, inFilter, inWebhook, inSeed},
		"ArchivedAt":           {inQlara},
		"Priority":             {inAPI, inNdoto, inPage, inRule, inFilter, inWebhook, inSeed},
		"AssigneeID":           {inAPI, inNdoto, inQlara, inPage, inRule, inFilter, inWebhook, inSeed},
		"AssigneeBotID":        {inAPI, inWebhook},
		"TeamID":               {inAPI, inNdoto, inPage, inRule, inFilter, inWebhook, inSeed},
		"Subject":              {inPage, inSeed},
		"Labels":               {inAPI, inNdoto, inPage, inRule, inFilter, inWebhook, inSeed},
		"AdditionalAttributes": {inAPI, inNdoto, inFilter},
		"CustomAttributes":     {inAPI, inNdoto, inPage, inWebhook},
		"SnoozedUntil":         {inAPI, inNdoto, inPage, inWebhook, inSeed},
		"LastMessageID":        {inSeed},
		"LastTalkID":           {inSeed},
		"LastPublicID":         {inSeed},
		"LastPublicAt":         {inSeed},
		"LastIncomingID":       {inSeed},
		"LastIncomingAt":       {inSeed},
		"LastActivityAt":       {inAPI, inNdoto, inFilter, inSeed},
		"WaitingSince":         {inAPI, inWebhook, inSeed},
		"FirstReplyAt":         {inAPI, inWebhook, inSeed},
		"UnreadCount":          {inAPI, inNdoto, inQlara, inSeed},
		"AgentsReadUpTo":       {inSeed},
		"AgentLastSeenAt":      {inAPI, inSeed},
		"AssigneeLastSeenAt":   {inAPI, inSeed},
		"ContactLastSeenAt":    {inAPI},
		"CreatedAt":            {inAPI, inNdoto, inFilter, inSeed},
		"UpdatedAt":            {inAPI, inSeed},
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
		case f.pkg == "web/api/ndoto":
			lists[inNdoto] += functionIn(text, "conversationShape")
		case f.pkg == "web/api/qlara":
			lists[inQlara] += functionIn(text, "conversationShape")
		case f.pkg == "internal/seed":
			lists[inSeed] += regexp.MustCompile(`(?s)\{"conversations", \[\]string.*?\n\t\t\}`).FindString(text)
		case strings.HasPrefix(f.pkg, "web/api/chatwoot"):
			lists[inAPI] += text
			lists[inWebhook] += functionIn(text, "updateName")
		}
	}
	if len(columns) < 20 {
		t.Fatalf("only %d columns are found", len(columns))
	}
	table := conversationColumns()
	for _, column := range columns {
		wanted, ok := table[column]
		if !ok {
			all := []string{inAPI, inNdoto, inQlara, inPage, inRule, inFilter, inWebhook, inSeed}
			t.Errorf("say in conversationColumns where conversations.%s stands: %s", column, strings.Join(all, "; "))
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

// functionIn is a function or method of a file, empty where there is none.
func functionIn(text, name string) string {
	return regexp.MustCompile(`(?s)\nfunc (\([^)]*\) )?` + name + `\(.*?\n}\n`).FindString(text)
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
