package views

import (
	"slices"

	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// AccountView is the account's form as it was filled in.
type AccountView struct {
	Name, Locale, Zone string
	// Hours is after how many hours of silence a conversation resolves by itself; empty is never.
	Hours, Message string
	Answered       bool
	Invalid        fault.Fields
}

func locales(chosen string) []ui.Option {
	all := []ui.Option{
		{Value: "ar", Label: "العربية"},
		{Value: "cs", Label: "Čeština"},
		{Value: "da", Label: "Dansk"},
		{Value: "de", Label: "Deutsch"},
		{Value: "en", Label: "English"},
		{Value: "es", Label: "Español"},
		{Value: "fr", Label: "Français"},
		{Value: "he", Label: "עברית"},
		{Value: "it", Label: "Italiano"},
		{Value: "ja", Label: "日本語"},
		{Value: "ko", Label: "한국어"},
		{Value: "nl", Label: "Nederlands"},
		{Value: "no", Label: "Norsk"},
		{Value: "pl", Label: "Polski"},
		{Value: "pt", Label: "Português"},
		{Value: "pt_BR", Label: "Português (Brasil)"},
		{Value: "ru", Label: "Русский"},
		{Value: "sv", Label: "Svenska"},
		{Value: "tr", Label: "Türkçe"},
		{Value: "uk", Label: "Українська"},
		{Value: "zh_CN", Label: "简体中文"},
		{Value: "zh_TW", Label: "繁體中文"},
	}
	if chosen != "" && !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == chosen }) {
		all = append(all, ui.Option{Value: chosen, Label: chosen})
	}
	return all
}

// KnownLocale reports whether an account can have this language: one that is offered, or one that a program set.
func KnownLocale(code string) bool {
	if code == "" || len(code) > 12 {
		return false
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-' {
			return false
		}
	}
	return true
}
