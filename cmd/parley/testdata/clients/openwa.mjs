// The bridge of @open-wa/wa-automate, the file that it ships, between Parley and a WhatsApp that is played here. What it
// takes from the rest of its package is its log, its events and a pause; the rest needs a browser and stays out. Surveys
// are left out: it looks for their link in a message's content, where Chatwoot has not had it since its version 4.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { accountId, api, base, contact, each, end, eventually, load, Receiver, shape, step, token } from "./check.mjs";

const bridgePath = load.resolve("@open-wa/wa-automate/dist/cli/integrations/chatwoot.js");
const events = new EventEmitter();
const complaints = [];
const own = {
  log: { info() {}, error: (...all) => complaints.push(all.join(" ")) },
  ev: { waitFor: (name) => once(events, name) },
  // It pauses before it looks for a greeting; here it looks as soon as the webhook has brought one.
  timeout: () => eventually(() => whatsapp.sent.length > 0, () => "no greeting came by the webhook"),
};
for (const name of ["../../index.js", "../../utils/tools.js"]) {
  const path = new URL(name, "file://" + bridgePath).pathname;
  load.cache[path] = { id: path, filename: path, loaded: true, exports: own };
}
// It writes to the console what it is not content with.
console.error = (...all) => complaints.push(all.join(" "));

const desk = load("axios").create({ baseURL: base + api, headers: { api_access_token: token } });
const FormData = load("form-data");
const host = "393330001111";
const key = "k-1";

// WhatsApp is the bridge's other side: it keeps what was sent and lets messages come in.
class WhatsApp {
  sent = [];
  known = {};
  getHostNumber = async () => host;
  getSessionId = () => "session";
  getInstanceId = () => "instance-1";
  onMessage = async (take) => void (this.take = take);
  onAck = async (take) => void (this.ack = take);
  getMessageById = async (id) => this.known[id];
  decryptMedia = async ({ media }) => media;
  #send = (kind) => async (...what) => `true_${this.sent.push({ kind, what })}`;
  sendText = this.#send("text");
  sendImage = this.#send("file");
  sendLocation = this.#send("location");
  sendLinkWithAutoPreview = this.#send("link");
}

let whatsapp, bridge, middleware;
const hooks = await Receiver.listen(async (request, answer) => {
  const { pathname, searchParams } = new URL(request.url, base);
  assert.equal(searchParams.get("api_key"), key);
  if (pathname === "/chatwoot/checkWebhook") {
    events.emit(bridge.chatwoot_webhook_check_event_name, request.body);
    return answer.end("{}");
  }
  await middleware(request, { status: (code) => ({ send: (what) => answer.writeHead(code).end(JSON.stringify(what ?? null)) }) });
  answers.push({ event: request.body.event, status: answer.statusCode });
});
const answers = [];

// start is the bridge's start: it remembers nothing of a run before.
async function start(path, more = {}) {
  delete load.cache[bridgePath];
  bridge = load(bridgePath);
  whatsapp = new WhatsApp();
  const config = { chatwootUrl: base + path, chatwootApiAccessToken: token, host: "127.0.0.1", port: new URL(hooks.url).port, key, ...more };
  middleware = bridge.chatwootMiddleware(config, whatsapp);
  await bridge.setupChatwootOutgoingMessageHandler(config, whatsapp);
}

// quiet expects the bridge to have complained about nothing, but for its own slip over somebody without a conversation.
function quiet() {
  assert.deepEqual(complaints.filter((c) => !c.includes("reading 'id'")), []);
  complaints.length = 0;
}

const inboxes = async () => (await desk.get("/inboxes")).data.payload;
const messages = async () => (await desk.get(`/conversations/${thread.id}/messages`)).data.payload;
const chat = (number) => ({ chatId: number + "@c.us", chat: { contact: { id: number + "@c.us", formattedName: "Bo", profilePicThumbObj: { eurl: "http://127.0.0.1:1/b.jpg" }, labels: ["a"], isMyContact: false, verifiedLevel: null } } });
const from = chat("393335557777");
let inbox, thread;

await step("the first start makes an inbox, and the webhook is tried", async () => {
  // The token says which account; other inboxes, with and without attributes, are passed over.
  await desk.post("/inboxes", { name: "Other", channel: { type: "api", webhook_url: "", additional_attributes: { hostAccountNumber: "1" } } });
  await start("/api/v1");
  quiet();
  inbox = (await inboxes()).find((i) => i.name === "open-wa-" + host);
  assert.deepEqual(inbox.additional_attributes, { sessionId: "session", hostAccountNumber: host, instanceId: "instance-1" });
  assert.equal(inbox.webhook_url, `${hooks.url}/chatwoot?api_key=${key}`, "the update without an address keeps it");
  assert.ok(hooks.bodies.some((b) => b.checkCode));
});

await step("the next start finds the inbox, by its attributes or by its number, and can move the webhook", async () => {
  await start("/api/v1/accounts/" + accountId);
  await start(`/app/accounts/${accountId}/inbox/${inbox.id}`);
  assert.equal((await inboxes()).length, 2);
  await desk.patch("/inboxes/" + inbox.id, { greeting_enabled: true, greeting_message: "Be right with you", channel: { webhook_url: hooks.url + "/elsewhere/chatwoot" } });
  await start(`/api/v1/accounts/${accountId}/inboxes/${inbox.id}`, { forceUpdateCwWebhook: true });
  assert.equal((await inboxes()).find((i) => i.id === inbox.id).webhook_url, `${hooks.url}/chatwoot?api_key=${key}`);
  quiet();
});

