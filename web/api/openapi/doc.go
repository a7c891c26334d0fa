// Package openapi makes a dialect's OpenAPI 3.1 document out of three things: the route table (paths, methods, who may
// call), the files in the dialect's folder openapi (words, parameters, schemas), and the golden files of its tests
// (examples). What can be read from the table or the tests is written nowhere else, so it stays true.
//
// A new route needs one entry in openapi/<resource>.json, under the name that the authorization matrix uses; several
// methods may share one:
//
//	"PATCH PUT /api/v1/accounts/:account/labels/:label": {
//	  "summary": "Change a label",
//	  "query": ["page", {"name": "deep", "about": "Whether…", "schema": {"type": "boolean"}}],
//	  "body": {"type": "object", "properties": {"title": {"type": "string"}}},
//	  "answers": {"200": {"schema": {"$ref": "#/components/schemas/Label"}, "examples": ["label"]}}
//	}
//
// What a field means is said beside it, or once for all fields of its name under "fields" of the file or of
// dialect.json.
//
// A word in query is a parameter that dialect.json defines; an answer without a schema has no body; an example is a
// file of testdata without its ending. Schemas go into "schemas" of any file, closed (additionalProperties false)
// where the contract is. Path parameters, tokens, Idempotency-Key, the usual headers and all refusals are added here.
// TestOpenAPI of the dialect tells which route has no entry and which entry no route; every answer of every other
// test is held against the document by apitest, and so is every request that was taken.
//
// Not here: HTTP and the reference page (web/reference), the checking of answers (web/api/apitest).
package openapi
