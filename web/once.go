package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"
)

// shownOnce is a new secret on its way to the page that shows it. It travels in a cookie: the answer to the form is a
// redirect, so that loading the page again makes no second secret, and the database holds only the hash.
type shownOnce struct {
	Page   string `json:"page"`
	Name   string `json:"name,omitempty"`
	Mailed string `json:"mailed,omitempty"`
	Secret string `json:"secret"`
}

// onceLife is how many seconds a secret may be on its way.
const onceLife = 60

func (a *App) onceCookie(value string, age int) *http.Cookie {
	name := "parley_once"
	if a.secure {
		name = hostPrefix + name
	}
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteStrictMode,
	}
}

// redirectWithSecret leads to the page, which shows the secret once.
func (a *App) redirectWithSecret(c echo.Context, s shownOnce) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c.SetCookie(a.onceCookie(base64.RawURLEncoding.EncodeToString(text), onceLife))
	return c.Redirect(http.StatusSeeOther, s.Page)
}

// takeSecret returns the secret that was made for this page, once; or none.
func (a *App) takeSecret(c echo.Context) (s shownOnce) {
	cookie, err := c.Cookie(a.onceCookie("", 0).Name)
	if err != nil || fetchedAnew(c) {
		return shownOnce{}
	}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(text, &s) != nil || s.Page != c.Request().URL.Path {
		return shownOnce{}
	}
	c.SetCookie(a.onceCookie("", -1))
	return s
}
