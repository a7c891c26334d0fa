package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/fault"
)

// sample has a field of every helper type.
type sample struct {
	ID     ID      `json:"id"`
	Name   Text    `json:"name"`
	On     Bool    `json:"on"`
	Extra  Object  `json:"extra"`
	Labels Strings `json:"labels"`
	IDs    IDs     `json:"ids"`
	At     Time    `json:"at"`
	Items  []struct {
		Title Text `json:"title"`
	} `json:"items"`
}

func call(t testing.TB, method, target, contentType string, body []byte) *Call {
	t.Helper()
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, target, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	a := &API{
		Config: Config{Blob: store, MaxFile: 1 << 20, BaseURL: "https://desk.example", Clock: time.Now},
	}
	return &Call{Context: echo.New().NewContext(r, httptest.NewRecorder()), api: a}
}

func TestReadTakesTheQueryWhereThereIsNoBody(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int64{"": 7, " {} ": 7, `{"name": "Ada"}`: 0} {
		var got sample
		if err := call(t, "POST", "/?id=7", "application/json", []byte(body)).Read(&got); err != nil || got.ID.Value != want {
			t.Errorf("with the body %q the id is %d, want %d (%v)", body, got.ID.Value, want, err)
		}
	}
}

// multipartBody writes pairs of name and value as a body with the boundary b.
func multipartBody(pairs ...string) string {
	var body strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&body, "--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", pairs[i], pairs[i+1])
	}
	return body.String() + "--b--\r\n"
}

