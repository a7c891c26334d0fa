package views

// ErrorView is what an error page says.
type ErrorView struct {
	Status    int
	Message   string
	RequestID string
	Look      Look
}

func errorTitle(status int) string {
	switch status {
	case 403:
		return "Not allowed"
	case 404:
		return "Nothing here"
	case 401:
		return "Signed out"
	case 413:
		return "Too large"
	}
	if status >= 500 {
		return "Something went wrong"
	}
	return "That did not work"
}
