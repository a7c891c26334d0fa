// Package ui draws components that know no helpdesk noun: buttons, fields, menus,
// dialogs, avatars, times. What a class is made of stands at the top of its file in
// static/css, what a data- attribute does in static/js/README.md; the gallery shows
// all of it on one page.
//
// Not here: pages and anything that takes a row (views), addresses (internal/link).
package ui
