package db

import "time"

// OnlineFor is how long after a sign of life someone counts as there. A connection gives one every 15 seconds
// (package live), so someone who has left is away within these seconds.
const OnlineFor = 25 * time.Second

// Online reports whether someone who was last seen then is there now.
func Online(seen *time.Time, now time.Time) bool { return seen != nil && now.Sub(*seen) <= OnlineFor }
