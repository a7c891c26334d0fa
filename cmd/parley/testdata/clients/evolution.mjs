// The calls of a WhatsApp bridge in the order in which Evolution API makes them, through @figuro/chatwoot-sdk, its
// exported request() and, for media, axios with a form and one header.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { accountId, api, base, contact, conversation, each, end, eventMessage, eventually, load, message, Receiver, refused, shape, step, token } from "./check.mjs";

const { default: Client } = load("@figuro/chatwoot-sdk");
const { request } = load("@figuro/chatwoot-sdk/dist/core/request");
const axios = load("axios");
const FormData = load("form-data");
const config = { basePath: base, with_credentials: true, credentials: "include", token };
const sdk = new Client({ config });
const hooks = await Receiver.listen();
const jid = "393331234567@s.whatsapp.net";
// voice is how a voice note of WhatsApp begins.
const voice = Buffer.concat([Buffer.from("OggS\0\x02"), Buffer.alloc(20), Buffer.from("\x01\x13OpusHead\x01\x01"), Buffer.alloc(9)]);
let inbox, customer, thread, question, answer;

async function findInbox() {
  const listed = await sdk.inboxes.list({ accountId });
  return listed.payload.find((i) => i.name === "WhatsApp");
}

await step("the inbox is made once and then found by its name", async () => {
  assert.equal(await findInbox(), undefined);
  const made = await sdk.inboxes.create({ accountId, data: { name: "WhatsApp", channel: { type: "api", webhook_url: hooks.url + "/chatwoot/webhook/main" } } });
  inbox = await findInbox();
  assert.equal(inbox.id, made.id);
});

// spellings are the ways to write a number in Brazil, with the ninth digit and without.
function spellings(number) {
  if (/^55\d{11}$/.test(number)) return [number, number.slice(0, 4) + number.slice(5)];
  if (/^55\d{10}$/.test(number)) return [number, number.slice(0, 4) + "9" + number.slice(4)];
  return [number];
}

// findContact asks as the bridge does: the number without its plus, all spellings at once, groups by a search. Two that
// are one it merges.
async function findContact(number) {
  if (number.includes("@g.us")) {
    const found = await sdk.contacts.search({ accountId, q: number });
    return found.payload.find((c) => c.identifier === number);
  }
  const all = spellings(number);
  const payload = all.map((value, i) => ({ attribute_key: "phone_number", filter_operator: "equal_to", values: [value], query_operator: i < all.length - 1 ? "OR" : null }));
  const found = await request(config, { method: "POST", url: api + "/contacts/filter", body: { payload } });
  assert.ok(Array.isArray(found.payload), "payload is no list");
  if (found.payload.length < 2) return found.payload[0];
  const ids = { base_contact_id: found.payload.find((c) => c.phone_number.length === 14).id, mergee_contact_id: found.payload.find((c) => c.phone_number.length === 13).id };
  return request(config, { method: "POST", url: api + "/actions/contact_merge", body: ids });
}

await step("the bridge's own contact takes orders and shows the code to scan", async () => {
  assert.equal(await findContact("123456"), undefined);
  const data = { inbox_id: inbox.id, name: "EvolutionAPI", identifier: undefined, avatar_url: "http://127.0.0.1:1/favicon.png", phone_number: "+123456" };
  const made = await sdk.contacts.create({ accountId, data });
  const bot = await findContact("123456");
  assert.equal(made.payload.contact.id, bot.id);
  const order = await sdk.conversations.create({ accountId, data: { contact_id: String(bot.id), inbox_id: String(inbox.id) } });
  const init = await sdk.messages.create({ accountId, conversationId: order.id, data: { content: "init:393330001111", message_type: "outgoing" } });
  const hook = await hooks.wait("the order", (b) => b.event === "message_created" && b.id === init.id);
  assert.deepEqual([hook.message_type, hook.content, hook.inbox.name], ["outgoing", "init:393330001111", "WhatsApp"]);
  assert.equal(hook.conversation.meta.sender.identifier, null);
  assert.equal(hook.conversation.meta.sender.phone_number.replace("+", ""), "123456");

  const open = (await sdk.contacts.listConversations({ accountId, id: bot.id })).payload.find((c) => c.inbox_id === inbox.id && c.status === "open");
  assert.equal(open.id, order.id);
  await sdk.messages.create({ accountId, conversationId: open.id, data: { content: "Scan this", message_type: "incoming", attachments: undefined } });
  const form = new FormData();
  form.append("content", "The code");
  form.append("message_type", "incoming");
  form.append("attachments[]", Readable.from([Buffer.from("\x89PNG\r\n\x1a\n", "latin1")]), { filename: "main.png" });
  const { data: shown } = await axios.request({ method: "post", maxBodyLength: Infinity, url: `${base}${api}/conversations/${open.id}/messages`, headers: { api_access_token: token, ...form.getHeaders() }, data: form });
  assert.equal(shown.attachments[0].file_type, "image");
});

