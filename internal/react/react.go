// Package react is what follows an event. The sequencer numbers committed events and orders reactions to them; the
// worker looks up what follows each: webhooks, automation rules, notifications, reports, automatic answers. The
// timers live here too: snoozes that end, conversations nobody answers, what has had its time.
//
// Not here: what happened (package desk records it), how a webhook is sent (webhook), what a rule means (rule).
package react
