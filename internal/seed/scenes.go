package seed

import (
	"time"

	"github.com/parleydesk/parley/db"
)

// scene is one hand-written conversation of the demo.
type scene struct {
	name, email, phone, city string
	language                 string
	custom                   string
	customerLabels           []string
	// inbox and assignee are indexes into inboxTable and agentTable (assignee nobody: none); team counts from 1.
	inbox, assignee, team int
	status                db.ConversationStatus
	priority              db.ConversationPriority
	subject               string
	labels                []string
	sleeps                time.Duration
	// unread is how many of the last lines the team has not read.
	unread   int
	messages []line
}

// line is one message of a scene, so long ago. by is an index into agentTable, them or nobody.
type line struct {
	ago      time.Duration
	by       int
	text     string
	note     bool
	resolves bool
	delivery db.Delivery
	failure  string
	cards    string
	files    []string
}

const (
	them   = -2
	nobody = -1
	sam    = 0
	ines   = 1
	bo     = 2
	noor   = 3
	dana   = 4
	emil   = 5

	support = 0
	orders  = 1
	chat    = 2
	phone   = 3
	bench   = 4

	warranty = 1
	billing  = 2
	workshop = 3

	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// scenes are the current conversations of Kestrel Cycles, newest first.
func scenes() []scene {
	return []scene{
		{
			name: "Amara Okafor", email: "amara@okafor.example", phone: "+351215550142", city: "Lisbon", inbox: support,
			assignee: sam, team: warranty,
			custom:   `{"customer_since": "2021-03-14", "orders": 9, "last_order": "20377", "frame_number": "AL7-55-09311"}`,
			priority: db.ConversationPriorityHigh, subject: "Front wheel out of true after delivery",
			labels: []string{"warranty", "vip"}, customerLabels: []string{"vip"}, unread: 1,
			messages: []line{
				{
					ago:   day + 4*hour + 53*minute,
					by:    them,
					files: []string{"wheel.png", "box.png", "delivery-note-20377.pdf"},
					text: "Hello,\n\nmy Alder 7 came yesterday. The frame is lovely, but the front wheel rubs on the left pad once " +
						"a turn. I spun it against a zip tie: about 4 mm out of true near the valve. The box had a dent on that " +
						"side.\n\nI leave for a tour on the 28th. Can you send a wheel before that, or should I take it to a shop here " +
						"and send you the bill?",
				},
				{ago: day + 4*hour + 45*minute, by: nobody, text: "Noor Aziz added warranty, vip"},
				{ago: day + 4*hour + 45*minute, by: nobody, text: "Assigned to Warranty by Noor Aziz"},
				{ago: day + 4*hour + 44*minute, by: nobody, text: "Assigned to Sam Whitfield by Noor Aziz"},
				{
					ago:      day + 4*hour + 17*minute,
					by:       sam,
					delivery: db.DeliveryRead,
					text: "Hi Amara, sorry about that, and thank you for the clear pictures. That is a transport fault, so it is " +
						"ours to put right. I am sending a new front wheel today; keep the old one, our carrier takes it back when the new one arrives.",
				},
				{
					ago:  day + 4*hour,
					by:   ines,
					note: true,
					text: "@Sam two KW-28 are left in Porto. I have put one aside under her name until Friday. If it does not fit, " +
						"the machined version does too.",
				},
				{
					ago:      day + 3*hour + 34*minute,
					by:       nobody,
					delivery: db.DeliveryRead,
					text:     "Front wheel KW-28, 700C",
					cards: `{"items": [{"title": "Front wheel KW-28, 700C", "description": "Free of charge. Choose the day that ` +
						`suits you; the courier takes the old wheel back.", "actions": [{"type": "postback", "text": "Wednesday", ` +
						`"payload": "WED"}, {"type": "postback", "text": "Thursday", "payload": "THU"}, {"type": "link", "text": "Track ` +
						`parcel", "uri": "https://parcelo.example/track/003404471"}]}]}`,
				},
				{
					ago:      28 * minute,
					by:       sam,
					delivery: db.DeliveryFailed,
					failure:  "The mailbox is full (452 4.2.2)",
					text:     "Damage claim for parcel 00340 4471, pictures attached. Please confirm that you received it.",
				},
				{
					ago: 3 * minute,
					by:  them,
					text: "Thank you. Thursday works, someone is home all day. One question: do I keep the tyre and tube from the " +
						"old wheel, or does the new one come with both?",
				},
			},
		},
		{
			name: "Jonas Lindqvist", email: "jonas.lindqvist@mail.example", city: "Malmö", inbox: orders, assignee: nobody,
			labels: []string{"shipping"}, subject: "Order 20418 never shipped", unread: 2,
			custom: `{"customer_since": "2026-10-02", "orders": 1, "last_order": "20418"}`,
			messages: []line{
				{
					ago:   2*hour + 8*minute,
					by:    them,
					files: []string{"order-20418.pdf"},
					text: "Hi,\n\nI ordered a Rowan Gravel at the end of last month. The page still says \"being packed\". The " +
						"confirmation is attached.\n\nJonas",
				},
				{
					ago:  8 * minute,
					by:   them,
					text: "It is three weeks now. Can you tell me what is going on? I have taken Friday off to be at home for the delivery.",
				},
			},
		},
		{
			name: "Mei-Ling Tan", email: "meiling.tan@mail.example", city: "Singapore", inbox: chat, assignee: bo, labels: []string{}, unread: 2,
			messages: []line{
				{ago: 19 * minute, by: them, text: "Hello! Which chain fits the Alder 7?"},
				{ago: 17 * minute, by: bo, delivery: db.DeliveryRead, text: "Hi Mei-Ling! That depends on the cassette: is it 11 or 12 sprockets?"},
				{ago: 13 * minute, by: them, text: "One moment, I will go down and count."},
				{ago: 12 * minute, by: them, text: "Mine says 11-speed on the cassette"},
			},
		},
		{
			name: "Rafael Ortega", phone: "+34915550117", language: "es", city: "Madrid", inbox: phone, assignee: sam, labels: []string{"pickup"},
			messages: []line{
				{ago: 25*hour + 40*minute, by: them, text: "Hola, can I pick my order up in the Lisbon shop? I am there on Saturday."},
				{
					ago:      25*hour + 10*minute,
					by:       sam,
					delivery: db.DeliveryRead,
					text:     "Of course! I have moved it to Lisbon, Rua da Prata 120. They open at ten.",
				},
				{
					ago:      31 * minute,
					by:       sam,
					delivery: db.DeliveryFailed,
					failure:  "The session of 24 hours is over",
					text:     "Rafael, your bike is ready and waits for you in Lisbon.",
				},
			},
		},
		{
			name: "Priya Raman", email: "priya.raman@mail.example", city: "Bristol", inbox: support, assignee: ines,
			team: billing, labels: []string{"refund"}, subject: "Refund for the child seat",
			messages: []line{
				{
					ago: 6 * hour,
					by:  them,
					text: "Hi there,\n\nthe child seat from order 20391 does not fit my rack: the bolts are 3 cm too short. May I " +
						"send it back? The box is open but nothing was used.\n\nPriya",
				},
				{
					ago:      5*hour + 20*minute,
					by:       ines,
					delivery: db.DeliveryRead,
					files:    []string{"label-return.pdf"},
					text: "Hi Priya,\n\nof course. I have attached the return label; any Parcelo shop takes the box. The € " +
						"129.00 are back within three days of its arrival.\n\nInes",
				},
				{
					ago:  2 * hour,
					by:   them,
					text: "Dropped off just now, thank you. Is the shipping refunded too? I only noticed when I tried to fit it.",
				},
				{
					ago:  hour,
					by:   ines,
					note: true,
					text: "fine by me, refund the shipping too. The product page does not say which racks it fits; @Dana could you add that?",
				},
			},
		},
		{
			name: "Yusuf Demir", email: "yusuf@demir-bikes.example", city: "Izmir", inbox: orders, assignee: noor,
			team: billing, labels: []string{"billing"}, subject: "Invoice 4711 is wrong", unread: 1,
			custom: `{"customer_since": "2023-05-30", "orders": 31, "company": "Demir Bikes"}`,
			messages: []line{
				{
					ago:   2 * hour,
					by:    them,
					files: []string{"invoice-4711.pdf"},
					text: "Hello,\n\nthe sum on page two does not match what we paid: the club discount of 8 % is missing. Please " +
						"send a corrected invoice, our accountant closes the month on Friday.\n\nYusuf Demir",
				},
			},
		},
		{
			name: "Tomasz Zieliński", email: "tomasz.zielinski@mail.example", language: "pl", city: "Kraków", inbox: support,
			assignee: bo, team: workshop, status: db.ConversationStatusSnoozed, sleeps: 42 * hour, subject: "Spoke length for KW-28",
			messages: []line{
				{
					ago:  9 * hour,
					by:   them,
					text: "Hi,\n\ntwo spokes of my KW-28 rear wheel broke. Which length do I need, and do you sell single ones?\n\nTomasz",
				},
				{
					ago:      7 * hour,
					by:       bo,
					delivery: db.DeliveryDelivered,
					text: "Hi Tomasz,\n\nwe have them one by one. Drive side is 292 mm, the other one 294 mm. Could you tell me " +
						"on which side they broke, and measure one that is whole?\n\nBo",
				},
				{ago: 5 * hour, by: them, text: "Drive side, I think, but my ruler says 290. I will measure again at the weekend."},
				{ago: 5*hour - 4*minute, by: nobody, text: "Conversation was snoozed by Bo Keller"},
			},
		},
		{
			name: "Sofia Marchetti", email: "sofia.marchetti@mail.example", language: "it", city: "Bologna", inbox: support,
			assignee: sam, team: warranty, priority: db.ConversationPriorityUrgent, labels: []string{"recall", "workshop"},
			subject: "Carbon fork recall",
			messages: []line{
				{
					ago:   26 * hour,
					by:    them,
					files: []string{"fork.png"},
					text: "Good morning,\n\nI read about the recall of the CF-2 fork. My Aspen Race is from last spring, frame " +
						"number AS9-53-02218. Is mine affected? There is a race on Sunday.\n\nSofia Marchetti",
				},
				{ago: 25 * hour, by: emil, note: true, text: "AS9-53-02100 to 02340 are affected. We have eleven forks left, two of them in Bologna."},
			},
		},
		{
			name: "ليلى حدّاد", phone: "+971505550123", language: "ar", city: "Dubai", inbox: phone, assignee: noor, team: workshop,
			messages: []line{
				{ago: 31 * hour, by: them, text: "مرحباً، عندي موعد صيانة يوم الخميس."},
				{ago: 30 * hour, by: noor, delivery: db.DeliveryRead, text: "أهلاً ليلى! نعم، موعدك يوم الخميس في العاشرة صباحاً."},
				{ago: 28 * hour, by: them, text: "هل يمكن تغيير الموعد إلى يوم السبت؟"},
			},
		},
		{
			name: "Hélène Dubois", email: "helene.dubois@mail.example", language: "fr", city: "Lyon", inbox: support,
			assignee: dana, status: db.ConversationStatusPending, labels: []string{"shipping"}, subject: "Change of delivery address",
			messages: []line{
				{
					ago: 4*day + 3*hour,
					by:  them,
					text: "Bonjour,\n\nj'ai déménagé et la commande 20402 part encore à l'ancienne adresse. Pouvez-vous la corriger " +
						"? 12 rue des Tanneurs, Lyon.\n\nHélène Dubois",
				},
				{
					ago:      4 * day,
					by:       dana,
					delivery: db.DeliveryRead,
					text: "Bonjour Hélène,\n\nc'est noté. Nous attendons que le transporteur confirme le changement, et je vous " +
						"écris dès que c'est fait.\n\nDana",
				},
			},
		},
		{
			name: "Workshop 3, Porto", city: "Porto", inbox: bench, assignee: emil, team: workshop,
			labels: []string{"workshop"}, subject: "Ticket WS-8812: bottom bracket",
			messages: []line{
				{
					ago:  5 * day,
					by:   them,
					text: "WS-8812. Customer: Duarte Pires. Maple Tour, 2024. Creak under load, bearing BB-41 worn. Part ordered.",
				},
				{ago: 4*day + 6*hour, by: them, files: []string{"bearing.png"}, text: "Part BB-41 arrived, fitting tomorrow"},
			},
		},
		{
			name: "Oskar Nygaard", email: "oskar@nygaard.example", city: "Bergen", inbox: chat, assignee: bo, team: billing,
			labels: []string{"billing"},
			messages: []line{
				{ago: 5*day + 40*minute, by: them, text: "The page does not take my gift card. KC-77120, it should have € 50 on it."},
				{
					ago:      5*day + 35*minute,
					by:       bo,
					delivery: db.DeliveryRead,
					text:     "Sorry about that! It had not been activated at the till. Could you try once more?",
				},
				{ago: 5*day + 30*minute, by: them, text: "That did it, thanks a lot!"},
			},
		},
		{
			name: "נועה לוי", email: "noa.levi@mail.example", language: "he", city: "Haifa", inbox: chat, assignee: noor, unread: 1,
			messages: []line{{
				ago:  3*hour + 25*minute,
				by:   them,
				text: "שלום, הזמנתי Linden Cargo לפני שבועיים והזמנה 20399 עדיין לא הגיעה. מה קורה איתה?",
			}},
		},
		{
			name: "佐藤美咲", email: "misaki.sato@mail.example", language: "ja", city: "Osaka", inbox: support, assignee: ines,
			team: warranty, labels: []string{"warranty"}, subject: "前輪の振れについて",
			messages: []line{
				{ago: 2*day + 2*hour, by: them, text: "昨日届いた Alder 9 の前輪が左のブレーキパッドに当たります。注文番号は 20385 です。写真が必要でしたらお送りします。"},
				{ago: 2 * day, by: ines, delivery: db.DeliveryRead, text: "佐藤様\n\nご迷惑をおかけしました。写真をお送りいただけますか。新しい前輪を本日発送いたします。\n\nInes"},
			},
		},
		{
			name: "Grace Adeyemi-Holt", email: "grace@velo-club.example", city: "Bristol", inbox: orders, assignee: nobody,
			labels: []string{"vip", "question"}, customerLabels: []string{"vip"}, subject: "Twelve bikes for the club",
			priority: db.ConversationPriorityMedium, unread: 1,
			messages: []line{{
				ago: 47 * minute,
				by:  them,
				text: "Hello,\n\nour club needs twelve Alder 9 in six sizes by the end of March. Do you give a discount at that " +
					"number, and could we have them in the club's green?\n\nGrace, Velo Club Bristol",
			}},
		},
		{
			name: "Moritz Krüger", email: "moritz.krueger@mail.example", language: "de", city: "Freiburg", inbox: support,
			assignee: emil, team: workshop, subject: "Schaltung springt im dritten Gang", labels: []string{"workshop", "warranty"},
			messages: []line{
				{
					ago: 22 * hour,
					by:  them,
					text: "Hallo,\n\nbeim Birch City springt die Schaltung im dritten Gang. Das Rad ist erst vier Monate alt. Kann " +
						"ich es selbst einstellen?\n\nMoritz Krüger",
				},
				{
					ago:      20 * hour,
					by:       emil,
					delivery: db.DeliveryRead,
					text: "Hallo Herr Krüger,\n\nmeist hat sich nur der Zug gelängt: eine halbe Umdrehung an der Schraube am " +
						"Schaltgriff, gegen den Uhrzeigersinn. Hilft das nicht, stellen wir es in Freiburg kostenlos ein.\n\nEmil",
				},
				{ago: 4*hour + 10*minute, by: them, text: "Das hat leider nicht gereicht. Geht es am Freitag um zehn?"},
			},
		},
		{
			name: "Beatriz Almeida", phone: "+351915550188", language: "pt", city: "Lisbon", inbox: phone, assignee: nobody, unread: 2,
			messages: []line{
				{ago: 66 * minute, by: them, text: "Olá! A vossa loja em Lisboa está aberta no sábado?"},
				{ago: 64 * minute, by: them, text: "E fazem revisões sem marcação?"},
			},
		},
		{
			name: "Ethan Walker", email: "ethan.walker@mail.example", city: "Leeds", inbox: support, assignee: ines,
			subject: "Saddle height for a tall rider", labels: []string{"question"},
			messages: []line{
				{ago: 3 * day, by: them, text: "Hi, I am 1.98 m and the seat post of my Maple Tour is at its limit. Is there a longer one?\n\nEthan"},
				{
					ago:      3*day - 2*hour,
					by:       ines,
					delivery: db.DeliveryRead,
					text: "Hi Ethan,\n\nyes: the SP-400 is ten centimetres longer and fits. € 64.00, and it is here by Thursday. " +
						"Shall I send one?\n\nInes",
				},
				{ago: 2*day + 20*hour, by: them, text: "Yes please, to the usual address."},
				{ago: 2*day + 19*hour, by: ines, delivery: db.DeliveryRead, text: "On its way, order 20421."},
				{ago: 20 * hour, by: them, text: "It fits, and my knees are grateful. Thanks!"},
				{ago: 19 * hour, by: nobody, resolves: true, text: "Conversation was marked resolved by Ines Moreau"},
			}, status: db.ConversationStatusResolved,
		},
		{
			name: "Lucía Ibáñez", email: "lucia.ibanez@mail.example", language: "es", city: "Sevilla", inbox: chat,
			assignee: dana, status: db.ConversationStatusResolved,
			messages: []line{
				{ago: 9 * hour, by: them, text: "¿Tienen el casco Kestrel en talla S?"},
				{ago: 9*hour - 3*minute, by: dana, delivery: db.DeliveryRead, text: "¡Hola Lucía! Sí, quedan cuatro, en azul y en rojo."},
				{ago: 9*hour - 6*minute, by: them, text: "Perfecto, lo pido en azul. ¡Gracias!"},
				{ago: 9*hour - 8*minute, by: nobody, resolves: true, text: "Conversation was marked resolved by Dana Petrov"},
			},
		},
		{
			name: "Ольга Соколова", email: "olga.sokolova@mail.example", language: "ru", city: "Tbilisi", inbox: support,
			assignee: emil, team: workshop, subject: "Скрипит каретка", labels: []string{"workshop"},
			messages: []line{
				{
					ago: 33 * hour,
					by:  them,
					text: "Здравствуйте!\n\nУ моего Cedar Trail скрипит каретка, когда я встаю на педали. Пробег 4800 км. Можно ли " +
						"приехать в мастерскую в субботу?\n\nОльга",
				},
				{ago: 32 * hour, by: emil, note: true, text: "Sounds like the BB-41 again, third one this month. Worth a word with the supplier."},
				{
					ago:      31 * hour,
					by:       emil,
					delivery: db.DeliveryDelivered,
					text:     "Здравствуйте, Ольга!\n\nДа, в субботу в 11:00 есть место. Замена подшипника занимает двадцать минут.\n\nEmil",
				},
			},
		},
		{
			name: "Callum Fletcher", email: "callum.fletcher@mail.example", city: "Edinburgh", inbox: orders, assignee: dana,
			status: db.ConversationStatusSnoozed, sleeps: 5 * day, subject: "Back-order of the Linden Cargo", labels: []string{"shipping"},
			messages: []line{
				{ago: 6 * day, by: them, text: "Hello, when is the Linden Cargo in blue available again? I would wait, but not for ever.\n\nCallum"},
				{
					ago:      6*day - 5*hour,
					by:       dana,
					delivery: db.DeliveryRead,
					text: "Hi Callum,\n\nthe next container is due in the first week of next month. I have put you first on the " +
						"list and will write as soon as it is through customs.\n\nDana",
				},
				{ago: 6*day - 5*hour - 2*minute, by: nobody, text: "Conversation was snoozed by Dana Petrov"},
			},
		},
		{
			name: "陈美玲", email: "meiling.chen@mail.example", language: "zh", city: "Shanghai", inbox: support, assignee: nobody,
			subject: "订单 20412 还没有发货", labels: []string{"shipping"}, unread: 1,
			messages: []line{{ago: 5*hour + 12*minute, by: them, text: "您好！订单 20412 已经三个星期了，页面还显示正在打包，请问什么时候发货？"}},
		},
		{
			name: "Niamh Doyle", email: "niamh.doyle@mail.example", city: "Galway", inbox: support, assignee: sam,
			team: warranty, subject: "Crack in the chain stay", priority: db.ConversationPriorityHigh, labels: []string{"warranty"},
			messages: []line{
				{
					ago:   3*day + 7*hour,
					by:    them,
					files: []string{"frame.png"},
					text: "Hi Kestrel,\n\nwhile cleaning I found a fine line on the left chain stay, about 2 cm long. Paint or " +
						"metal? I have stopped riding it.\n\nNiamh",
				},
				{
					ago:      3*day + 5*hour,
					by:       sam,
					delivery: db.DeliveryRead,
					text: "Hi Niamh,\n\ngood that you stopped. From the picture I cannot tell either. Our courier picks the bike " +
						"up on Wednesday, at no cost, and Emil looks at it with dye.\n\nSam",
				},
				{ago: 2 * day, by: emil, note: true, text: "Dye test done: it is the metal. New frame, size 53, from the Lisbon stock."},
				{
					ago:      7 * hour,
					by:       sam,
					delivery: db.DeliveryDelivered,
					text:     "Hi Niamh,\n\nit is the frame, so you get a new one under warranty. Do you want the same green, or this year's grey?\n\nSam",
				},
			},
		},
	}
}