await step("the first message makes a contact and a conversation, and the greeting goes back", async () => {
  const raw = { id: "false_393335557777@c.us_3EB0", type: "chat", body: "Hi", fromMe: false, t: 1700000000, list: [1, 2.5, null, "x"], "dotted.key": true, deep: { a: { b: { c: "ü" } } }, ...from };
  await whatsapp.take(raw);
  quiet();
  const customer = (await desk.get("/contacts/search", { params: { q: "393335557777" } })).data.payload[0];
  shape(customer, contact);
  assert.deepEqual([customer.identifier, customer.phone_number, customer.name, customer.custom_attributes["wa:number"]], ["393335557777@c.us", "+393335557777", "Bo", "393335557777"]);
  const [had] = (await desk.get(`/contacts/${customer.id}/conversations`)).data.payload;
  thread = had;
  assert.equal(thread.inbox_id, inbox.id);
  const [said] = await messages();
  assert.deepEqual([said.content, said.message_type, said.source_id], ["Hi", 0, raw.id]);
  assert.deepEqual(said.content_attributes, raw, "everything that it knows of a message is kept");
  // It sends what the webhook brought, and again what it finds by looking.
  await eventually(() => whatsapp.sent.length === 2, () => `sent were ${JSON.stringify(whatsapp.sent)}`);
  for (const sent of whatsapp.sent) assert.deepEqual(sent, { kind: "text", what: [from.chatId, "Be right with you"] });
});

await step("files and places come in", async () => {
  const media = "data:image/gif;base64," + Buffer.from("GIF89a").toString("base64");
  await whatsapp.take({ id: "m-2", type: "image", mimetype: "image/gif", t: 1700000001, text: "", media, ...from });
  await whatsapp.take({ id: "m-3", type: "location", loc: "Home", lat: "45.1", lng: "9.2", ...from });
  quiet();
  const [image, place] = (await messages()).slice(-2);
  assert.equal(image.attachments[0].file_type, "image");
  assert.ok(image.attachments[0].data_url.endsWith("/1700000001.gif"));
  assert.match(place.content, /^Location Message:\n\nHome/);
});

await step("an agent's replies go out once: text, link, place, files; notes and what came from there do not", async () => {
  const before = whatsapp.sent.length;
  const post = (data, more) => desk.post(`/conversations/${thread.id}/messages`, data, more);
  await post({ content: "for us", private: true });
  await post({ content: "Here you are" });
  await post({ content: "See https://example.com/a?b=1 please" });
  await post({ content: "@45.1,9.2 The shop" });
  const form = new FormData();
  form.append("content", "Two files");
  form.append("attachments[]", Buffer.from("a,b"), { filename: "list.csv", contentType: "text/csv" });
  form.append("attachments[]", Buffer.from("%PDF-1.4"), { filename: "slip.pdf", contentType: "application/pdf" });
  await post(form, { headers: form.getHeaders() });
  const sent = () => whatsapp.sent.slice(before);
  await eventually(() => sent().length >= 5, () => `sent were ${JSON.stringify(sent())}`);
  const to = from.chatId;
  const [text, link, place, list, slip] = sent();
  assert.deepEqual(text, { kind: "text", what: [to, "Here you are"] });
  assert.deepEqual(link, { kind: "link", what: [to, "https://example.com/a?b=1", "See https://example.com/a?b=1 please"] });
  assert.deepEqual(place, { kind: "location", what: [to, "@45.1", "9.2", "The shop"] });
  assert.deepEqual([list.what[2], list.what[3]], ["list.csv", "Two files"]);
  assert.deepEqual([slip.what[2], slip.what[3]], ["slip.pdf", ""]);
  assert.equal((await load("axios").get(list.what[1])).data, "a,b");

  // The host writes on the telephone: it comes in as a reply, and its webhook sends nothing.
  whatsapp.known["own-1"] = { id: "own-1", type: "chat", body: "From my telephone", fromMe: true, ...from };
  await whatsapp.ack({ id: "own-1", ack: 1, isNewMsg: true, self: "in" });
  const own = (await messages()).at(-1);
  assert.deepEqual([own.content, own.message_type, own.source_id], ["From my telephone", 1, "own-1"]);
  await hooks.wait("the reply from the telephone", (b) => b.event === "message_created" && b.id === own.id);
  assert.equal(sent().length, 5);
  quiet();
});

await step("after a start, a resolved conversation is taken up again", async () => {
  await desk.post(`/conversations/${thread.id}/toggle_status`, { status: "resolved" });
  await start("/api/v1/accounts/" + accountId);
  await whatsapp.take({ id: "m-4", type: "chat", body: "One more thing", fromMe: false, ...from });
  quiet();
  const got = (await desk.get("/conversations/" + thread.id)).data;
  assert.equal(got.status, "open");
  assert.equal(got.last_non_activity_message.content, "One more thing");
  assert.deepEqual(whatsapp.sent, []);
});

await step("the bridge answered every webhook with content", () => {
  each(answers, { event: "text", status: "int" });
  assert.deepEqual(answers.filter((a) => a.status !== 200), []);
});

end(hooks);
