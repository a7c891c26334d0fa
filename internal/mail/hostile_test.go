package mail_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/hostile"
)

func TestHostileMailsAreReadCheaply(t *testing.T) {
	pieces := []string{
		"From: a@b.example\r\n", "To: ", "Subject: =?utf-8?q?a?=\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n", "\r\n--b\r\n", "\r\n--b--\r\n",
		"Content-Type: multipart/alternative; boundary=c\r\n\r\n", "\r\n--c\r\n", "Content-Type: message/rfc822\r\n\r\n",
		"Content-Type: text/html\r\n\r\n<p>",
		"Content-Type: text/plain; charset=x; format=flowed\r\n", "Content-Transfer-Encoding: base64\r\n\r\n",
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		"Content-Disposition: attachment; filename*0=a; filename*1=b\r\n", "Content-ID: <a@b>\r\n",
		"References: <a@b> <c@d>\r\n", "begin 644 x\r\n", "=3D=\r\n", "R3LDvMOf",
		"> quoted\r\n", "On 1 Jan Ann wrote:\r\n", "-- \r\n", "\r\n", "\n", ": ", " ", "\x00", "\xff", "<table><td>",
		"Date: ", "a",
	}
	hostile.Check(t, hostile.Inputs(7, 6000, pieces...), 3_000_000, 4000, func(in string) { readable(t, []byte(in)) })
}