await step("a contact that is not there is made, then found", async () => {
  assert.equal(await findContact("393331234567"), undefined);
  assert.equal(await findContact("120363@g.us"), undefined);
  const data = { inbox_id: inbox.id, name: "Ada", phone_number: "+393331234567", identifier: jid, avatar_url: "http://127.0.0.1:1/picture.jpg" };
  customer = shape((await sdk.contacts.create({ accountId, data })).payload.contact, contact);
  assert.equal((await findContact("393331234567")).id, customer.id);
  // An address that is no picture is forgotten, and so is none.
  for (const more of [{ avatar: null }, { avatar_url: null }, { name: "Ada" }]) await sdk.contacts.update({ accountId, id: customer.id, data: more });
  const old = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Rui", phone_number: "+551187654321", identifier: "551187654321@s.whatsapp.net" } })).payload.contact;
  assert.equal((await findContact("5511987654321")).id, old.id, "the other spelling");
  const fresh = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Rui", phone_number: "+5511987654321", identifier: "5511987654321@s.whatsapp.net" } })).payload.contact;
  assert.equal((await findContact("551187654321")).id, fresh.id, "two that are one become one");
  assert.equal((await findContact("5511987654321")).id, fresh.id);
  const group = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Family (GROUP)", identifier: "120363@g.us", avatar_url: null } })).payload.contact;
  assert.equal((await findContact("120363@g.us")).id, group.id);
  await sdk.contacts.update({ accountId, id: customer.id, data: { name: "Ada Marsh", avatar_url: "http://127.0.0.1:1/other.jpg" } });
});

// findConversation reuses one that is not resolved, reopens one that is, or opens one with ids as text.
async function findConversation() {
  const had = await sdk.contacts.listConversations({ accountId, id: customer.id });
  each(had.payload, { id: "int", inbox_id: "int", status: "text" }, "payload");
  const mine = had.payload.find((c) => c.inbox_id === inbox.id);
  if (mine && mine.status !== "resolved") return mine.id;
  if (mine) {
    const { payload } = await sdk.conversations.toggleStatus({ accountId, conversationId: mine.id, data: { status: "pending" } });
    assert.equal(payload.current_status, "pending");
    return mine.id;
  }
  const made = shape(await sdk.conversations.create({ accountId, data: { contact_id: String(customer.id), inbox_id: String(inbox.id), status: "pending" } }), conversation);
  assert.equal(made.status, "pending");
  return made.id;
}

await step("a picture that is known is not sent again", async () => {
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  const pictures = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "image/png" }).end(png));
  await new Promise((resolve) => pictures.listen(0, "127.0.0.1", resolve));
  const avatar_url = `http://127.0.0.1:${pictures.address().port}/v/t61/4711_n.jpg?ccb=11-4&oh=x`;
  await sdk.contacts.update({ accountId, id: customer.id, data: { avatar_url } });
  const stored = await eventually(async () => {
    const { thumbnail } = (await sdk.contacts.get({ accountId, id: customer.id })).payload;
    return thumbnail.startsWith(base) && thumbnail;
  }, () => "the picture was not fetched");
  pictures.close();
  const name = (url) => url.split("#")[0].split("?")[0].split("/").pop();
  assert.equal(name(stored), name(avatar_url));
  assert.equal((await axios.get(stored)).status, 200);
});

await step("a conversation is opened, found again, and taken up when it was resolved", async () => {
  thread = await findConversation();
  assert.equal(await findConversation(), thread);
  await sdk.conversations.toggleStatus({ accountId, conversationId: thread, data: { status: "resolved" } });
  assert.equal(await findConversation(), thread);
  assert.equal((await sdk.conversations.get({ accountId, conversationId: thread })).status, "pending");
});

