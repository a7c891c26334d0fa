// Package openapi makes a dialect's OpenAPI 3.1 document from three sources: the route table (paths, methods, who may
// call), the files in the dialect's folder openapi (texts, parameters, schemas), and the golden files of its tests
// (examples). The files do not repeat what the table or the tests say, so it cannot become wrong.
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
// A field is described beside it, or once for all fields of its name under "fields" of the file or of dialect.json.
//
// A string in "query" names a parameter of dialect.json. An answer without a schema has no body. An example is the name
// of a file in testdata without its extension. Schemas go into "schemas" of any file, with additionalProperties false
// if the contract allows no others. This package adds path parameters, tokens, Idempotency-Key, the usual headers and all
// refusals. TestOpenAPI of the dialect fails for a route without an entry and an entry without a route; apitest compares
// every answer of every other test, and every request that was accepted, with the document.
//
// Not here: HTTP and the reference page (web/reference), the checks of answers (web/api/apitest).
package openapi
