// Package views draws pages and their fragments. A component takes rows and plain values and is a function of them;
// permissions come in as booleans, the time as a moment in the reader's zone. Each .templ file is named as the
// handler that uses it; a fragment stands in the file of the page that owns it.
//
// Not here: queries, decisions about who may do what, HTTP. Components that know no helpdesk noun are in views/ui.
package views