await step("texts go both ways, each with its id in WhatsApp", async () => {
  const post = (data) => sdk.messages.create({ accountId, conversationId: thread, data });
  question = shape(await post({ content: "Where is my parcel?", message_type: "incoming", private: false, source_id: "WAID:3EB0A1", content_attributes: {} }), message);
  assert.equal(question.source_id, "WAID:3EB0A1");
  const data = { content: "On its way", message_type: "outgoing", private: false, source_id: "WAID:3EB0A2", source_reply_id: "3EB0A1", content_attributes: { in_reply_to: question.id, in_reply_to_external_id: "WAID:3EB0A1" } };
  answer = shape(await post(data), message);
  assert.equal(answer.content_attributes.in_reply_to, question.id);
  assert.equal(answer.content_attributes.in_reply_to_external_id, "WAID:3EB0A1");
  // No reply, nothing attached: as the bridge sends it.
  const plain = shape(await post({ content: "Hm", message_type: "incoming", attachments: [], private: false, source_id: "WAID:3EB0A5", content_attributes: { in_reply_to: null, in_reply_to_external_id: null }, source_reply_id: null }), message);
  // An edit has the id of what it edits, and a reaction is a reply.
  for (const content of ["Hmm\n\n_`edited.`_", "👍"]) {
    const again = await post({ content, message_type: "incoming", attachments: [], private: false, source_id: "WAID:3EB0A5", content_attributes: { in_reply_to: plain.id, in_reply_to_external_id: "3EB0A5" }, source_reply_id: null });
    assert.notEqual(again.id, plain.id);
    assert.deepEqual([again.content, again.content_attributes.in_reply_to], [content, plain.id]);
  }
  const failed = await post({ content: "🚨 not sent", message_type: "outgoing", private: true });
  assert.equal(failed.private, true);
  const byText = await post({ content: "Which one?", message_type: "incoming", private: false, source_id: "WAID:3EB0A3", content_attributes: { in_reply_to_external_id: "WAID:3EB0A2" } });
  assert.equal(byText.content_attributes.in_reply_to, answer.id);
});

await step("media go by a form with one header", async () => {
  const form = new FormData();
  form.append("content", "**Ada:** _see_");
  form.append("message_type", "incoming");
  form.append("private", "false");
  form.append("attachments[]", voice, { filename: "voice.ogg", contentType: "audio/ogg" });
  form.append("source_id", "WAID:3EB0A4");
  form.append("content_attributes", JSON.stringify({ in_reply_to: question.id, in_reply_to_external_id: "WAID:3EB0A1" }));
  form.append("source_reply_id", "7");
  const { data, status } = await axios.post(`${base}${api}/conversations/${thread}/messages`, form, { headers: { api_access_token: token, ...form.getHeaders() } });
  assert.equal(status, 200);
  shape(data, message);
  assert.deepEqual([data.message_type, data.source_id, data.private, data.content_attributes.in_reply_to], [0, "WAID:3EB0A4", false, question.id]);
  assert.equal(data.attachments.length, 1);
  assert.equal(data.attachments[0].file_type, "audio");
  const file = await axios.get(data.attachments[0].data_url, { responseType: "arraybuffer" });
  assert.deepEqual(Buffer.from(file.data), voice);
});

await step("what an agent writes reaches the bridge, once", async () => {
  const hook = await hooks.wait("the answer", (b) => b.event === "message_created" && b.id === answer.id);
  shape(hook, { id: "int", content: "text", private: "bool", message_type: "text", content_attributes: "object", inbox: { id: "int" }, account: { id: "int" }, sender: { id: "int", name: "text" } });
  assert.deepEqual([hook.message_type, hook.inbox.id, hook.conversation.id, hook.source_id], ["outgoing", inbox.id, thread, "WAID:3EB0A2"]);
  shape(hook.conversation, { id: "int", contact_inbox: { source_id: "text" }, meta: { sender: { identifier: "text", phone_number: "text" } } });
  assert.equal(hook.conversation.meta.sender.identifier, jid);
  assert.equal(hook.conversation.meta.sender.phone_number, "+393331234567");
  const [inside] = hook.conversation.messages;
  shape(inside, { ...eventMessage, sender: { id: "int", available_name: "text" } }, "messages[0]");
  assert.equal(inside.id, hook.id, "the message within is the message itself");
  assert.equal(inside.source_id, "WAID:3EB0A2");

  const withFile = new FormData();
  withFile.append("content", "The slip");
  withFile.append("attachments[]", Buffer.from("%PDF-1.4"), { filename: "slip 1.pdf", contentType: "application/pdf" });
  const { data } = await axios.post(`${base}${api}/conversations/${thread}/messages`, withFile, { headers: { api_access_token: token, ...withFile.getHeaders() } });
  const file = await hooks.wait("the file", (b) => b.event === "message_created" && b.id === data.id);
  const url = file.conversation.messages[0].attachments[0].data_url;
  assert.equal(url, data.attachments[0].data_url);
  assert.equal(decodeURIComponent(url.split("/").pop()), "slip 1.pdf");
  assert.equal(hooks.bodies.filter((b) => b.event === "message_created" && b.id === answer.id).length, 1);
});

