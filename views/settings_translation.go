package views

import (
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// TranslationView is the form of the translation provider as it was filled in.
type TranslationView struct {
	// Chosen is the provider's id, or "" for none.
	Chosen    string
	Providers []TranslationProvider
	// Tried is a sentence as the provider translated it, Failed why it did not.
	Tried, Failed string
	Invalid       fault.Fields
}

// TranslationProvider is a provider that can be chosen, with its settings.
type TranslationProvider struct {
	ID, Name string
	Fields   []TranslationField
}

// TranslationField is one setting. Kept is set where a value is stored and not shown.
type TranslationField struct {
	Name, Value string
	Stored      bool
}

// TrialSentence is the sentence for trying a provider.
const TrialSentence = "Where is my parcel?"

func providerOptions(all []TranslationProvider) []ui.Option {
	out := []ui.Option{{Label: "Nobody"}}
	for _, p := range all {
		out = append(out, ui.Option{Value: p.ID, Label: p.Name})
	}
	return out
}

func addressHint(provider string) string {
	switch provider {
	case "deepl":
		return "Only where it is not DeepL's own"
	case "apertium":
		return "Such as https://apertium.example:2737"
	}
	return "Such as https://translate.example"
}

func keyHint(provider string) string {
	if provider == "libretranslate" {
		return "Only where the server wants one"
	}
	return ""
}

func keptHint(kept bool, otherwise string) string {
	if kept {
		return "One is kept and not shown; type another to replace it"
	}
	return otherwise
}
