package desk

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// Colleague is the input of AddMember.
type Colleague struct {
	Name, Email  string
	Role         db.Role
	Availability db.Availability
	AutoOffline  bool
}

// AddMember makes a user a member: the one who has the address, or a new one without a password. Administrators only.
// fault.Fields if they are a member already.
func (t *Tx) AddMember(ctx context.Context, c Colleague) (db.User, db.Membership, error) {
	if err := t.requireAdmin(); err != nil {
		return db.User{}, db.Membership{}, err
	}
	u, err := t.q.InsertInvitedUser(ctx, c.Name, c.Email)
	if err != nil {
		return u, db.Membership{}, err
	}
	// Someone may have registered with an address that is not theirs: until it is confirmed, its password must not
	// give access to this account.
	if u.PasswordHash != nil && u.ConfirmedAt == nil {
		return u, db.Membership{}, fault.Field("email", "Email belongs to somebody who has not confirmed it")
	}
	m, err := t.q.JoinAccount(ctx, db.JoinAccountParams{
		AccountID: t.Account(), UserID: u.ID, Role: c.Role, Availability: c.Availability, AutoOffline: c.AutoOffline,
		InviterID: t.Actor.idOrNil(),
	})
	if db.IsNone(err) {
		return u, m, fault.Field("user_id", "User has already been taken")
	}
	if err != nil {
		return u, m, err
	}
	// A password link that another account's administrator made would give access to this account, too.
	if err := t.q.DeletePasswordResets(ctx, u.ID); err != nil {
		return u, m, err
	}
	return u, m, t.membersChanged(ctx, subject{}, m.Role == db.RoleAdministrator)
}

// MemberChange is what an administrator changes of a member; nil leaves a field as it is.
type MemberChange struct {
	Name         *string
	Role         *db.Role
	Availability *db.Availability
	AutoOffline  *bool
}

// UpdateMember changes a member. Administrators only. The account's last administrator keeps that role. The name of a
// user who works in other accounts too stays as it is: only they may change it.
func (t *Tx) UpdateMember(ctx context.Context, userID int64, c MemberChange) (db.User, db.Membership, error) {
	if err := t.requireAdmin(); err != nil {
		return db.User{}, db.Membership{}, err
	}
	if c.Role != nil && *c.Role != db.RoleAdministrator {
		if err := t.anotherAdministrator(ctx, userID); err != nil {
			return db.User{}, db.Membership{}, err
		}
	}
	if _, err := t.q.LockMembership(ctx, t.Account(), userID); err != nil {
		return db.User{}, db.Membership{}, err
	}
	row, err := t.q.GetMember(ctx, t.Account(), userID)
	if err != nil {
		return db.User{}, db.Membership{}, err
	}
	u, m := row.User, row.Membership
	was := m.Role
	if c.Role != nil {
		m.Role = *c.Role
	}
	if c.Availability != nil {
		m.Availability = *c.Availability
	}
	if c.AutoOffline != nil {
		m.AutoOffline = *c.AutoOffline
	}
	m, err = t.q.UpdateMembership(ctx, db.UpdateMembershipParams{
		AccountID: m.AccountID, UserID: m.UserID, Role: m.Role, Availability: m.Availability, AutoOffline: m.AutoOffline, UpdatedAt: t.Now,
	})
	if err != nil {
		return u, m, err
	}
	if err := t.membersChanged(ctx, subject{}, m.Role != was); err != nil {
		return u, m, err
	}
	if c.Name == nil || *c.Name == u.Name {
		return u, m, nil
	}
	accounts, err := t.q.CountMemberships(ctx, userID)
	if err != nil || accounts > 1 {
		return u, m, err
	}
	u, err = t.q.SetUserName(ctx, *c.Name, userID)
	return u, m, err
}

// RemoveMember removes a user from the account with its inboxes and teams and unassigns their conversations: some of
// them at once, the rest in a job, which also deletes their read marks and notifications. A user who is in no other
// account is signed out everywhere and their tokens are deleted; their row stays, because messages refer to it.
// Administrators only. Only the system may remove the last administrator.
func (t *Tx) RemoveMember(ctx context.Context, userID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if err := t.anotherAdministrator(ctx, userID); err != nil {
		return err
	}
	if _, err := t.q.LockMembership(ctx, t.Account(), userID); err != nil {
		return err
	}
	// Conversations are locked before the membership is deleted, in the order in which a post takes the locks.
	if _, err := t.release(ctx, userID); err != nil {
		return err
	}
	if err := t.q.DeleteMembership(ctx, t.Account(), userID); err != nil {
		return err
	}
	accounts, err := t.q.CountMemberships(ctx, userID)
	if err != nil {
		return err
	}
	if accounts == 0 {
		if err := t.q.DeleteUserSessions(ctx, userID); err != nil {
			return err
		}
		if err := t.q.DeleteUserTokens(ctx, userID); err != nil {
			return err
		}
	}
	if err := t.membersChanged(ctx, subject{}, true); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ReleaseAssignee{AccountID: t.Account(), UserID: userID})
}

