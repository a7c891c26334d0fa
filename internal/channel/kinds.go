package channel

import "github.com/parleydesk/parley/db"

// kinds are all of them, in the order of db.AllInboxKindValues.
var kinds = []Kind{api(), email(), website(), sms(), rcs(), whatsApp(), telegram(), line(), messenger(), instagram()}

func api() Kind {
	return Kind{
		Inbox:         db.InboxKindApi,
		Name:          "API",
		Icon:          "webhook",
		Class:         "Channel::Api",
		Key:           "API",
		Source:        byID,
		Own:           NoAddress,
		AtPosting:     db.DeliverySent,
		Limits:        Limits{MaxText, MaxFiles},
		WindowSetting: true,
		Bridge:        true,
		Verified:      true,
	}
}

func email() Kind {
	return Kind{
		Inbox:     db.InboxKindEmail,
		Name:      "Email",
		Icon:      "mail",
		Class:     "Channel::Email",
		Key:       "EMAIL",
		Source:    byMail,
		Own:       MailAddress,
		Required:  Field{"email", "Email"},
		AtPosting: db.DeliveryFailed,
		Limits:    Limits{MaxText, MaxFiles},
		Mail:      true,
		Settings:  mailSettings(),
	}
}

func website() Kind {
	return Kind{
		Inbox:         db.InboxKindWebWidget,
		Name:          "Website",
		Icon:          "message-circle",
		Class:         "Channel::WebWidget",
		Key:           "WEB",
		Source:        byID,
		ContactBegins: true,
		Own:           NoAddress,
		Required:      Field{"website_url", "Website url"},
		AtPosting:     db.DeliveryFailed,
		Limits:        Limits{MaxText, MaxFiles},
		Browser:       true,
		Verified:      true,
		Settings:      websiteSettings(),
	}
}

func sms() Kind {
	return Kind{
		Inbox:     db.InboxKindSms,
		Name:      "SMS",
		Icon:      "smartphone",
		Class:     "Channel::Sms",
		Key:       "SMS",
		Source:    byPhone,
		Own:       PhoneNumber,
		Required:  Field{"phone_number", "Phone number"},
		AtPosting: db.DeliveryFailed,
		Limits:    Limits{1600, 10},
		Settings:  providerSettings(),
	}
}

func rcs() Kind {
	return Kind{
		Inbox:        db.InboxKindRcs,
		Name:         "RCS",
		Icon:         "smartphone",
		Class:        "Channel::Rcs",
		Key:          "RCS",
		Source:       byPhone,
		Own:          PhoneNumber,
		Required:     Field{"phone_number", "Phone number"},
		AtPosting:    db.DeliveryFailed,
		Limits:       Limits{3072, 1},
		ReadReceipts: true,
		Settings:     providerSettings(),
	}
}

func whatsApp() Kind {
	return Kind{
		Inbox:        db.InboxKindWhatsapp,
		Name:         "WhatsApp",
		Icon:         "smartphone",
		Class:        "Channel::Whatsapp",
		Key:          "WHATSAPP",
		Source:       byDigits,
		Own:          PhoneNumber,
		Required:     Field{"phone_number", "Phone number"},
		AtPosting:    db.DeliveryFailed,
		Limits:       Limits{4096, 1},
		Window:       day,
		ReadReceipts: true,
		Settings:     providerSettings(),
	}
}

func telegram() Kind {
	return Kind{
		Inbox:         db.InboxKindTelegram,
		Name:          "Telegram",
		Icon:          "message-circle",
		Class:         "Channel::Telegram",
		Key:           "TELEGRAM",
		Source:        given,
		ContactBegins: true,
		Own:           AnyAddress,
		AtPosting:     db.DeliveryFailed,
		Limits:        Limits{4096, 10},
		Settings:      providerSettings(),
	}
}

func line() Kind {
	return Kind{
		Inbox:         db.InboxKindLine,
		Name:          "LINE",
		Icon:          "message-circle",
		Class:         "Channel::Line",
		Key:           "LINE",
		Source:        given,
		ContactBegins: true,
		Own:           AnyAddress,
		AtPosting:     db.DeliveryFailed,
		Limits:        Limits{5000, 1},
		Settings:      providerSettings(),
	}
}

func messenger() Kind {
	return Kind{
		Inbox:         db.InboxKindMessenger,
		Name:          "Messenger",
		Icon:          "message-circle",
		Class:         "Channel::FacebookPage",
		Key:           "MESSENGER",
		Source:        given,
		ContactBegins: true,
		Own:           PhoneNumber,
		AtPosting:     db.DeliveryFailed,
		Limits:        Limits{2000, 1},
		Window:        day,
		Settings:      providerSettings(),
	}
}

func instagram() Kind {
	return Kind{
		Inbox:         db.InboxKindInstagram,
		Name:          "Instagram",
		Icon:          "message-circle",
		Class:         "Channel::Instagram",
		Key:           "INSTAGRAM",
		Source:        given,
		ContactBegins: true,
		Own:           PhoneNumber,
		AtPosting:     db.DeliveryFailed,
		Limits:        Limits{1000, 1},
		Window:        day,
		Settings:      providerSettings(),
	}
}
