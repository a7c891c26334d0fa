// The calls of a WhatsApp bridge in the order in which Evolution API makes them, through @figuro/chatwoot-sdk, its
// exported request() and, for media, axios with a form and one header.
import assert from "node:assert/strict";
import { accountId, api, base, contact, conversation, each, end, eventMessage, load, message, Receiver, shape, step, token } from "./check.mjs";

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

// findContact asks as the bridge does: the number without its plus, two spellings in Brazil, groups by a search.
async function findContact(number) {
  if (number.endsWith("@g.us")) {
    const found = await sdk.contacts.search({ accountId, q: number });
    return found.payload.find((c) => c.identifier === number);
  }
  const spellings = /^55\d{2}9\d{8}$/.test(number) ? [number, number.slice(0, 4) + number.slice(5)] : [number];
  const payload = spellings.map((values, i) => ({ attribute_key: "phone_number", filter_operator: "equal_to", values: [values], query_operator: i < spellings.length - 1 ? "OR" : null }));
  const found = await request(config, { method: "POST", url: api + "/contacts/filter", body: { payload } });
  assert.ok(Array.isArray(found.payload), "payload is no list");
  return found.payload[0];
}

await step("a contact that is not there is made, then found", async () => {
  assert.equal(await findContact("393331234567"), undefined);
  assert.equal(await findContact("120363@g.us"), undefined);
  const data = { inbox_id: inbox.id, name: "Ada", phone_number: "+393331234567", identifier: jid, avatar_url: "http://127.0.0.1:1/picture.jpg" };
  customer = shape((await sdk.contacts.create({ accountId, data })).payload.contact, contact);
  assert.equal((await findContact("393331234567")).id, customer.id);
  const old = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Rui", phone_number: "+551187654321", identifier: "551187654321@s.whatsapp.net" } })).payload.contact;
  assert.equal((await findContact("5511987654321")).id, old.id, "the other spelling");
  const group = (await sdk.contacts.create({ accountId, data: { inbox_id: inbox.id, name: "Family (GROUP)", identifier: "120363@g.us" } })).payload.contact;
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
  await axios.post(base + url);
  assert.ok((await sdk.conversations.get({ accountId, conversationId: thread })).contact_last_seen_at > 0);
});

await step("a message taken back", async () => {
  await sdk.messages.delete({ accountId, conversationId: thread, messageId: answer.id });
  const hook = await hooks.wait("the deletion", (b) => b.event === "message_updated" && b.id === answer.id && b.content_attributes?.deleted);
  assert.equal(hook.conversation.id, thread);
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
