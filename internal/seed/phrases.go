package seed

// speech has the texts of customers and agents in one language. Subject and opener of the same index belong together,
// as do the reply and the follow-up. {name} stands for the reader of a text, {me} for its author.
type speech struct {
	topics    []topic
	greet     string
	followUps []string
	thanks    []string
	more      []string
	signOff   string
	days      []string
}

type topic struct {
	subject, opener, reply string
	labels                 []string
	team                   int
}

// speeches maps languages to their texts. Customers of other languages write English.
func speeches() map[string]speech {
	return map[string]speech{
		"en": {
			days:    []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
			greet:   "Hi {name},",
			signOff: "Best wishes,\n{me}",
			topics: []topic{
				{
					"Front wheel out of true after delivery",
					"My {product} came yesterday. The frame is lovely, but the front wheel rubs on the left pad once a turn. The box " +
						"had a dent on that side. Order {order}.",
					"Sorry about that: this is a transport fault, so it is ours to put right. A new front wheel for order {order} " +
						"leaves today; keep the old one, the courier takes it back.",
					[]string{"warranty", "shipping"},
					1,
				},
				{
					"Order {order} never shipped",
					"I ordered a {product} three weeks ago and the page still says that order {order} is being packed. Can you tell me what is going on?",
					"I have looked order {order} up: it waited for a part that came in this morning. It leaves today and you get the " +
						"tracking number by e-mail.",
					[]string{"shipping"},
					0,
				},
				{
					"Which chain fits the {product}?",
					"I want to replace the chain of my {product}. It says 11-speed on the cassette. Which of yours fits?",
					"For your {product} take the CH-11, 114 links. It comes with a quick link and costs {amount}.",
					[]string{"question"},
					3,
				},
				{
					"Refund for the child seat",
					"The child seat I bought with order {order} does not fit my rack. I would like to send it back and get my {amount} back.",
					"No problem, I have attached the return label for order {order}. The {amount} are on your account within three days of its arrival.",
					[]string{"refund"},
					2,
				},
				{
					"Invoice {order} is wrong",
					"The sum on page two of invoice {order} does not match what I paid, it is off by {amount}. Could you correct it?",
					"You are right, the discount was missing on page two. The corrected invoice {order} is attached.",
					[]string{"billing"},
					2,
				},
				{
					"Brakes squeal in the rain",
					"Since last {day} the brakes of my {product} squeal whenever it is wet. I have cleaned the discs twice already.",
					"That is mostly grease in the pads. Come by on {day}, we clean the discs and fit new pads, {amount} in all.",
					[]string{"workshop"},
					3,
				},
				{
					"Pickup from the {city} shop",
					"Can I pick order {order} up in {city} instead of having it delivered? I am there on {day}.",
					"I have moved order {order} to {city}. It will be there on {day}; bring the order number and something with your name on it.",
					[]string{"pickup"},
					0,
				},
				{
					"Carbon fork recall",
					"I read about the recall of the CF-2 fork. My {product} is from last spring. Is mine affected, and can I still ride it?",
					"Please do not ride it until we have seen it. Your frame number is in the affected range; we swap the fork for " +
						"free in {city} on {day}.",
					[]string{"recall", "warranty"},
					1,
				},
				{
					"Gift card not accepted",
					"I tried to pay with a gift card of {amount} and the page says that it is unknown. The number is KC-{order}.",
					"The card had not been activated at the till. It works now, and I have added a little for the trouble.",
					[]string{"billing"},
					2,
				},
				{
					"Bottom bracket creaks",
					"There is a creak from the bottom bracket of my {product} when I stand on the pedals. It has done {order} km.",
					"After {order} km the bearing may well be done. We have the BB-41 in stock; fitting takes twenty minutes and costs {amount}.",
					[]string{"workshop"},
					3,
				},
				{
					"Saddle height for a tall rider",
					"I am 1.98 m and the seat post of my {product} is at its limit. Is there a longer one?",
					"Yes, the SP-400 is ten centimetres longer and fits the {product}. It costs {amount} and is here by {day}.",
					[]string{"question"},
					3,
				},
				{
					"Wrong colour delivered",
					"Order {order} came in green, but I ordered blue. It is a present for {day}, can you swap it in time?",
					"That was our mistake. The blue one goes out by express today and the courier takes the green one along.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{
				"One more question: does it come with the screws, or do I need to get some?", "I have added two pictures so that " +
					"you can see what I mean.",
				"Thursday works for me, someone is home all day.", "I tried what you wrote, but it is still the same. What else could it be?",
				"The tracking page shows nothing since {day}. Is that normal?", "Could you also check whether the shop in {city} " +
					"has it in size {size}?",
				"Just to be sure: the address is the one in {city}, not the old one.", "Any news on this? I leave for a tour on {day}.",
			},
			more: []string{
				"I have checked with the workshop in {city}: they can do it on {day}, and they will call you the day before.",
				"Your parcel {order} was scanned in {city} this morning, so it should be with you by {day}.",
				"Could you send me the frame number? It is stamped under the bottom bracket.", "I have put one in size {size} " +
					"aside under your name until {day}.",
				"The part costs {amount}, the work is on us.", "I have asked the carrier to try again on {day}, between nine and noon.",
			},
			thanks: []string{
				"That did it, thanks a lot!", "Perfect, thank you for the quick help.",
				"Great service, as always. See you in the shop!", "Thanks, it has arrived.",
			},
		},
		"de": {
			greet: "Hallo {name},", signOff: "Viele Grüße\n{me}",
			days: []string{"Montag", "Dienstag", "Mittwoch", "Freitag"},
			topics: []topic{
				{
					"Lieferung {order} unvollständig",
					"heute kam die Bestellung {order}, aber der Gepäckträger fehlt. Wann kommt der Rest?",
					"der Gepäckträger lag noch im Lager in {city}. Er geht heute raus und ist am {day} bei Ihnen.",
					[]string{"shipping"},
					0,
				},
				{
					"Termin für die Inspektion",
					"ich hätte gern einen Termin für die Inspektion meines {product}, am liebsten am {day}.",
					"am {day} um zehn Uhr ist noch frei, ich habe Sie eingetragen. Die Inspektion kostet {amount}.",
					[]string{"workshop"},
					3,
				},
				{
					"Rechnung {order} mit Firmenanschrift",
					"könnten Sie die Rechnung {order} bitte auf meine Firma ausstellen? Der Betrag von {amount} stimmt.",
					"die neue Rechnung {order} hängt an. Die alte ist damit storniert.",
					[]string{"billing"},
					2,
				},
				{
					"Schaltung springt", "beim {product} springt die Schaltung im dritten Gang. Das Rad ist erst vier Monate alt.",
					"das klingt nach einem gelängten Zug. Kommen Sie am {day} vorbei, das stellen wir kostenlos ein.",
					[]string{"warranty", "workshop"},
					1,
				},
			},
			followUps: []string{
				"Gibt es schon etwas Neues?", "Am {day} bin ich leider nicht da, geht auch der Tag danach?",
				"Ich habe zwei Fotos angehängt.",
			},
			more: []string{
				"Ich habe in {city} nachgefragt, die Kollegen melden sich bis {day}.",
				"Können Sie mir bitte die Rahmennummer schicken?",
			},
			thanks: []string{"Wunderbar, vielen Dank!", "Hat alles geklappt, danke für die schnelle Hilfe."},
		},
		"fr": {
			greet: "Bonjour {name},", signOff: "Cordialement,\n{me}",
			days: []string{"lundi", "mardi", "jeudi", "vendredi"},
			topics: []topic{
				{
					"Changement d'adresse de livraison",
					"j'ai déménagé à {city} et la commande {order} part encore à l'ancienne adresse. Pouvez-vous la corriger ?",
					"c'est fait, nous attendons que le transporteur confirme. La commande {order} arrivera {day}.",
					[]string{"shipping"},
					0,
				},
				{
					"Pneu arrière crevé après une semaine",
					"le pneu arrière de mon {product} a crevé après une semaine. Est-ce couvert par la garantie ?",
					"oui, nous vous envoyons un pneu neuf. Gardez l'ancien, il nous aide à trouver la cause.",
					[]string{"warranty"},
					1,
				},
				{
					"Remboursement de la commande {order}",
					"j'ai renvoyé le casque de la commande {order} il y a dix jours et je n'ai pas encore reçu les {amount}.",
					"le colis est arrivé hier. Les {amount} seront sur votre compte {day}.",
					[]string{"refund"},
					2,
				},
			},
			followUps: []string{"Avez-vous des nouvelles du transporteur ?", "Est-ce possible {day} plutôt ?", "Je vous joins une photo."},
			more:      []string{"J'ai demandé à l'atelier de {city}, ils vous appellent {day}.", "Pourriez-vous m'envoyer le numéro du cadre ?"},
			thanks:    []string{"Parfait, merci beaucoup !", "Bien reçu, merci pour votre aide."},
		},
		"es": {
			greet: "Hola {name}:", signOff: "Un saludo,\n{me}",
			days: []string{"lunes", "martes", "jueves", "viernes"},
			topics: []topic{
				{
					"Recogida en la tienda de {city}", "¿puedo recoger el pedido {order} en la tienda de {city} el {day}?",
					"claro, el pedido {order} estará en {city} el {day} a partir de las diez.",
					[]string{"pickup"},
					0,
				},
				{
					"El freno delantero roza", "el freno delantero de mi {product} roza desde que lo recibí. ¿Qué puedo hacer?",
					"afloje los dos tornillos de la pinza, apriete la maneta y vuelva a apretarlos. Si sigue igual, lo vemos en el taller.",
					[]string{"workshop"},
					3,
				},
				{
					"Factura del pedido {order}", "necesito la factura del pedido {order} con el NIF de mi empresa, son {amount}.",
					"le adjunto la factura corregida del pedido {order}.",
					[]string{"billing"},
					2,
				},
			},
			followUps: []string{"¿Hay alguna novedad?", "El {day} no estaré en casa, ¿puede ser otro día?", "Le mando una foto."},
			more:      []string{"He preguntado en el taller de {city} y tienen hueco el {day}.", "¿Me puede enviar el número de cuadro?"},
			thanks:    []string{"¡Muchas gracias, todo perfecto!", "Ya ha llegado, gracias."},
		},
		"pt": {
			greet: "Olá {name},", signOff: "Com os melhores cumprimentos,\n{me}",
			days: []string{"segunda-feira", "terça-feira", "quinta-feira", "sexta-feira"},
			topics: []topic{
				{
					"Levantar a encomenda {order} em {city}", "posso levantar a encomenda {order} na loja de {city} na {day}?",
					"sim, a encomenda {order} fica pronta na {day}. Traga o número da encomenda, por favor.",
					[]string{"pickup"},
					0,
				},
				{
					"Roda traseira a fazer barulho",
					"a roda traseira da minha {product} faz um estalido a cada volta. Comprei-a há dois meses.",
					"pode ser um raio solto. Passe pela oficina de {city} na {day}, é grátis dentro da garantia.",
					[]string{"warranty", "workshop"},
					1,
				},
				{
					"Reembolso de {amount}", "devolvi o capacete da encomenda {order} e ainda não recebi os {amount}.",
					"o reembolso de {amount} saiu hoje e chega na {day}.",
					[]string{"refund"},
					2,
				},
			},
			followUps: []string{"Já há novidades?", "Na {day} não posso, pode ser no dia seguinte?", "Envio duas fotografias."},
			more:      []string{"Falei com a oficina de {city} e ligam-lhe na {day}.", "Pode enviar-me o número do quadro?"},
			thanks:    []string{"Muito obrigado, ficou ótimo!", "Já chegou, obrigada pela ajuda."},
		},
		"it": {
			greet: "Ciao {name},", signOff: "Cordiali saluti,\n{me}",
			days: []string{"lunedì", "martedì", "giovedì", "venerdì"},
			topics: []topic{
				{
					"Richiamo della forcella",
					"ho letto del richiamo della forcella CF-2. La mia {product} è dell'anno scorso: posso ancora usarla?",
					"per favore non usarla finché non l'abbiamo vista. La sostituiamo gratis a {city} {day}.",
					[]string{"recall"},
					1,
				},
				{
					"Ordine {order} in ritardo", "l'ordine {order} doveva arrivare {day} e non ho ancora notizie.",
					"il corriere ha avuto un ritardo a {city}. L'ordine {order} arriva {day}.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{"Ci sono novità?", "Allego una foto."},
			more:      []string{"Ho chiesto all'officina di {city}: ti chiamano {day}.", "Mi mandi il numero del telaio?"},
			thanks:    []string{"Perfetto, grazie mille!", "Arrivato, grazie."},
		},
		"pl": {
			greet: "Dzień dobry {name},", signOff: "Pozdrawiam\n{me}",
			days: []string{"poniedziałek", "środę", "czwartek", "piątek"},
			topics: []topic{
				{
					"Długość szprych do {product}", "jaka jest długość szprych do tylnego koła {product}? Pękły mi dwie.",
					"to 292 mm po stronie napędu i 294 mm po drugiej. Dwie wyślę jutro bez opłaty.",
					[]string{"question"},
					3,
				},
				{
					"Zamówienie {order}", "zamówienie {order} miało przyjść w {day}, a śledzenie nic nie pokazuje.",
					"paczka jest w mieście {city} i dotrze w {day}.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{"Czy wiadomo coś więcej?", "W weekend zmierzę jeszcze raz."},
			more:      []string{"Proszę o numer ramy, jest pod suportem."},
			thanks:    []string{"Wszystko działa, dziękuję!", "Dotarło, dziękuję za pomoc."},
		},
		"tr": {
			greet: "Merhaba {name},", signOff: "Sevgiler,\n{me}",
			days: []string{"Pazartesi", "Salı", "Perşembe", "Cuma"},
			topics: []topic{
				{
					"{order} numaralı fatura yanlış",
					"{order} numaralı faturanın ikinci sayfasındaki tutar ödediğimle uyuşmuyor, {amount} fark var.",
					"haklısınız, indirim eksik kalmış. Düzeltilmiş faturayı ekledim.",
					[]string{"billing"},
					2,
				},
				{
					"Siparişim gelmedi", "{order} numaralı siparişim hâlâ gelmedi. Durumu nedir?",
					"kargo {city} şubesinde, {day} günü size ulaşacak.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{"Bir gelişme var mı?"}, more: []string{"Kadro numarasını gönderebilir misiniz?"}, thanks: []string{
				"Çok teşekkürler!", "Geldi, teşekkür ederim.",
			},
		},
		"ar": {
			greet: "مرحباً {name}،", signOff: "مع التحية،\n{me}",
			topics: []topic{
				{
					"موعد الصيانة", "هل يمكن تغيير موعد صيانة الدراجة {product} إلى يوم السبت؟",
					"نعم، نقلنا موعدك إلى يوم السبت في العاشرة صباحاً. تكلفة الصيانة {amount}.",
					[]string{"workshop"},
					3,
				},
				{
					"الطلب {order} لم يصل", "طلبت دراجة {product} قبل أسبوعين ولم يصل الطلب {order} بعد. أين هو الآن؟",
					"الطلب {order} موجود في {city} وسيصلك خلال يومين.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{
				"هل من جديد؟", "أرفقت لكم صورتين للعجلة.",
			}, more: []string{"من فضلك أرسل لنا رقم الهيكل، وهو تحت محور الدواسة."}, thanks: []string{"شكراً جزيلاً لكم!", "وصل الطلب، شكراً."},
		},
		"he": {
			greet: "שלום {name},", signOff: "בברכה,\n{me}",
			topics: []topic{
				{
					"הזמנה {order} לא הגיעה", "הזמנתי {product} לפני שבועיים והזמנה {order} עדיין לא הגיעה. מה קורה איתה?",
					"הזמנה {order} נמצאת ב-{city} ותגיע אליך תוך יומיים.",
					[]string{"shipping"},
					0,
				},
				{
					"הבלם הקדמי חורק", "הבלם הקדמי של {product} חורק מאז הגשם האחרון. אפשר לקבוע תור?",
					"כן, יש תור פנוי בבוקר. החלפת הרפידות עולה {amount}.",
					[]string{"workshop"},
					3,
				},
			},
			followUps: []string{"יש חדש?"}, more: []string{"אפשר לשלוח לי את מספר השלדה?"}, thanks: []string{"תודה רבה!", "הגיע, תודה על העזרה."},
		},
		"zh": {
			greet: "{name}，您好！", signOff: "祝好\n{me}",
			topics: []topic{
				{"{product} 配哪种链条？", "我的 {product} 飞轮上写着 11 速，应该买哪种链条？", "请选 CH-11，114 节，带快扣，价格 {amount}。", []string{"question"}, 3},
				{"订单 {order} 还没有发货", "订单 {order} 已经三个星期了，页面还显示正在打包，请问什么时候发货？", "订单 {order} 今天发出，快递单号会发到您的邮箱。", []string{"shipping"}, 0},
			},
			followUps: []string{"请问有消息了吗？", "我附上了两张照片。"}, more: []string{"请把车架号发给我，在中轴下面。"}, thanks: []string{"收到了，非常感谢！", "解决了，谢谢。"},
		},
		"ja": {
			greet: "{name} 様", signOff: "よろしくお願いいたします。\n{me}",
			topics: []topic{
				{"前輪の振れについて", "昨日届いた {product} の前輪が左のブレーキパッドに当たります。注文番号は {order} です。", "ご迷惑をおかけしました。新しい前輪を本日発送いたします。", []string{"warranty"}, 1},
				{"注文 {order} の配送先変更", "注文 {order} の配送先を変更していただけますか。", "変更いたしました。{order} はあさってお届けの予定です。", []string{"shipping"}, 0},
			},
			followUps: []string{"その後いかがでしょうか。"}, more: []string{"フレーム番号を教えていただけますか。"}, thanks: []string{"ありがとうございました。", "無事に届きました。"},
		},
		"ru": {
			greet: "Здравствуйте, {name}!", signOff: "С уважением,\n{me}",
			topics: []topic{
				{
					"Скрипит каретка", "У моего {product} скрипит каретка, когда я встаю на педали. Пробег {order} км.",
					"После {order} км подшипник мог износиться. Замена занимает двадцать минут и стоит {amount}.",
					[]string{"workshop"},
					3,
				},
				{
					"Заказ {order} не пришёл", "Заказ {order} должен был прийти на прошлой неделе. Где он сейчас?",
					"Посылка в городе {city}, будет у вас через два дня.",
					[]string{"shipping"},
					0,
				},
			},
			followUps: []string{"Есть новости?"}, more: []string{"Пришлите, пожалуйста, номер рамы."}, thanks: []string{
				"Всё получилось, спасибо!", "Пришло, спасибо.",
			},
		},
	}
}

// Texts of notes between agents, and values for the placeholders in braces.
var (
	noteTable = [...]string{
		"Two {product} wheels are left in {city}. I have put one aside until {day}.", "Customer since 2021, {order} on " +
			"file. Let us be generous here.",
		"Checked with the carrier: parcel {order} is stuck in {city}, they try again on {day}.", "Fine by me, refund the shipping too: {amount}.",
		"Spoke on the phone, will call back on {day}.", "Same fault as {order}. Worth a word with the supplier.",
		"Waiting for the mechanic in {city} to confirm {day}.",
	}
	productTable = [...]string{
		"Alder 7", "Alder 9", "Birch City", "Rowan Gravel", "Hazel Kids", "Linden Cargo", "Willow Step", "Maple Tour",
		"Aspen Race", "Cedar Trail",
	}
	sizeTable = [...]string{"48", "51", "53", "55", "57", "60"}
)