// release unassigns the next conversations of a user, and returns how many there were.
func (t *Tx) release(ctx context.Context, userID int64) (int, error) {
	ids, err := t.q.ListAssignedIDs(ctx, db.ListAssignedIDsParams{AccountID: t.Account(), UserID: userID, Most: bite})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	former, err := t.q.GetUser(ctx, userID)
	if err != nil {
		return 0, err
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := t.takeFrom(ctx, id, former.Name); err != nil && !db.IsNone(err) {
			return 0, err
		}
	}
	return len(ids), nil
}

// anotherAdministrator refuses to remove the last administrator. Only the system may: a platform's application
// creates an account's users itself, and can add an administrator again.
func (t *Tx) anotherAdministrator(ctx context.Context, userID int64) error {
	if t.Actor.Kind == db.ActorKindSystem {
		return nil
	}
	admins, err := t.q.LockAdministrators(ctx, t.Account())
	if err != nil {
		return err
	}
	if len(admins) == 1 && admins[0] == userID {
		return fault.Field("role", "The last administrator cannot be taken away")
	}
	return nil
}

// Release does what RemoveMember ordered: it unassigns all conversations of a former member and deletes their read
// marks and notifications, some in each transaction.
func (d *Desk) Release(ctx context.Context, accountID, userID int64) error {
	for _, some := range []func(*Tx) (int64, error){
		func(t *Tx) (int64, error) {
			n, err := t.release(ctx, userID)
			return int64(n), err
		},
		func(t *Tx) (int64, error) {
			return t.q.DeleteFormerMemberReadMarks(ctx, db.DeleteFormerMemberReadMarksParams{AccountID: accountID, UserID: userID, Most: forgetBite})
		},
		func(t *Tx) (int64, error) {
			return t.q.DeleteFormerMemberNotifications(ctx, db.DeleteFormerMemberNotificationsParams{
				AccountID: accountID,
				UserID:    userID,
				Most:      forgetBite,
			})
		},
	} {
		for left := int64(1); left > 0; {
			left = 0
			err := d.Do(ctx, System(accountID), func(t *Tx) error {
				_, err := t.q.LockMembership(ctx, accountID, userID)
				if !db.IsNone(err) {
					return err // they are a member again, and keep what is theirs
				}
				left, err = some(t)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetBite is how many small rows one transaction deletes.
const forgetBite = 5000

// AddInboxMembers adds users to an inbox. Administrators only. fault.Fields if one is no member of the account.
func (t *Tx) AddInboxMembers(ctx context.Context, inboxID int64, userIDs []int64) error {
	added, err := t.addInboxMembers(ctx, inboxID, userIDs)
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{inboxID: inboxID}, added > 0)
}

// addInboxMembers is AddInboxMembers without the event. It returns how many users were not in the inbox.
func (t *Tx) addInboxMembers(ctx context.Context, inboxID int64, userIDs []int64) (added int64, err error) {
	if err := t.requireAdmin(); err != nil {
		return 0, err
	}
	err = t.savepoint(ctx, func() (err error) {
		added, err = t.q.AddInboxMembers(ctx, db.AddInboxMembersParams{AccountID: t.Account(), InboxID: inboxID, UserIds: userIDs})
		return err
	})
	if db.IsMissing(err) {
		return 0, fault.Field("user", "User must exist")
	}
	return added, err
}

// RemoveInboxMembers removes users from an inbox; those who are not in it are ignored. Administrators only.
func (t *Tx) RemoveInboxMembers(ctx context.Context, inboxID int64, userIDs []int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	n, err := t.q.RemoveInboxMembers(ctx, db.RemoveInboxMembersParams{AccountID: t.Account(), InboxID: inboxID, UserIds: userIDs})
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{inboxID: inboxID}, n > 0)
}

// SetInboxMembers sets the members of an inbox to exactly these users. Administrators only.
func (t *Tx) SetInboxMembers(ctx context.Context, inboxID int64, userIDs []int64) error {
	added, err := t.addInboxMembers(ctx, inboxID, userIDs)
	if err != nil {
		return err
	}
	n, err := t.q.KeepInboxMembers(ctx, db.KeepInboxMembersParams{AccountID: t.Account(), InboxID: inboxID, UserIds: userIDs})
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{inboxID: inboxID}, added+n > 0)
}

// membersChanged pokes the pages that show members and, if changed is set, records that members of an inbox, of a team
// or of the account changed: what they see changes with it.
func (t *Tx) membersChanged(ctx context.Context, about subject, changed bool) error {
	t.poke("members", 0, nil)
	if !changed {
		return nil
	}
	b := t.q.Batch()
	if err := t.queueSilently(b, MembersChanged, about, Data{}); err != nil {
		return err
	}
	return b.Run(ctx)
}
