package chatwoot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const v2 = "/api/v2/accounts/:account"

func reportRows() map[string]apitest.Row {
	r := v2 + "/reports"
	rows := apitest.Each(apitest.Row{}, "GET "+r, "GET "+r+"/summary", "GET "+r+"/bot_summary", "GET "+r+"/bot_metrics", "GET "+
		r+"/inbox_label_matrix",
		"GET "+r+"/first_response_time_distribution", "GET "+r+"/agents", "GET "+r+"/inboxes", "GET "+r+"/labels", "GET "+r+"/teams",
		"GET "+r+"/conversations_summary", "GET "+r+"/conversation_traffic", "GET "+v2+"/summary_reports/agent", "GET "+v2+
			"/summary_reports/team",
		"GET "+v2+"/summary_reports/inbox", "GET "+v2+"/summary_reports/label", "GET "+v2+"/summary_reports/channel",
		"GET "+v2+"/live_reports/conversation_metrics", "GET "+csatPath, "GET "+csatPath+"/metrics", "GET "+csatPath+"/download")
	rows["GET "+r+"/conversations"] = apitest.Row{Query: "?type=account"}
	rows["GET "+r+"/outgoing_messages_count"] = apitest.Row{Query: "?group_by=agent"}
	rows["GET "+v2+"/live_reports/grouped_conversation_metrics"] = apitest.Row{Query: "?group_by=team_id"}
	return rows
}

const csatPath = v1 + "/csat_survey_responses"

