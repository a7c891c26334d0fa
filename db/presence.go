package db

import "time"

// OnlineFor is how long after their last sign of life someone counts as online. A connection gives one every 15
// seconds (package live), so whoever has left is offline within these seconds.
const OnlineFor = 25 * time.Second

// Online reports whether someone who was last seen at seen is online.
func Online(seen *time.Time, now time.Time) bool { return seen != nil && now.Sub(*seen) <= OnlineFor }
