package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// right is what a verb asks of its actor.
type right int

const (
	seesConversation right = iota // to see the conversation, or the inbox
	inAccount                     // to work in the account
	isAdmin                       // to be an administrator
)

// objects are one of each kind, all of one account.
type objects struct {
	conversation db.Conversation
	message      db.Message
	address      db.ContactInbox
	contact      db.Contact
	other        db.Contact
	inbox        db.Inbox
	team         db.Team
	label        db.Label
	bot          db.AgentBot
	user         db.User
	webhook      db.Webhook
	attribute    db.AttributeDefinition
	upload       db.Attachment
}

// verb is what a verb asks of its actor, and a call of it.
type verb struct {
	asks right
	call func(c context.Context, t *desk.Tx, o objects) error
	// creates marks a verb that takes no object: it works within the account of its actor.
	creates bool
	// passes marks a verb that passes over another account's objects, so that it changes nothing.
	passes bool
}

// rights is the table of all verbs.
func rights() map[string]verb {
	type ctx = context.Context
	return map[string]verb{
		"AddInboxMembers": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.AddInboxMembers(c, o.inbox.ID, []int64{o.user.ID})
		}},
		"AddLabels": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.AddLabels(c, o.conversation.ID, []string{"x"})
		}},
		"AddMember": {asks: isAdmin, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			_, _, err := t.AddMember(c, desk.Colleague{Name: "Cy", Email: "cy@desk.example", Role: db.RoleAgent})
			return err
		}},
		"AddParticipant": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.AddParticipant(c, o.conversation.ID, o.user.ID))
		}},
		"AddTeamMembers": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.AddTeamMembers(c, o.team.ID, []int64{o.user.ID}))
		}},
		"AddUpload": {asks: inAccount, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return second(t.AddUpload(c, desk.File{Kind: db.FileKindFile, Name: "plan.txt"}))
		}},
		"Answer": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Answer(c, o.conversation.ID, o.message.ID, json.RawMessage(`{}`)))
		}},
		"Archive": {call: func(c ctx, t *desk.Tx, o objects) error { return t.Archive(c, o.conversation.ID) }},
		"Assign": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Assign(c, o.conversation.ID, o.user.ID)
		}},
		"AssignBot": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.AssignBot(c, o.conversation.ID, o.bot.ID)
		}},
		"AutoResolve": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.AutoResolve(c, o.conversation.ID, "1 day")
		}},
		"CreateContact": {asks: inAccount, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return second(t.CreateContact(c, desk.ContactInput{}))
		}},
		"CreateInbox": {asks: isAdmin, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return second(t.CreateInbox(c, desk.NewInbox{Kind: db.InboxKindApi, Name: "New"}))
		}},
		"CreateLabel": {asks: isAdmin, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return second(t.CreateLabel(c, db.Label{Title: "new"}))
		}},
		"Deactivate": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Deactivate(c, o.user.ID)
		}},
		"DeleteBot": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteBot(c, o.bot.ID)
		}},
		"DeleteContact": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteContact(c, o.contact.ID)
		}},
		"DeleteConversation": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteConversation(c, o.conversation.ID)
		}},
		"DeleteInbox": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteInbox(c, o.inbox.ID)
		}},
		"DeleteLabel": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteLabel(c, o.label.ID)
		}},
		"DeleteMessage": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.DeleteMessage(c, o.conversation.ID, o.message.ID))
		}},
		"DeleteMessageSoon": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.DeleteMessageSoon(c, o.conversation.ID, o.message.ID, time.Minute))
		}},
		"DeleteTeam": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteTeam(c, o.team.ID)
		}},
		"DeleteWebhook": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.DeleteWebhook(c, o.webhook.Dialect, o.webhook.ID)
		}},
		"DeliverBySource": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.DeliverBySource(c, o.inbox.ID, *o.message.SourceID, db.DeliveryRead, ""))
		}},
		"Deliver": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Deliver(c, o.conversation.ID, o.message.ID, db.DeliveryRead, ""))
		}},
		"FillUpload": {asks: inAccount, call: func(c ctx, t *desk.Tx, o objects) error {
			hash := "a1"
			return t.FillUpload(c, o.upload.ID, desk.File{Kind: db.FileKindFile, BlobHash: &hash})
		}},
		"KeepMessage": {call: func(c ctx, t *desk.Tx, o objects) error {
			_, err := t.DeleteMessageSoon(c, o.conversation.ID, o.message.ID, time.Minute)
			if err != nil {
				return err
			}
			return second(t.KeepMessage(c, o.conversation.ID, o.message.ID))
		}},
		"Label": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Label(c, o.conversation.ID, []string{"x"})
		}},
		"MacroFailed": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.MacroFailed(c, o.conversation.ID, o.user.ID, "No")
		}},
		"Mail": {asks: inAccount, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return t.Mail(c, desk.OutgoingMail{Kind: db.OutgoingMailKindTeam, To: "ann@desk.example"})
		}},
		"MarkRead":   {call: func(c ctx, t *desk.Tx, o objects) error { return t.MarkRead(c, o.conversation.ID) }},
		"MarkUnread": {call: func(c ctx, t *desk.Tx, o objects) error { return t.MarkUnread(c, o.conversation.ID) }},
		"MergeContacts": {asks: inAccount, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.MergeContacts(c, o.contact.ID, o.other.ID))
		}},
		"Mute": {call: func(c ctx, t *desk.Tx, o objects) error { return t.Mute(c, o.conversation.ID) }},
		"Open": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Open(c, desk.NewConversation{ContactInbox: o.address}))
		}},
		"Post": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Post(c, o.conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: ptr("Hello")}))
		}},
		"Rate": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Rate(c, o.conversation.ID, o.message.ID, desk.Rating{Value: 5}))
		}},
		"Reach": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Reach(c, o.other, o.inbox, ""))
		}},
		"Reactivate": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Reactivate(c, o.user.ID)
		}},
		"RecordMacro": {call: func(c ctx, t *desk.Tx, o objects) error { return second(t.RecordMacro(c, o.conversation.ID)) }},
		"RemoveLabels": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.RemoveLabels(c, o.conversation.ID, []string{"x"})
		}},
		"RemoveMember": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.RemoveMember(c, o.user.ID)
		}},
		"RemoveParticipant": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.RemoveParticipant(c, o.conversation.ID, o.user.ID)
		}},
		"RemoveInboxMembers": {asks: isAdmin, passes: true, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.RemoveInboxMembers(c, o.inbox.ID, []int64{o.user.ID})
		}},
		"RemoveTeamMembers": {asks: isAdmin, passes: true, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.RemoveTeamMembers(c, o.team.ID, []int64{o.user.ID})
		}},
		"ResolveQuiet": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.ResolveQuiet(c, o.conversation.ID, desk.Quiet{})
		}},
		"ResumeWebhook": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.ResumeWebhook(c, o.webhook.ID)
		}},
		"Retry": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Retry(c, o.conversation.ID, o.message.ID))
		}},
		"SaveAttribute": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.SaveAttribute(c, o.attribute))
		}},
		"SaveTeam": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.SaveTeam(c, o.team))
		}},
		"SaveWebhook": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.SaveWebhook(c, o.webhook))
		}},
		"SeenByContact": {call: func(c ctx, t *desk.Tx, o objects) error { return t.SeenByContact(c, o.conversation.ID) }},
		"SetAttribute": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetAttribute(c, o.conversation.ID, "plan", json.RawMessage(`1`))
		}},
		"SetAttributes": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetAttributes(c, o.conversation.ID, desk.Attributes{Subject: ptr("New")})
		}},
		"SetAvailability": {asks: inAccount, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return t.SetAvailability(c, db.AvailabilityBusy, false)
		}},
		"SetInboxMembers": {asks: isAdmin, passes: true, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetInboxMembers(c, o.inbox.ID, []int64{})
		}},
		"SetMemberInboxes": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetMemberInboxes(c, o.user.ID, []int64{o.inbox.ID})
		}},
		"SetMessageAttributes": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.SetMessageAttributes(c, o.conversation.ID, o.message.ID, json.RawMessage(`{"a":1}`)))
		}},
		"SetPriority": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetPriority(c, o.conversation.ID, ptr(db.ConversationPriorityLow))
		}},
		"SetStatus": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetStatus(c, o.conversation.ID, db.ConversationStatusResolved, nil)
		}},
		"SetTeam": {call: func(c ctx, t *desk.Tx, o objects) error { return t.SetTeam(c, o.conversation.ID, &o.team.ID) }},
		"SetTeamMembers": {asks: isAdmin, passes: true, call: func(c ctx, t *desk.Tx, o objects) error {
			return t.SetTeamMembers(c, o.team.ID, []int64{})
		}},
		"Translate": {call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.Translate(c, o.conversation.ID, o.message.ID, desk.Translation{Language: "de"}))
		}},
		"Typing": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Typing(c, o.conversation.ID, true, false)
		}},
		"Unarchive": {call: func(c ctx, t *desk.Tx, o objects) error { return t.Unarchive(c, o.conversation.ID) }},
		"Undo": {call: func(c ctx, t *desk.Tx, o objects) error {
			return t.Undo(c, o.conversation.ID, desk.Undo{Labels: &[2][]string{{"x"}, o.conversation.Labels}})
		}},
		"Unassign": {call: func(c ctx, t *desk.Tx, o objects) error { return t.Unassign(c, o.conversation.ID) }},
		"Unmute":   {call: func(c ctx, t *desk.Tx, o objects) error { return t.Unmute(c, o.conversation.ID) }},
		"UpdateAccount": {asks: isAdmin, creates: true, call: func(c ctx, t *desk.Tx, _ objects) error {
			return second(t.UpdateAccount(c, func(a *db.Account) error { a.Name = "New"; return nil }))
		}},
		"UpdateContact": {asks: inAccount, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.UpdateContact(c, o.contact.ID, desk.ContactInput{Name: ptr("New")}))
		}},
		"UpdateInbox": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.UpdateInbox(c, o.inbox.ID, func(i *db.Inbox) error { i.Name = "New"; return nil }))
		}},
		"UpdateLabel": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			return second(t.UpdateLabel(c, o.label.ID, func(l *db.Label) error { l.Title = "new"; return nil }))
		}},
		"UpdateMember": {asks: isAdmin, call: func(c ctx, t *desk.Tx, o objects) error {
			_, _, err := t.UpdateMember(c, o.user.ID, desk.MemberChange{Name: ptr("New")})
			return err
		}},
		"Wake": {call: func(c ctx, t *desk.Tx, o objects) error { return t.Wake(c, o.conversation.ID) }},
	}
}