await step("read receipts", async () => {
  const got = await sdk.conversations.get({ accountId, conversationId: thread });
  const source = got.last_non_activity_message.conversation.contact_inbox.source_id;
  const url = `/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts/${source}/conversations/${thread}/update_last_seen`;
  await request(config, { method: "POST", url });
  assert.ok((await sdk.conversations.get({ accountId, conversationId: thread })).contact_last_seen_at > 0);
});

await step("a message taken back", async () => {
  await sdk.messages.delete({ accountId, conversationId: thread, messageId: answer.id });
  const hook = await hooks.wait("the deletion", (b) => b.event === "message_updated" && b.id === answer.id && b.content_attributes?.deleted);
  assert.equal(hook.conversation.id, thread);
});

await step("a group's messages name who wrote", async () => {
  const group = await findContact("120363@g.us");
  const made = await sdk.conversations.create({ accountId, data: { contact_id: String(group.id), inbox_id: String(inbox.id), status: "pending" } });
  const said = await sdk.messages.create({ accountId, conversationId: made.id, data: { content: "**Bo**\n\nHi all", message_type: "incoming", attachments: [], private: false, source_id: "WAID:G1", content_attributes: {}, source_reply_id: null } });
  const hook = await hooks.wait("the group's message", (b) => b.event === "message_created" && b.id === said.id);
  assert.deepEqual([hook.conversation.meta.sender.identifier, hook.conversation.meta.sender.phone_number], ["120363@g.us", null]);
});

await step("what Parley says itself goes out as a template", async () => {
  await request(config, { method: "PATCH", url: `${api}/inboxes/${inbox.id}`, body: { greeting_enabled: true, greeting_message: "Be right with you" }, mediaType: "application/json" });
  const made = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Cy", phone_number: "+393339990000", identifier: "393339990000@s.whatsapp.net" } })).payload.contact;
  const talk = await sdk.conversations.create({ accountId, data: { contact_id: String(made.id), inbox_id: String(inbox.id) } });
  await sdk.messages.create({ accountId, conversationId: talk.id, data: { content: "Hello", message_type: "incoming", source_id: "WAID:C1" } });
  const hook = await hooks.wait("the greeting", (b) => b.event === "message_created" && b.message_type === "template" && b.conversation.id === talk.id);
  assert.equal(hook.content, "Be right with you");
});

await step("a conversation that is gone is refused, so that the bridge opens another", async () => {
  await request(config, { method: "DELETE", url: `${api}/conversations/${(await sdk.conversations.list({ accountId, status: "all" })).data.payload.find((c) => c.meta.sender.name === "Cy").id}` });
  const left = await eventually(async () => (await sdk.conversations.list({ accountId, status: "all" })).data.payload.every((c) => c.meta.sender.name !== "Cy"), () => "it is still there");
  assert.ok(left);
  await refused(sdk.conversations.get({ accountId, conversationId: 987654 }), 404);
});

await step("two contacts become one", async () => {
  const twin = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Ada again", identifier: "998877@lid" } })).payload.contact;
  await request(config, { method: "POST", url: api + "/actions/contact_merge", body: { base_contact_id: customer.id, mergee_contact_id: twin.id }, mediaType: "application/json" });
  assert.deepEqual((await sdk.contacts.search({ accountId, q: "998877@lid" })).payload, []);
  assert.equal((await findContact("393331234567")).id, customer.id);
});

await step("resolving tells whose conversation it was", async () => {
  await sdk.conversations.toggleStatus({ accountId, conversationId: thread, data: { status: "resolved" } });
  const hook = await hooks.wait("the end", (b) => b.event === "conversation_status_changed" && b.status === "resolved" && b.meta.sender.identifier === jid);
  assert.equal(hook.id, thread);
});

end(hooks);
