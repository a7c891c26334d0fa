package openapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/web/api"
)

// callers says in words who may call a route.
func callers(p api.Policy) string {
	switch p {
	case api.Public:
		return "anybody, without a token"
	case api.User:
		return "any user"
	case api.Member:
		return "members of the account"
	case api.MemberOrBot:
		return "members and bots of the account"
	case api.Admin:
		return "administrators of the account"
	case api.Platform:
		return "platform apps"
	case api.Key:
		return "an account's key, or a member's token"
	}
	return p.String()
}

// operationID makes a unique id from method and path, such as get_conversations_messages.
func operationID(r api.Route) string {
	id := strings.ToLower(r.Method)
	for part := range strings.SplitSeq(r.Path, "/") {
		if part != "" {
			id += "_" + strings.NewReplacer(":", "by_", "-", "_", ".", "_").Replace(part)
		}
	}
	return id
}

func describe(status, about string) string {
	if about != "" {
		return about
	}
	if n, err := strconv.Atoi(status); err == nil {
		return http.StatusText(n)
	}
	return status
}

// contents returns the media types that a body may have, all with the same schema.
func contents(o operation) map[string]any {
	kinds := o.Kinds
	if len(kinds) == 0 {
		kinds = []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
	}
	all := map[string]any{}
	for _, kind := range kinds {
		all[kind] = map[string]any{"schema": o.Body}
	}
	return all
}

// bodyFields returns the properties of a body, one level deep.
func bodyFields(body map[string]any) []Field {
	properties, _ := body["properties"].(map[string]any)
	required, _ := body["required"].([]any)
	var all []Field
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		schema, _ := properties[name].(map[string]any)
		about, _ := schema["description"].(string)
		all = append(all, Field{
			Name:     name,
			In:       "body",
			Type:     typeWords(schema),
			About:    about,
			Required: slices.Contains(required, any(name)),
		})
	}
	return all
}

// typeWords names the type of a schema in a word or two.
func typeWords(schema map[string]any) string {
	if ref, ok := schema["$ref"].(string); ok {
		return ref[strings.LastIndexByte(ref, '/')+1:]
	}
	if values, ok := schema["enum"].([]any); ok {
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = fmt.Sprint(v)
		}
		return strings.Join(names, ", ")
	}
	switch t := schema["type"].(type) {
	case string:
		if items, ok := schema["items"].(map[string]any); ok && t == "array" {
			return "list of " + typeWords(items)
		}
		return t
	case []any:
		types := make([]string, len(t))
		for i, v := range t {
			types[i] = fmt.Sprint(v)
		}
		return strings.Join(types, " or ")
	}
	return "any"
}

// headers returns the headers of every answer.
func headers() map[string]any {
	header := func(kind, about string) map[string]any {
		return map[string]any{"description": about, "schema": map[string]any{"type": kind}}
	}
	return map[string]any{
		"X-Request-Id":          header("string", "The id by which the server's log knows the request."),
		"X-RateLimit-Limit":     header("integer", "Requests a minute that the token may make."),
		"X-RateLimit-Remaining": header("integer", "Requests that are left now."),
		"X-RateLimit-Reset":     header("integer", "When all are left again, in Unix seconds."),
		"Retry-After":           header("integer", "Seconds to wait, with 429 and 503."),
		"Link":                  header("string", "Where a list goes on: <address>; rel=\"next\"."),
		"Etag":                  header("string", "The tag of a single resource, for If-None-Match."),
	}
}

func headerRefs() map[string]any {
	all := map[string]any{}
	for name := range headers() {
		all[name] = map[string]any{"$ref": "#/components/headers/" + name}
	}
	return all
}

// refusals returns the answers of every operation for requests that fail.
func refusals(schema string) map[string]any {
	all := map[string]any{}
	media := map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/" + schema}}
	for name, about := range map[string]string{
		"Refused": "What is wrong with the request.",
		"Failed":  "What is wrong on our side.",
	} {
		all[name] = map[string]any{
			"description": about,
			"headers":     headerRefs(),
			"content":     map[string]any{"application/json": media},
		}
	}
	return all
}
