package views

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Survey is a satisfaction survey, as it is asked and was answered.
type Survey struct {
	Row db.GetSurveyRow
	// Answer is the earlier answer, or nil.
	Answer *db.CsatResponse
	// Value and Feedback are as the form was filled in; Value is 0 before one is chosen.
	Value    int
	Feedback string
	Thanks   bool
	// Closed is set where the survey takes no more answers.
	Closed  bool
	Invalid fault.Fields
	Look    Look
}

func surveyAct(s Survey) string {
	if s.Answer != nil {
		return "Change my answer"
	}
	return "Send"
}

func question(m db.Message) string {
	if m.Text() == "" {
		return "How did we do?"
	}
	return m.Text()
}

// scaleOf is a survey's scale: faces or stars.
func scaleOf(m db.Message) string {
	var set struct {
		Display string `json:"display_type"`
	}
	if json.Unmarshal(m.ContentAttributes, &set) == nil && set.Display == "star" {
		return "stars"
	}
	return "faces"
}

func ratingWords() []string { return []string{"Terrible", "Bad", "Okay", "Good", "Great"} }

// RatingWord is a word for a rating from 1 to 5.
func RatingWord(value int) string {
	if value < 1 || value > 5 {
		return ""
	}
	return ratingWords()[value-1]
}

func ratingIcon(m db.Message, value int) string {
	if scaleOf(m) == "stars" {
		return "star"
	}
	return []string{"angry", "frown", "meh", "smile", "laugh"}[value-1]
}

// rated is the answer to a survey in a thread, or 0.
func rated(m db.Message) (value int, feedback string) {
	var set struct {
		Submitted struct {
			Csat struct {
				Rating   int    `json:"rating"`
				Feedback string `json:"feedback_message"`
			} `json:"csat_survey_response"`
		} `json:"submitted_values"`
	}
	if m.DeletedAt != nil || m.ContentType != db.ContentTypeInputCsat || json.Unmarshal(m.ContentAttributes, &set) != nil {
		return 0, ""
	}
	return set.Submitted.Csat.Rating, set.Submitted.Csat.Feedback
}
