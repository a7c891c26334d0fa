package db

// Scope is what a reader may see in an account: the arguments of the SQL predicate visible(). It is read once for a
// request, with the session or the token, and passed to every query about conversations.
type Scope struct {
	AccountID int64
	// UserID is 0 for a reader that is no user (a bot, an account's key, the system).
	UserID   int64
	Role     Role
	SeesAll  bool
	InboxIDs []int64
	TeamIDs  []int64
}

// Everything is the scope of the system itself, within one account.
func Everything(accountID int64) Scope {
	return Scope{AccountID: accountID, SeesAll: true, InboxIDs: []int64{}, TeamIDs: []int64{}}
}

// Scope is what a member may see.
func (r GetScopeRow) Scope(accountID, userID int64) Scope {
	return Scope{
		AccountID: accountID,
		UserID:    userID,
		Role:      r.Role,
		SeesAll:   r.Role == RoleAdministrator,
		InboxIDs:  r.InboxIds,
		TeamIDs:   r.TeamIds,
	}
}

// Admin reports whether the reader is an administrator of the account.
func (s Scope) Admin() bool { return s.Role == RoleAdministrator }

// Sees is the predicate visible() for a row that has been read.
func (s Scope) Sees(inboxID int64, teamID *int64) bool {
	if s.SeesAll {
		return true
	}
	for _, id := range s.InboxIDs {
		if id == inboxID {
			return true
		}
	}
	if teamID != nil {
		for _, id := range s.TeamIDs {
			if id == *teamID {
				return true
			}
		}
	}
	return false
}
