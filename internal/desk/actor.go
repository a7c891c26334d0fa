package desk

import "github.com/parleydesk/parley/db"

// Actor is who runs a transaction, and what they may see.
type Actor struct {
	Kind db.ActorKind
	// ID is the user's, bot's, contact's or rule's id; 0 for the system and for an account's key.
	ID    int64
	Name  string
	Scope db.Scope
}

// User is a person who is signed in or whose token is used.
func User(name string, s db.Scope) Actor {
	return Actor{Kind: db.ActorKindUser, ID: s.UserID, Name: name, Scope: s}
}

// Bot is limited to what its token may see.
func Bot(b db.AgentBot, s db.Scope) Actor {
	return Actor{Kind: db.ActorKindBot, ID: b.ID, Name: b.Name, Scope: s}
}

// Contact is a customer, through the public API or an inbound message.
func Contact(c db.Contact) Actor {
	return Actor{Kind: db.ActorKindContact, ID: c.ID, Name: c.Who(), Scope: db.Everything(c.AccountID)}
}

// System is Parley itself: timers, imports, first run.
func System(accountID int64) Actor {
	return Actor{Kind: db.ActorKindSystem, Name: "System", Scope: db.Everything(accountID)}
}

// Rule is an automation rule.
func Rule(r db.AutomationRule) Actor {
	return Actor{Kind: db.ActorKindRule, ID: r.ID, Name: "Automation System", Scope: db.Everything(r.AccountID)}
}

// AccountKey is a program with the rights of the whole account (Qlara's keys).
func AccountKey(name string, accountID int64) Actor {
	if name == "" {
		name = "API key"
	}
	return Actor{Kind: db.ActorKindAccount, Name: name, Scope: db.Everything(accountID)}
}

// speaks reports whether the actor's changes are shown as a line in the thread: people's and rules' are. What the
// system does is shown case by case.
func (a Actor) speaks() bool { return a.Kind != db.ActorKindSystem }

// idOrNil is the id for a nullable column.
func (a Actor) idOrNil() *int64 {
	if a.ID == 0 {
		return nil
	}
	return &a.ID
}
