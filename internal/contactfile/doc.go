// Package contactfile reads files of contacts: tables as spreadsheets and other helpdesks save them. It says what it
// does not understand and in which line, checks the bounds before it begins, and shows rows as they will be stored.
//
// Not here: the job that imports a whole file (package task), and the pages and calls that take one.
package contactfile