func TestReadTakesWhatClientsSend(t *testing.T) {
	t.Parallel()
	want := sample{
		ID: ID{true, true, 7}, Name: Text{true, true, "Ada"}, On: Bool{true, true}, Extra: Object(`{"a":1}`),
		Labels: Strings{true, []string{"x", "y"}}, IDs: IDs{true, []int64{1, 2}}, At: Time{true, time.Unix(1795168931, 0).UTC()},
	}
	multi := multipartBody("id", "7", "name", "Ada", "on", "true", "extra", `{"a": 1}`,
		"labels[]", "x", "labels[]", "y", "ids", "1", "ids", "2", "at", "1795168931")
	const (
		asJSON = "application/json"
		asForm = "application/x-www-form-urlencoded"
		lists  = `"labels": ["x", "y"], "ids": [1, 2]`
	)
	for _, test := range []struct{ name, kind, body, root string }{
		{"JSON", asJSON, `{"id": 7, "name": "Ada", "on": true, "extra": {"a": 1}, ` + lists + `, "at": 1795168931}`, ""},
		{"JSON with everything as text", asJSON + "; charset=utf-8", `{"id": "7", "name": "Ada", "on": "true",
			"extra": "{\"a\": 1}", "labels": "[\"x\", null, \"y\"]", "ids": "[1, \"2\"]", "at": "1795168931"}`, ""},
		{"JSON under its root key", asJSON, `{"thing": {"id": 7, "name": "Ada", "on": 1, "extra": {"a": 1}, ` +
			lists + `, "at": "2026-11-20T10:02:11Z"}}`, "thing"},
		{"JSON flat where a root key is known", asJSON, `{"id": 7, "name": "Ada", "on": 1, "extra": {"a": 1}, ` +
			lists + `, "at": 1795168931}`, "thing"},
		{"a form", asForm, `id=7&name=Ada&on=1&extra={"a":1}&labels[]=x&labels[]=y&ids=1&ids=2&at=1795168931`, ""},
		{"a form with numbered lists", asForm, `id=7&name=Ada&on=1&extra={"a":1}` +
			`&labels[1]=y&labels[0]=x&ids[0]=1&ids[1]=2&at=1795168931`, ""},
		{"a form under its root key", asForm, `thing[id]=7&thing[name]=Ada&thing[on]=1&thing[extra][a]=1` +
			`&thing[labels][]=x&thing[labels][]=y&thing[ids][]=1&thing[ids][]=2&thing[at]=1795168931`, "thing"},
		{"multipart", "multipart/form-data; boundary=b", multi, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got sample
			var root []string
			if test.root != "" {
				root = []string{test.root}
			}
			if err := call(t, "POST", "/", test.kind, []byte(test.body)).Read(&got, root...); err != nil {
				t.Fatal(err)
			}
			want := want
			if strings.Contains(test.body, "extra][a]") {
				want.Extra = Object(`{"a":"1"}`) // a form knows no numbers
			}
			if strings.Contains(test.body, "2026-11-20") {
				want.At.Value = time.Date(2026, 11, 20, 10, 2, 11, 0, time.UTC)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadTakesEmptyForAbsent(t *testing.T) {
	t.Parallel()
	var got sample
	const empty = `{"id": "", "name": "", "on": "", "extra": "", "labels": "", "ids": null, "at": null, "items": null}`
	if err := call(t, "POST", "/", "application/json", []byte(empty)).Read(&got); err != nil {
		t.Fatal(err)
	}
	if got.ID.Ptr() != nil || got.Name.Ptr() != nil || got.On.Ptr() != nil || got.Extra != nil ||
		len(got.Labels.Values) > 0 || len(got.IDs.Values) > 0 || got.At.Ptr() != nil {
		t.Errorf("%+v is not all absent", got)
	}
	if !got.ID.Present || got.Name.Given() == nil {
		t.Error("what was sent empty cannot be told from what was not sent")
	}
}

func TestReadNamesTheElementThatIsWrong(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"ids": [7, "x"]}`:                             `Ids[1] must be an id, not "x"`,
		`{"ids": ["invalid"]}`:                          `Ids[0] must be an id, not "invalid"`,
		`{"ids": [1, 2, [3]]}`:                          `Ids[2] must be an id, not [3]`,
		`{"ids": [1.5]}`:                                `Ids[0] must be an id, not 1.5`,
		`{"ids": "[1, true]"}`:                          `Ids[1] must be an id, not true`,
		`{"ids": {"0": 1, "1": {}}}`:                    `Ids[1] must be an id, not {}`,
		`{"ids": "x"}`:                                  `Ids[0] must be an id, not "x"`,
		`{"labels": ["a", {"b": 1}]}`:                   `Labels[1] must be text, not {"b": 1}`,
		`{"labels": ["a", ["b"]]}`:                      `Labels[1] must be text, not ["b"]`,
		`{"ids": ["` + strings.Repeat("x", 100) + `"]}`: `Ids[0] must be an id, not "` + strings.Repeat("x", 59) + "…",
	} {
		var got sample
		err := call(t, "POST", "/", "application/json", []byte(body)).Read(&got)
		if err == nil || err.Error() != want {
			t.Errorf("%.40s: %v, want %s", body, err, want)
		}
	}
	var known struct {
		IDs KnownIDs `json:"ids"`
	}
	if err := call(t, "POST", "/", "application/json", []byte(`{"ids": [7, "x", null, "", [3]]}`)).Read(&known); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{7, 0, 0}, known.IDs.Values); diff != "" {
		t.Error(diff)
	}
}

func TestReadTakesAnEmptyListForAnEmptyObject(t *testing.T) {
	t.Parallel()
	for _, extra := range []string{`[]`, `[ ]`, `"[]"`} { // PHP writes its empty arrays so
		var got sample
		if err := call(t, "POST", "/", "application/json", []byte(`{"extra": `+extra+`}`)).Read(&got); err != nil {
			t.Fatal(err)
		}
		if string(got.Extra) != "{}" {
			t.Errorf("%s is %s", extra, got.Extra)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1)
	for _, test := range []struct {
		name, kind, body string
		status           int
		field            string
	}{
		{"text for a number", "application/json", `{"id": "seven"}`, 422, "id"},
		{"a list for text", "application/json", `{"name": ["a"]}`, 422, "name"},
		{"text for a boolean", "application/json", `{"on": "perhaps"}`, 422, "on"},
		{"a list for an object", "application/json", `{"extra": [1]}`, 422, "extra"},
		{"a number that no database holds", "application/json", `{"extra": {"a": 1e999}}`, 422, "extra"},
		{"an object for a list", "application/json", `{"labels": {"a": "b"}}`, 422, "labels"},
		{"numbers with a gap for a list", "application/x-www-form-urlencoded", `labels[0]=a&labels[2]=b`, 422, "labels"},
		{"text in a list of numbers", "application/json", `{"ids": ["a"]}`, 422, "ids"},
		{"a time beyond all calendars", "application/json", `{"at": 1e300}`, 422, "at"},
		{"a wrong type inside", "application/json", `{"items": [{"title": {}}]}`, 422, "items.title"},
		{"a list", "application/json", `[1]`, 400, ""},
		{"half of an object", "application/json", `{"id": 7`, 400, ""},
		{"two objects", "application/json", `{} {}`, 400, ""},
		{"bytes that are no UTF-8", "application/json", "{\"name\": \"\xff\"}", 400, ""},
		{"NUL", "application/json", `{"name": "a\u0000b"}`, 422, ""},
		{"endless nesting", "application/json", deep, 400, ""},
		{"another type of content", "application/pdf", "%PDF", 415, ""},
		{"multipart without a boundary", "multipart/form-data", "--b", 400, ""},
		{
			"multipart that breaks off", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf", 400, "",
		},
		{
			"a file that breaks off", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\nhalf", 400, "",
		},
		{"a list of more items than any endpoint takes", "application/json", `{"ids": [1` + strings.Repeat(",1", maxItems) + `]}`, 422, ""},
		{"such a list as text", "application/json", `{"ids": "[1` + strings.Repeat(",1", maxItems) + `]"}`, 422, ""},
		{"such a list of objects", "application/json", `{"items": [{}` + strings.Repeat(",{}", maxItems) + `]}`, 422, ""},
		{"an object of as many keys", "application/json", `{"extra": {"a": 1` + strings.Repeat(`,"a": 1`, maxItems) + `}}`, 422, ""},
		{"a form with NUL", "application/x-www-form-urlencoded", "name=%00", 400, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got sample
			f := failureOf(call(t, "POST", "/", test.kind, []byte(test.body)).Read(&got))
			if f.Status != test.status {
				t.Errorf("status %d (%s), want %d", f.Status, f.Sentence, test.status)
			}
			if _, named := f.Fields[test.field]; test.field != "" && !named {
				t.Errorf("%v does not name %s", f.Fields, test.field)
			}
		})
	}
}

func TestReadWantsSomethingUnderARootKey(t *testing.T) {
	t.Parallel()
	var got sample
	for _, body := range []string{"", "{}", `{"thing": {}}`, `{"thing": { }, "name": "beside"}`, `{"unknown": 1}`} {
		f := failureOf(call(t, "POST", "/", "application/json", []byte(body)).Read(&got, "thing"))
		if f.Status != 422 || f.Sentence != "param is missing or the value is empty: thing" {
			t.Errorf("%q: %d %s", body, f.Status, f.Sentence)
		}
	}
	if err := call(t, "POST", "/", "application/json", []byte(`{"unknown": 1}`)).ReadAny(&got, "thing"); err != nil {
		t.Errorf("where anything may stand flat: %v", err)
	}
}

func TestNextIsReadBackByCursor(t *testing.T) {
	t.Parallel()
	c := call(t, "GET", "/list?labels=a&labels=b&page=3", "", nil)
	moment := "2026-11-20 10:02:11.123456+00"
	if err := c.Next(moment, nil, int64(9_007_199_254_740_993)); err != nil {
		t.Fatal(err)
	}
	link := c.Response().Header().Get("Link")
	target, _, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !strings.HasPrefix(target, "https://desk.example/list?cursor=") ||
		!strings.Contains(target, "labels=a&labels=b") || strings.Contains(target, "page=") {
		t.Errorf("link %s", link)
	}
	var at *string
	var gone *string
	var id int64
	ok, err := call(t, "GET", strings.TrimPrefix(target, "https://desk.example"), "", nil).Cursor(&at, &gone, &id)
	if err != nil || !ok || *at != moment || gone != nil || id != 9_007_199_254_740_993 {
		t.Errorf("%v %v: %v %v %d", ok, err, at, gone, id)
	}
}

func FuzzCursor(f *testing.F) {
	good, err := EncodeCursor("2026-11-20", 7)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "AA", "bnVsbA", "W10", strings.Repeat("A", 3000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var at *string
		var id int64
		if DecodeCursor(s, &at, &id) != nil {
			return
		}
		if at != nil && !db.IsText(*at) {
			t.Errorf("%q gives text that no database takes: %q", s, *at)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"id": 7}`, `{"extra": {"a": [1, "\ud800"]}}`, `{"labels": ["a"], "at": 1}`, `{"name": "\u0000"}`, "[]", "",
		`{"extra": "{\"a\": \"\\ud800\"}"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got sample
		err := call(t, "POST", "/", "application/json", body).Read(&got)
		if err != nil {
			if f := failureOf(err); f.Status >= 500 {
				t.Errorf("%d: %v", f.Status, err)
			}
			return
		}
		if !db.IsText(got.Name.Value) || (got.Extra != nil && !json.Valid(got.Extra)) || bytes.Contains(got.Extra, []byte(`\ud8`)) {
			t.Errorf("%q gives %+v", body, got)
		}
	})
}

func FuzzMultipart(f *testing.F) {
	f.Add("b", []byte("--b\r\nContent-Disposition: form-data; name=\"extra[a][]\"\r\n\r\n1\r\n--b--\r\n"))
	f.Add("b", []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../x.png\"\r\n\r\n\x89PNG\r\n--b--\r\n"))
	f.Add("", []byte("--"))
	f.Fuzz(func(t *testing.T, boundary string, body []byte) {
		var got sample
		c := call(t, "POST", "/", "multipart/form-data", body)
		c.Request().Header.Set("Content-Type", `multipart/form-data; boundary="`+boundary+`"`)
		if err := c.Read(&got); err != nil {
			if f := failureOf(err); f.Status >= 500 {
				t.Errorf("%d: %v", f.Status, err)
			}
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
		kind   Kind
	}{
		"wrong input":        {fault.Field("name", "Name can't be blank"), 422, Invalid},
		"not allowed":        {fault.Forbidden, 403, NotAllowed},
		"done already":       {fault.Duplicate, 409, Conflict},
		"unknown path":       {echo.ErrNotFound, 404, NotFound},
		"wrong method":       {echo.ErrMethodNotAllowed, 405, WrongMethod},
		"a request too long": {&http.MaxBytesError{Limit: 1 << 20}, 413, TooLarge},
		"a file too large":   {blob.TooLarge{Limit: 40 << 20}, 413, TooLarge},
		"a bug":              {errors.New("secret detail"), 500, Internal},
		"a client that left": {context.Canceled, 500, Internal},
		"a broken body":      {unreadable(io.ErrUnexpectedEOF), 400, Malformed},
	} {
		f := failureOf(test.err)
		if f.Status != test.status || f.Kind != test.kind || strings.Contains(f.Sentence, "secret") {
			t.Errorf("%s: %d %s %q, want %d %s", name, f.Status, f.Kind, f.Sentence, test.status, test.kind)
		}
	}
}

func TestALongListIsTakenUpToItsBound(t *testing.T) {
	t.Parallel()
	var got sample
	body := `{"ids": [1` + strings.Repeat(",1", maxItems-1) + `], "name": "` + strings.Repeat(",", maxItems+1) + `"}`
	if err := call(t, "POST", "/", "application/json", []byte(body)).Read(&got); err != nil || len(got.IDs.Values) != maxItems {
		t.Errorf("%d ids: %v", len(got.IDs.Values), err)
	}
	large := []byte(`{"x": "` + strings.Repeat("x", maxBare) + `"}`)
	if f := failureOf(call(t, "POST", "/", "application/json", large).loadBare()); f.Status != 413 {
		t.Errorf("a large body that nobody reads: %d", f.Status)
	}
}