// second is a call's error without its value.
func second[T any](_ T, err error) error { return err }

func (f fixture) objects() (o objects) {
	f.t.Helper()
	o.conversation = f.conversation()
	o.message = f.reply(o.conversation, "On our way", false)
	f.exec("UPDATE messages SET source_id = 'wamid.1' WHERE id = $1", o.message.ID)
	o.message = f.message(o.message)
	o.contact, o.other = dbtest.Contact(f.t, f.pool, f.account, "Ada"), dbtest.Contact(f.t, f.pool, f.account, "Bo")
	o.address = f.address(o.contact)
	o.inbox, o.user = f.inbox, f.ann
	o.team = dbtest.Team(f.t, f.pool, f.account, "billing", f.ann)
	o.label, o.bot, o.webhook = f.label("vip"), f.bot(), f.webhook()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) {
		o.attribute, err = t.SaveAttribute(ctx, db.AttributeDefinition{
			Model: db.AttributeModelContactAttribute, Key: "plan", DisplayName: "Plan",
			DisplayType: db.AttributeTypeText, Values: json.RawMessage("[]"),
		})
		return err
	})
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		o.upload, err = t.AddUpload(ctx, desk.File{Kind: db.FileKindFile, Name: "awaited.txt"})
		return err
	})
	return o
}

