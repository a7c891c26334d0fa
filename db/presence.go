package db

import "time"

// OnlineFor is how long after a sign of life somebody counts as there. A connection gives one every 15 seconds
// (package live), so somebody who has left is away within these seconds.
const OnlineFor = 25 * time.Second

// Online tells whether somebody who was last seen then is there now.
func Online(seen *time.Time, now time.Time) bool { return seen != nil && now.Sub(*seen) <= OnlineFor }
