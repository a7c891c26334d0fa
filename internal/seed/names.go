package seed

import (
	"fmt"
	"strings"
	"sync"

	"github.com/parleydesk/parley/db"
)

// The agents of Kestrel Cycles. The first is its administrator.
var agentTable = [...]string{
	"Sam Whitfield", "Ines Moreau", "Bo Keller", "Noor Aziz", "Dana Petrov", "Emil Nordahl", "Tilda Bergström", "Rui Tavares",
	"Grace Adeyemi", "Kenji Mori", "Paula Stein", "Omar Haddad",
}

var (
	agentFirst = [...]string{
		"Alma", "Ben", "Cleo", "Dario", "Eva", "Finn", "Gita", "Hugo", "Iris", "Jan", "Kaya", "Leon", "Mina", "Nils",
		"Olga", "Pavel",
	}
	agentLast = [...]string{
		"Abel", "Brandt", "Costa", "Dahl", "Eriksen", "Fischer", "Gomes", "Holm", "Ivanova", "Jansen", "Kowal", "Lund",
		"Meyer", "Novak",
	}
)

// agent returns the i-th agent.
func agent(i int) agentSpec {
	p := agentSpec{role: db.RoleAgent}
	if i < len(agentTable) {
		p.name = agentTable[i]
		p.email = strings.ToLower(asciiName(firstName(p.name))) + "@kestrel.example"
	} else {
		n := i - len(agentTable)
		p.name = agentFirst[n%len(agentFirst)] + " " + agentLast[(n/len(agentFirst)+n)%len(agentLast)]
		p.email = fmt.Sprintf("%s.%d@kestrel.example", strings.ToLower(asciiName(firstName(p.name))), i)
	}
	if i == 0 {
		p.role = db.RoleAdministrator
	}
	return p
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

func signature(name string) string { return firstName(name) + "\nKestrel Cycles" }

// inboxTable has a name and a medium for each inbox. Further inboxes repeat them as branches.
var inboxTable = [...]struct {
	name   string
	medium medium
}{
	{"Support", byMail},
	{"Orders", byMail},
	{"Website chat", byChat},
	{"WhatsApp", byPhone},
	{"Workshop API", byProgram},
}

var branches = [...]string{
	"Porto", "Lisbon", "Utrecht", "Ghent", "Lyon", "Freiburg", "Malmö", "Kraków", "Bologna", "Bristol", "Haifa",
	"Osaka",
}

func inbox(i int) inboxSpec {
	t := inboxTable[i%len(inboxTable)]
	p := inboxSpec{medium: t.medium, name: t.name}
	if i >= len(inboxTable) {
		n := i/len(inboxTable) - 1
		p.name = fmt.Sprintf("%s %s", t.name, branches[n%len(branches)])
		if n >= len(branches) {
			p.name = fmt.Sprintf("%s %d", p.name, n/len(branches)+1)
		}
	}
	return p
}

// teamTable has names and descriptions.
var teamTable = [...][2]string{
	{"Warranty", "Frames, wheels and parts that broke before their time"},
	{"Billing", "Invoices, refunds and gift cards"},
	{"Workshop", "Repairs, fitting and appointments"},
}

// labelTable has titles, colours and descriptions.
var labelTable = [...][3]string{
	{"warranty", "#0e7f9b", "Covered by our five years"},
	{"shipping", "#c4583a", "On its way, or lost on it"},
	{"vip", "#b8405e", "Buys for a club or a team"},
	{"billing", "#4a67b8", "Invoices and payments"},
	{"refund", "#8b54a8", "Money goes back"},
	{"pickup", "#2f8a58", "Collected in a shop"},
	{"recall", "#b83b3b", "Carbon fork CF-2, spring"},
	{"workshop", "#2f8a58", "Needs a mechanic"},
	{"question", "#6b7785", "Nothing is broken"},
}

// cannedTable has short codes and texts.
var cannedTable = [...][2]string{
	{
		"rim-tape-guide",
		"How to move tyre and tube to a new rim: let the air out, push the tyre into the middle of the rim all around, and " +
			"lift one side over the edge by hand. Put the new rim tape in first; its hole goes over the valve hole.",
	},
	{
		"return-label",
		"You will find the return label attached. Print it, put it on the box, and hand the parcel in at any Parcelo shop. " +
			"We refund within three days of its arrival.",
	},
	{"frame-number", "The frame number is stamped under the bottom bracket, where the cranks turn. It begins with two letters."},
	{"hours", "Our workshops are open Monday to Friday from 9:00 to 18:00, and on Saturday until 14:00."},
	{"chain-wear", "A chain is worn when twelve links measure more than 307 mm. Past that it wears the cassette as well."},
	{"thanks", "Glad to hear it. Have a good ride!"},
}

// names are customers' names, by language: given names, family names, and the telephone code of the country.
type names struct {
	language    string
	weight      int
	given       []string
	family      []string
	code        string
	familyFirst bool
}

func split(s string) []string { return strings.Fields(s) }

// nameTable holds names of several scripts; some read from right to left.
func nameTable() []names {
	return []names{
		{
			language: "en",
			weight:   30,
			code:     "+4420",
			given:    split("Amara Jonas Priya Oliver Grace Harry Maya Ethan Zoe Callum Freya Idris Niamh Rowan Tess Miles Ava Theo Hazel Kofi"),
			family: split(
				"Okafor Lindqvist Raman Hughes Walker Bennett O'Neill Clarke Mensah Fletcher Shaw Doyle Patel Marsh Whelan Forbes " +
					"Quinn Reid Barlow Achebe",
			),
		},
		{
			language: "pt",
			weight:   12,
			code:     "+35121",
			given:    split("Rafael Beatriz Tiago Inês João Mariana Nuno Sílvia Duarte Leonor Vasco Teresa"),
			family:   split("Ortega Almeida Ferreira Nogueira Pires Magalhães Queirós Coelho Azevedo Brandão"),
		},
		{
			language: "de",
			weight:   12,
			code:     "+4930",
			given:    split("Jürgen Anneliese Moritz Käthe Lukas Svenja Björn Heike Matthias Ulrike Jörg Antje"),
			family:   split("Müller Schröder Weiß Krüger Jäger Schäfer Böhm Vogt Köhler Lindner"),
		},
		{
			language: "fr",
			weight:   10,
			code:     "+331",
			given:    split("Hélène Étienne Chloé François Zoé Rémi Agnès Benoît Maëlle Loïc Noémie Gaël"),
			family:   split("Dubois Lefèvre Garnier Bérard Chevalier Lacroix Péron Marchand Rivière Guérin"),
		},
		{
			language: "es",
			weight:   10,
			code:     "+3491",
			given:    split("Lucía Íñigo Carmen Andrés Begoña Julián Noelia Óscar Pilar Martín Ainhoa Raúl"),
			family:   split("Ibáñez Cañadas Núñez Ortega Peña Vázquez Zúñiga Crespo Galván Herrera"),
		},
		{
			language: "it",
			weight:   6,
			code:     "+3902",
			given:    split("Sofia Niccolò Giulia Matteo Chiara Davide Letizia Paolo Ilaria Tommaso"),
			family:   split("Marchetti Bonfanti Ricci Colombo Zanetti Moretti Fabbri Gallo Serra Ferrero"),
		},
		{
			language: "pl",
			weight:   5,
			code:     "+4822",
			given:    split("Tomasz Zofia Łukasz Agnieszka Paweł Małgorzata Wojciech Żaneta Jędrzej Hanna"),
			family:   split("Zieliński Wójcik Dąbrowska Kamiński Gołębiowska Wiśniewski Pająk Król Szymański Mróz"),
		},
		{
			language: "tr",
			weight:   4,
			code:     "+90212",
			given:    split("Yusuf Ayşe Çağlar Gülşen Mehmet İpek Tuğba Onur Şebnem Ufuk"),
			family:   split("Demir Yıldız Öztürk Çelik Şahin Kılıç Güneş Aydın Kaya Arslan"),
		},
		{
			language: "ar",
			weight:   4,
			code:     "+97150",
			given:    split("ليلى محمود فاطمة يوسف نور سلمى عمر هدى خالد ريم"),
			family:   split("حدّاد الخطيب منصور درويش الأحمد شاهين قاسم زيدان ناصر بركات"),
		},
		{
			language: "he",
			weight:   2,
			code:     "+9724",
			given:    split("נועה איתי תמר יונתן מאיה אורי שירה גיל"),
			family:   split("לוי כהן ברק שגיא אלון פרידמן דגן רוזן"),
		},
		{language: "zh", weight: 3, code: "+8621", familyFirst: true, given: split("美玲 伟 小明 丽华 建国 晓燕 志强 雨桐"), family: split("陈 王 李 张 刘 黄 赵 周")},
		{
			language:    "ja",
			weight:      2,
			code:        "+816",
			familyFirst: true,
			given:       split("健一 美咲 翔太 陽子 大輔 結衣 直樹 さくら"),
			family:      split("佐藤 鈴木 高橋 田中 渡辺 山本 小林 中村"),
		},
		{
			language: "ru",
			weight:   3,
			code:     "+7812",
			given:    split("Ольга Дмитрий Марина Сергей Татьяна Игорь Ксения Андрей"),
			family:   split("Соколова Лебедев Новикова Морозов Волкова Павлов Орлова Зайцев"),
		},
	}
}

// asciiName returns a name for an e-mail address; for a name in another script it is "customer".
func asciiName(s string) string {
	for _, r := range s {
		if r > 127 || r == '\'' {
			s = plainer().Replace(s)
			break
		}
	}
	for _, r := range s {
		if r > 127 {
			return "customer"
		}
	}
	return s
}

// plainer removes the marks of Latin letters.
var plainer = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(
		"ã", "a", "á", "a", "à", "a", "â", "a", "ä", "a", "ą", "a", "ç", "c", "Ç", "C", "é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e",
		"É", "E", "ğ", "g", "í", "i", "ï", "i", "î", "i", "ı", "i", "İ", "I", "Í", "I", "ł", "l", "Ł", "L", "ñ", "n", "ń",
		"n", "ó", "o", "ò", "o", "õ", "o", "ö", "o",
		"Ö", "O", "Ó", "O", "ś", "s", "ş", "s", "Ş", "S", "ß", "ss", "ú", "u", "ü", "u", "ù", "u", "ż", "z", "ź", "z", "Ż", "Z", "'", "")
})