// rows is all that the account holds, as one text.
func (f fixture) rows() (text string) {
	f.t.Helper()
	for _, table := range []string{
		"agent_bots", "attribute_definitions", "contacts", "contact_inboxes", "conversations", "events", "inbox_members", "inboxes", "labels",
		"memberships", "messages", "participants", "team_members", "teams", "webhooks",
	} {
		var rows string
		f.scan(&rows, "SELECT COALESCE(string_agg(r::text, E'\n' ORDER BY r::text), '') FROM "+table+" r WHERE account_id = $1", f.account.ID)
		text += table + "\n" + rows + "\n"
	}
	return text
}

func TestRights(t *testing.T) {
	t.Parallel()
	f := setup(t)
	o := f.objects()
	bob := f.as(dbtest.Agent(t, f.pool, f.account, "Bob"))
	elsewhere := dbtest.Account(t, f.pool, "Elsewhere")
	eve := dbtest.Actor(t, f.pool, elsewhere, dbtest.Admin(t, f.pool, elsewhere, "Eve"))
	dbtest.Admin(t, f.pool, elsewhere, "Second") // so that no verb stops at the last administrator
	before := f.rows()
	for name, v := range rights() {
		try := func(who desk.Actor) error {
			return f.do(who, func(ctx context.Context, t *desk.Tx) error { return v.call(ctx, t, o) })
		}
		switch v.asks {
		case seesConversation:
			if err := try(bob); !db.IsNone(err) && !errors.Is(err, fault.Forbidden) {
				t.Errorf("%s by an agent outside the inbox: %v", name, err)
			}
		case isAdmin:
			if err := try(f.as(f.ann)); !errors.Is(err, fault.Forbidden) {
				t.Errorf("%s by an agent: %v", name, err)
			}
		}
		if v.creates {
			continue
		}
		err := try(eve)
		if refused := db.IsNone(err) || errors.Is(err, fault.NotFound) || fault.In(err) != nil; refused == v.passes {
			t.Errorf("%s by an administrator of another account: %v", name, err)
		}
	}
	if d := cmp.Diff(before, f.rows()); d != "" {
		t.Error("something has changed:\n" + d)
	}
}
