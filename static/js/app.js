// The entry: what every page gets.
