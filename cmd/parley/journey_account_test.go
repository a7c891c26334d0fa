package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// accountJourneys are about coming in, one's own profile and the account's members.
func accountJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"signing_in": journeySigningIn,
		"login_link": journeyLoginLink,
		"profile":    journeyProfile,
		"password":   journeyChangePassword,
		"appearance": journeyAppearance,
		"members":    journeyMembers,
		"forgotten":  journeyForgottenPassword,
		"reference":  journeyReference,
	}
}

// TestSetupJourney is the first run.
func TestSetupJourney(t *testing.T) {
	t.Parallel()
	p := serveParley(t, onTestDatabase(t)).ready()
	f := fixture{t: t, instance: p, log: &tabLog{}}
	t.Cleanup(f.keepsItsWord)
	b := f.browser()
	b.open("/")
	b.find("heading", "Set up Parley")
	b.accessible("the first run")
	b.fill("Account name", "Acme")
	b.fill("Your name", "Ann Lee")
	b.fill("Email", "ann@acme.example")
	b.fill("Password", "short")
	b.press("button", "Create account")
	b.on("textbox", "Password", `function () { if (this.checkValidity() && !this.matches('[aria-invalid]')) throw new Error('taken') }`)
	b.fill("Password", password)
	b.press("button", "Create account")
	b.find("list", "Conversations")
	b.keeps("A test message")
	b.quiet()
}

func journeySigningIn(f fixture) {
	b := f.browser()
	b.open("/")
	b.fill("Email", f.agent.Email)
	b.fill("Password", "a wrong one")
	b.press("button", "Sign in")
	b.find("alert", "")
	b.accessible("a wrong password")
	b.fill("Password", password)
	b.press("button", "Sign in")
	b.find("list", "Conversations")
	b.open(f.path(""))
	b.find("list", "Conversations")
	b.press("link", "Bo Keller, your profile")
	b.press("button", "Sign out")
	b.find("button", "Sign in")
	b.open(f.page())
	b.find("button", "Sign in") // and then on to what was asked for
	b.fill("Email", f.agent.Email)
	b.fill("Password", password)
	b.press("button", "Sign in")
	b.find("feed", "Thread")
	b.quiet("401", "422")
}