// reported is a fixture with data of three days in November.
//
// 10 November: conversation 1 (agent, team, label recall), answered after 600 s, resolved after 3600 s.
// 11 November, 23:30 UTC: conversation 2 (nobody's), in the next day east of Greenwich.
// Messages: two in, one out on the 10th; one in on the 11th.
func reported(t testing.TB, w *apitest.Fixture) {
	t.Helper()
	second := dbtest.ConversationWith(t, w.Server.Pool, w.Inbox, w.Contact, "Second")
	dbtest.Message(t, w.Server.Pool, second, "And this?")
	dbtest.Message(t, w.Server.Pool, w.Conversation, "Hello?")
	w.Do(t, apitest.Inside, "POST", ms, `{"content": "Here"}`).Want(200)
	for _, sql := range []string{
		`INSERT INTO labels (account_id, title) VALUES ($1, 'recall'), ($1, 'unused')`,
		`UPDATE conversations SET created_at = '2026-11-11 23:30Z' WHERE account_id = $1 AND display_id = 2`,
		`UPDATE messages SET created_at = '2026-11-10 10:00Z' WHERE account_id = $1`,
		`UPDATE messages SET created_at = '2026-11-11 23:30Z' WHERE account_id = $1 AND content = 'And this?'`,
		`INSERT INTO reporting_events (account_id, event_id, name, value, value_in_business_hours, inbox_id, user_id, ` +
			`team_id, conversation_id, started_at, ended_at)
		 SELECT account_id, row_number() OVER (), e.name, e.value, e.value / 2, inbox_id, (SELECT user_id FROM ` +
			`inbox_members m WHERE m.account_id = c.account_id AND m.inbox_id = c.inbox_id),
			(SELECT id FROM teams t WHERE t.account_id = c.account_id), id, '2026-11-10 10:00Z', '2026-11-10 11:00Z'
		 FROM conversations c, (VALUES ('first_response', 600), ('reply_time', 300), ('reply_time', 900), ` +
			`('conversation_resolved', 3600), ('conversation_bot_handoff', 60)) AS e(name, value)
		 WHERE account_id = $1 AND display_id = 1`,
	} {
		if _, err := w.Server.Pool.Exec(t.Context(), sql, w.Account.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Server.Pool.Exec(
		t.Context(),
		`UPDATE conversations SET created_at = '2026-11-10 10:00Z', labels = '{recall,loose}', assignee_id = $2, team_id = `+
			`$3 WHERE account_id = $1 AND display_id = 1`,
		w.Account.ID, w.Agent.ID, w.Team.ID,
	)
	if err != nil {
		t.Fatal(err)
	}
}

// november is the range from the 10th to the 13th.
const november = "since=1794268800&until=1794528000"

// values returns the values of a series.
func values(t *testing.T, w *apitest.Fixture, query string) string {
	t.Helper()
	var points []struct {
		Value     float64
		Timestamp int64
		Count     *int64
	}
	w.Do(t, apitest.Admin, "GET", v2+"/reports?"+query, "").Want(200).Into(&points)
	var out []string
	for _, p := range points {
		s := fmt.Sprint(p.Value)
		if p.Count != nil {
			s += fmt.Sprintf("/%d", *p.Count)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestReports(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	reported(t, w)
	r := v2 + "/reports"

	t.Run("are series of a metric, by type, step and zone", func(t *testing.T) {
		agent, label := fmt.Sprint("&type=agent&id=", w.Agent.ID), "&type=label&id=recall"
		for query, want := range map[string]string{
			"metric=conversations_count&type=account":                       "1 1 0",
			"metric=conversations_count":                                    "1 1 0",
			"metric=conversations_count&timezone_offset=2":                  "1 0 1 0",
			"metric=conversations_count&timezone_offset=-5.5":               "0 1 1 0",
			"metric=conversations_count&group_by=week":                      "2",
			"metric=conversations_count&group_by=month":                     "2",
			"metric=conversations_count&group_by=year":                      "2",
			"metric=incoming_messages_count":                                "2 1 0",
			"metric=outgoing_messages_count":                                "1 0 0",
			"metric=avg_first_response_time":                                "600/1 0/0 0/0",
			"metric=avg_first_response_time&business_hours=true":            "300/1 0/0 0/0",
			"metric=reply_time":                                             "600/2 0/0 0/0",
			"metric=avg_resolution_time":                                    "3600/1 0/0 0/0",
			"metric=resolutions_count":                                      "1 0 0",
			"metric=bot_resolutions_count":                                  "0 0 0",
			"metric=bot_handoffs_count":                                     "1 0 0",
			"metric=conversations_count" + agent:                            "1 0 0",
			"metric=outgoing_messages_count" + agent:                        "1 0 0",
			"metric=resolutions_count" + agent:                              "1 0 0",
			"metric=conversations_count" + label:                            "1 0 0",
			"metric=incoming_messages_count" + label:                        "2 0 0",
			"metric=resolutions_count" + label:                              "1 0 0",
			"metric=incoming_messages_count&type=team&id=" + w.Vars["team"]: "2 0 0",
			"metric=conversations_count&type=inbox&id=" + w.Vars["inbox"]:   "1 1 0",
		} {
			if got := values(t, w, november+"&"+query); got != want {
				t.Errorf("%s gives %s, want %s", query, got, want)
			}
		}
		apitest.Golden(
			t, *update, "report_series",
			w.Do(t, apitest.Admin, "GET", r+"?metric=reply_time&type=account&"+november, "").Want(200).Body.Bytes(),
		)
		if got := strings.Fields(values(t, w, november+"&metric=conversations_count&group_by=hour")); len(got) != 72 ||
			got[10] != "1" || got[47] != "1" {
			t.Errorf("by hour: %v", got)
		}
	})

	t.Run("refuse what is not there, and ranges without end", func(t *testing.T) {
		if body := w.Do(t, apitest.Admin, "GET", r+"?metric=happiness&type=account", "").Want(200).Body.String(); body != "{}" {
			t.Errorf("an unknown metric is %s", body)
		}
		w.Do(t, apitest.Admin, "GET", r+"?metric=conversations_count&type=inbox&id=999999", "").Want(404)
		w.Do(t, apitest.Admin, "GET", r+"?metric=conversations_count&group_by=hour&since=1&until=300000000", "").Want(422)
		w.Do(t, apitest.Admin, "GET", r+"?metric=conversations_count&since=1&until=1000000000", "").Want(422)
		for _, path := range []string{"/outgoing_messages_count?group_by=mood", "/conversations"} {
			if got := w.Do(t, apitest.Admin, "GET", r+path, "").Want(422); got.Body.Len() != 0 {
				t.Errorf("%s answers %s, want nothing", path, got.Body)
			}
		}
		w.Do(t, apitest.Admin, "GET", v2+"/summary_reports/channel?since=1763000000&until=1794528000", "").Want(422)
	})

	t.Run("sum up a time and the one before", func(t *testing.T) {
		for name, path := range map[string]string{
			"report_summary": r + "/summary?type=account&", "report_bot_summary": r + "/bot_summary?", "report_bot_metrics": r + "/bot_metrics?",
			"report_matrix": r + "/inbox_label_matrix?", "report_distribution": r + "/first_response_time_distribution?",
			"report_outgoing_agent": r + "/outgoing_messages_count?group_by=agent&", "report_outgoing_team": r +
				"/outgoing_messages_count?group_by=team&",
			"report_outgoing_inbox": r + "/outgoing_messages_count?group_by=inbox&", "report_outgoing_label": r +
				"/outgoing_messages_count?group_by=label&",
			"report_agents": v2 + "/summary_reports/agent?", "report_teams": v2 + "/summary_reports/team?", "report_inboxes": v2 +
				"/summary_reports/inbox?",
			"report_labels": v2 + "/summary_reports/label?", "report_channels": v2 + "/summary_reports/channel?",
		} {
			apitest.Golden(t, *update, name, w.Do(t, apitest.Admin, "GET", path+november, "").Want(200).Body.Bytes())
		}
		got := w.Do(t, apitest.Admin, "GET", r+"/summary?since=1794528000&until=1794787200", "").Want(200).Object()
		if got["conversations_count"] != 0.0 || got["avg_resolution_time"] != nil ||
			got["previous"].(map[string]any)["conversations_count"] != 2.0 {
			t.Errorf("the three days after: %v", got)
		}
	})

	t.Run("tell what is open now", func(t *testing.T) {
		for name, path := range map[string]string{
			"report_live": r + "/conversations?type=account", "report_live_agents": r +
				"/conversations?type=agent", "report_live_team": v2 + "/live_reports/conversation_metrics?team_id={team}",
			"report_live_by_team": v2 + "/live_reports/grouped_conversation_metrics?group_by=team_id", "report_live_by_agent": v2 +
				"/live_reports/grouped_conversation_metrics?group_by=assignee_id",
		} {
			apitest.Golden(t, *update, name, w.Do(t, apitest.Admin, "GET", path, "").Want(200).Body.Bytes())
		}
		w.Do(t, apitest.Admin, "GET", v2+"/live_reports/conversation_metrics?team_id=999999", "").Want(404)
	})

	t.Run("are files for a spreadsheet", func(t *testing.T) {
		for path, want := range map[string]string{
			"agents":                "Ann Agent,1,0:10:00,1:00:00,0:10:00,1\n",
			"inboxes":               "Shop,2,0:10:00,1:00:00,0:10:00,1\n",
			"labels":                "recall,1,0:10:00,1:00:00,0:10:00,1\n",
			"teams":                 "billing,1,0:10:00,1:00:00,0:10:00,1\n",
			"conversations_summary": "2026-11-10 00:00,1,2,1,0:10:00,1:00:00,0:10:00,1\n",
			"conversation_traffic":  "\n10:00,1,0,0\n",
		} {
			got := w.Do(t, apitest.Admin, "GET", r+"/"+path+"?"+november, "").Want(200)
			if !strings.Contains(got.Body.String(), want) || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") {
				t.Errorf("%s: %s", path, got.Body)
			}
		}
	})
}

func TestCsat(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if _, err := w.Server.Pool.Exec(
		t.Context(), `UPDATE conversations SET assignee_id = $1 WHERE account_id = $2`, w.Agent.ID, w.Account.ID,
	); err != nil {
		t.Fatal(err)
	}
	surveyed(t, w)
	w.Do(
		t, apitest.Nobody, "PUT", pcs,
		`{"message": {"submitted_values": {"csat_survey_response": {"rating": 4, "feedback_message": "=cmd()"}}}}`,
	).Want(200)

	t.Run("is listed, counted and downloaded", func(t *testing.T) {
		apitest.Golden(t, *update, "csat_responses", w.Do(t, apitest.Admin, "GET", csatPath, "").Want(200).Body.Bytes())
		apitest.Golden(t, *update, "csat_metrics", w.Do(t, apitest.Admin, "GET", csatPath+"/metrics", "").Want(200).Body.Bytes())
		got := w.Do(t, apitest.Admin, "GET", csatPath+"/download", "").Want(200).Body.String()
		if !strings.Contains(got, "Ann Agent,4,'=cmd(),Ada Marsh,") {
			t.Errorf("the file: %s", got)
		}
	})

	t.Run("is filtered", func(t *testing.T) {
		for query, want := range map[string]int{
			"rating=4": 1, "rating=5": 0, "user_ids[]={user}": 1, "user_ids=999": 0, "inbox_id={inbox}": 1, "inbox_id=999": 0, "team_id=999": 0,
			"since=4000000000": 0, "until=1000": 0, "sort=-rating": 1, "page=2": 0, "sort=nonsense": 1,
		} {
			var list []any
			if w.Do(t, apitest.Admin, "GET", csatPath+"?"+query, "").Want(200).Into(&list); len(list) != want {
				t.Errorf("%s gives %d, want %d", query, len(list), want)
			}
		}
	})
}
