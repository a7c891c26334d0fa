package shape

// CacheKeys name the versions of the lists that clients keep copies of: a copy is good for as long as its key is the same.
type CacheKeys struct {
	Label string `json:"label"`
	Inbox string `json:"inbox"`
	Team  string `json:"team"`
}
