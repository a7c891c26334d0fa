package web

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// withPassword gives a user a password, and their browser.
func (h *fixture) withPassword(u db.User, password string) *browser {
	h.Helper()
	hash, err := h.app.passwords.Hash(h.Context(), password)
	if err != nil {
		h.Fatal(err)
	}
	if err := h.q.SetUserPassword(h.Context(), hash, u.ID); err != nil {
		h.Fatal(err)
	}
	return h.as(u)
}

func TestProfile(t *testing.T) {
	t.Parallel()

	t.Run("it is for who is signed in", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.nobody().get(link.Profile).status(http.StatusSeeOther)
		h.as(h.agent).get(link.Profile).status(200).reads("h1", "Your profile").has("nav.rail", 1)
	})

	t.Run("name and signature are kept, and a form that is wrong keeps what was typed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.as(h.agent)
		b.post(link.Profile, url.Values{"name": {"Bo Keller"}, "display_name": {"Bo"}, "signature": {"Bo\r\nKestrel"}}).to(link.Profile)
		got := b.get(link.Profile).status(200)
		if got.attr("#f-name", "value") != "Bo Keller" || got.attr("#f-display_name", "value") != "Bo" ||
			got.page.Find("#f-signature").Text() != "Bo\nKestrel" {
			t.Errorf("kept %s", got.Body)
		}
		refused := b.post(link.Profile, url.Values{"name": {""}, "display_name": {"B."}}).status(http.StatusUnprocessableEntity).
			reads("#f-name-more", "Say what")
		if refused.attr("#f-display_name", "value") != "B." {
			t.Error("what was typed is lost")
		}
	})

	t.Run("the address changes with the password, to one that nobody has", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.withPassword(h.agent, "a good long password")
		form := url.Values{"email": {"New@kestrel.example"}, "current_password": {"wrong"}}
		got := b.post(link.Profile+"/email", form).status(http.StatusUnprocessableEntity).
			reads("#email-password-more", "not your current password")
		if got.attr("#f-email", "value") != "New@kestrel.example" {
			t.Error("what was typed is lost")
		}
		form.Set("current_password", "a good long password")
		b.post(link.Profile+"/email", form).to(link.Profile)
		if u, _ := h.q.GetUser(t.Context(), h.agent.ID); u.Email != "new@kestrel.example" {
			t.Errorf("the address is %s", u.Email)
		}
		form.Set("email", h.admin.Email)
		b.post(link.Profile+"/email", form).status(http.StatusUnprocessableEntity).reads("#f-email-more", "already")
	})

	t.Run("a new password ends the other sessions and not this one", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b, elsewhere := h.withPassword(h.agent, "a good long password"), h.as(h.agent)
		b.post(link.Profile+"/password", url.Values{"current_password": {"wrong"}, "password": {"another long one"}}).
			status(http.StatusUnprocessableEntity).reads("#f-current_password-more", "not your current")
		b.post(link.Profile+"/password", url.Values{"current_password": {"a good long password"}, "password": {"short"}}).
			status(http.StatusUnprocessableEntity).reads("#f-password-more", "short")
		elsewhere.get(link.Profile).status(200)
		b.post(link.Profile+"/password", url.Values{
			"current_password": {"a good long password"}, "password": {"another long one"},
		}).to(link.Profile)
		b.get(link.Profile).status(200).reads("#toasts", "signed out everywhere else")
		elsewhere.get(link.Profile).status(http.StatusSeeOther)
		h.nobody().post(link.Login, url.Values{"email": {h.agent.Email}, "password": {"another long one"}}).status(http.StatusSeeOther)
	})

	t.Run("a picture is taken, shown and taken away; what is none is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.as(h.agent)
		var drawn bytes.Buffer
		if err := png.Encode(&drawn, image.NewNRGBA(image.Rect(0, 0, 300, 300))); err != nil {
			t.Fatal(err)
		}
		b.send(link.Profile+"/picture", nil, map[string]string{"me.png": "no picture"}).status(http.StatusUnprocessableEntity).
			reads("#picture-more", "no picture")
		b.send(link.Profile+"/picture", nil, map[string]string{"me.png": drawn.String()}).to(link.Profile)
		address := b.get(link.Profile).attr("main .avatar img", "src")
		if got := h.nobody().get(address); got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "image/") {
			t.Errorf("%q: %d", address, got.Code)
		}
		b.send(link.Profile+"/picture", url.Values{"remove": {"1"}}, nil).to(link.Profile)
		b.get(link.Profile).has("main .avatar img", 0)
	})

	t.Run("availability and appearance are kept", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.as(h.agent)
		b.post(link.Profile+"/availability", url.Values{"availability": {"busy"}}).to(link.Profile)
		m, err := h.q.GetMember(t.Context(), h.account.ID, h.agent.ID)
		if err != nil || m.Membership.Availability != db.AvailabilityBusy || m.Membership.AutoOffline || m.Membership.Role != db.RoleAgent {
			t.Errorf("kept %+v, %v", m.Membership, err)
		}
		b.post(link.Profile+"/look", url.Values{"theme": {"dark"}, "density": {"comfortable"}}).to(link.Profile)
		if got := b.get(link.Profile).attr("html", "data-theme"); got != "dark" {
			t.Errorf("the theme is %q", got)
		}
	})
}