func journeyLoginLink(f fixture) {
	s := auth.NewSecret()
	err := db.New(f.pool).InsertLoginLink(f.t.Context(), db.InsertLoginLinkParams{
		TokenHash: s.Hash,
		UserID:    f.agent.ID,
		ExpiresAt: time.Now().Add(time.Minute),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	b := f.browser()
	b.open(link.LoginLink(f.agent.Email, s.Token))
	b.find("list", "Conversations")
	b.open("/app" + f.page()) // as links of Chatwoot's clients do
	b.find("feed", "Thread")
	again := f.browser()
	again.open(link.LoginLink(f.agent.Email, s.Token))
	again.sees("Nothing here")
}

// picture is a file that can be looked at.
func (f fixture) picture() string {
	f.t.Helper()
	path := filepath.Join(f.t.TempDir(), "face.png")
	file, err := os.Create(path)
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, image.NewRGBA(image.Rect(0, 0, 64, 64))); err != nil {
		f.t.Fatal(err)
	}
	return path
}

func journeyProfile(f fixture) {
	b := f.as(f.agent)
	b.open(link.Profile)
	b.fill("Name", "Bo Keller-Rand")
	b.fill("Display name", "Bo")
	b.fill("Signature", "Yours, Bo")
	b.press("button", "Save changes")
	b.waitForToast("Saved")
	b.reload()
	b.holds("textbox", "Name", "Bo Keller-Rand")
	b.holds("textbox", "Signature", "Yours, Bo")

	b.files("input[type=file]", f.picture())
	b.press("button", "Upload picture")
	b.find("button", "Remove picture")
	b.until(`document.querySelector('.rail-me img')?.naturalWidth > 0`)
	b.accessible("a profile with a picture")
	b.press("button", "Remove picture")
	b.until(`document.querySelector('.rail-me') && !document.querySelector('.rail-me img')`)

	b.choose("Availability", "Busy")
	b.press("switch", "Away by itself")
	b.press("button", "Save availability")
	b.waitForToast("Saved")
	b.reload()
	b.holds("combobox", "Availability", "busy")

	b.fill("Email", "bo@elsewhere.example")
	b.on("textbox", "Email", `function () { this.form.querySelector('[type=password]').focus() }`)
	b.types(password)
	b.press("button", "Change email")
	b.waitForToast("You sign in with")
	b.reload()
	b.holds("textbox", "Email", "bo@elsewhere.example")
	b.quiet()
}

func journeyChangePassword(f fixture) {
	b, other := f.as(f.agent), f.as(f.agent)
	b.open(link.Profile)
	b.on("textbox", "New password", `function () { this.form.querySelector('[type=password]').focus() }`)
	b.types(password)
	b.fill("New password", "a longer staple")
	b.press("button", "Change password")
	b.waitForToast("assword")
	b.reload()
	b.find("button", "Change password")
	other.open(f.path("/conversations"))
	signIn(other, f.agent.Email, "a longer staple")
}

func journeyAppearance(f fixture) {
	b := f.as(f.agent)
	b.open(link.Profile)
	b.choose("Theme", "Dark")
	b.until(`document.documentElement.dataset.theme === 'dark'`)
	b.choose("Density", "Compact")
	b.choose("Single-key shortcuts", "Off")
	b.reload()
	b.until(
		`['dark', 'compact', 'off'].join() === ['theme', 'density', 'keys'].map((name) => document.documentElement.dataset[name]).join()`,
	)
	b.accessible("a profile, dark and compact")
	b.keys("g c")
	b.holds("combobox", "Theme", "dark") // still here: single keys do nothing
	b.choose("Single-key shortcuts", "On")
	b.press("heading", "Appearance")
	b.keys("g c")
	b.find("heading", "Contacts")

	b.scripts(false)
	b.open(link.Profile)
	b.on("combobox", "Theme", `function () { this.value = 'light' }`)
	b.press("button", "Save appearance")
	b.until(`document.documentElement.dataset.theme === 'light'`)
}

func journeyMembers(f fixture) {
	a := f.as(f.admin)
	a.open(f.path("/settings/members"))
	invite := func(name, email string) {
		a.press("button", "Invite member")
		a.fill("Name", name)
		a.fill("Email", email)
		a.press("checkbox", "Shop")
		a.press("button", "Send invitation")
		a.sees("The invitation for " + name)
	}
	invite("Cy Young", "cy@kestrel.example")
	a.accessible("an invitation's link")
	invite("Zoe Quick", "zoe@kestrel.example")
	a.press("button", "Withdraw the invitation of Zoe Quick")
	a.lacks("zoe@kestrel.example")

	// A mail that could not be delivered offers another link.
	f.exec(`INSERT INTO outgoing_mails (account_id, kind, recipient, state, last_error, next_try_at, give_up_at)
		VALUES ($1, 'invitation', 'cy@kestrel.example', 'failed', 'no such mailbox', now(), now())`, f.inbox.AccountID)
	a.reload()
	a.press("button", "New link for Cy Young")
	a.sees("is ready")
	address := value[string](a, `document.querySelector('#once').value.replace(/^https?:..[^/]+/, '')`)

	c := f.browser()
	c.open(address)
	c.find("heading", "Join Kestrel")
	c.accessible("an invitation")
	c.fill("Your name", "Cy Young")
	c.fill("Password", password)
	c.press("button", "Join")
	c.find("list", "Conversations")

	a.open(f.path("/settings/members"))
	a.press("link", "Change Cy Young")
	a.choose("Role", "Administrator")
	a.press("button", "Save changes")
	a.waitForToast("Saved")
	a.open(f.path("/settings/members"))
	a.until(
		`[...document.querySelectorAll('tr')].some((row) => row.innerText.includes('Cy Young') && row.innerText.includes('Administrator'))`,
	)

	a.press("link", "Change Cy Young")
	a.press("button", "Deactivate Cy Young")
	a.press("link", "Change Cy Young")
	a.sees("They can neither sign in nor be assigned.")
	c.reload()
	c.lacks("Printer on fire")
	a.press("button", "Make active again")
	a.press("link", "Change Cy Young")
	a.find("button", "Deactivate Cy Young")
}

func journeyForgottenPassword(f fixture) {
	a, forgetful := f.as(f.admin), f.browser()
	a.open(f.path("/settings/members"))
	a.press("link", "Change Bo Keller")
	a.press("button", "Make a reset link")
	a.sees("A link to a new password is ready")
	a.accessible("a reset link")
	forgetful.open(value[string](a, `document.querySelector('#once').value.replace(/^https?:..[^/]+/, '')`))
	forgetful.find("heading", "Choose a new password")
	forgetful.accessible("a new password")
	forgetful.fill("Password", "another staple")
	forgetful.press("button", "Save and sign in")
	forgetful.find("list", "Conversations")
	signIn(f.browser(), f.agent.Email, "another staple")
}

func journeyReference(f fixture) {
	b := f.as(f.agent)
	b.keys("g o")
	b.press("link", "API reference")
	b.find("main", "")
	b.accessible("the API's reference")
	b.open(link.Reference("chatwoot"))
	b.click(`a[href="` + link.OpenAPI("chatwoot") + `"]`)
	b.until(`location.pathname.endsWith('.json')`)
}

// colleague is another agent of the inbox.
func (f fixture) colleague(name string) db.User {
	f.t.Helper()
	u := dbtest.Agent(f.t, f.pool, db.Account{ID: f.inbox.AccountID}, name, f.inbox)
	f.setPasswords(u)
	return u
}
