package main

import (
	"maps"
	"testing"
)

// TestJourneys does, in a real browser, each thing that the interface offers and that no other test here does. All share
// one program; each has an account of its own. capabilities lists what each does.
func TestJourneys(t *testing.T) {
	t.Parallel()
	shared := newFixture(t)
	for name, journey := range journeys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			journey(newAccountFixture(t, shared))
		})
	}
}

func journeys() map[string]func(f fixture) {
	all := map[string]func(f fixture){}
	maps.Copy(all, accountJourneys())
	maps.Copy(all, listJourneys())
	maps.Copy(all, conversationJourneys())
	maps.Copy(all, contactJourneys())
	maps.Copy(all, settingsJourneys())
	return all
}