func TestProfileNotifications(t *testing.T) {
	t.Parallel()

	t.Run("the kinds that are ticked are pushed; what the API set besides stays", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.as(h.agent)
		b.get(link.Profile).status(200).has("[name=push]", 5).has("[name=push]:checked", 1).has("#push-conversation_assignment:checked", 1)
		_, err := h.pool.Exec(t.Context(), "UPDATE memberships SET push_notifications = '{sla_missed_resolution,conversation_assignment}'")
		if err != nil {
			t.Fatal(err)
		}
		b.post(link.ProfileNotifications, url.Values{"push": {db.NoticeMention, db.NoticeCreated}}).to(link.Profile)
		b.get(link.Profile).has("[name=push]:checked", 2).
			has("#push-conversation_mention:checked", 1).has("#push-conversation_creation:checked", 1)
		row, err := h.q.GetMember(t.Context(), h.account.ID, h.agent.ID)
		if err != nil || !slices.Contains(row.Membership.PushNotifications, "sla_missed_resolution") {
			t.Errorf("kept are %v (%v)", row.Membership.PushNotifications, err)
		}
		b.post(link.ProfileNotifications, url.Values{"push": {"everything"}}).status(http.StatusUnprocessableEntity)
		b.post(link.ProfileNotifications, nil).to(link.Profile)
		b.get(link.Profile).has("[name=push]:checked", 0)
	})

	t.Run("a browser is subscribed and removed by its user alone, and a broken one is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		b := h.as(h.agent)
		device := url.Values{
			"endpoint": {"https://push.example/1"}, "auth": {"tBHItJI5svbpez7KI4CCXg"},
			"p256dh": {"BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"},
		}
		count := func() int {
			rows, err := h.q.ListNotificationSubscriptions(t.Context(), h.agent.ID)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		b.post(link.ProfileDevices, device).status(http.StatusNoContent)
		h.as(h.admin).post(link.ProfileDevices, url.Values{"remove": device["endpoint"]}).status(http.StatusNoContent)
		if n := count(); n != 1 {
			t.Errorf("%d devices after another user's removal", n)
		}
		b.post(link.ProfileDevices, url.Values{"remove": device["endpoint"]}).status(http.StatusNoContent)
		if n := count(); n != 0 {
			t.Errorf("%d devices are left", n)
		}
		device.Set("endpoint", "http://127.0.0.1/1")
		b.post(link.ProfileDevices, device).status(http.StatusUnprocessableEntity)
		h.nobody().post(link.ProfileDevices, device).status(http.StatusUnauthorized)
	})
}
