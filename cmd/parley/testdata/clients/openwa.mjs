// The calls of @open-wa/wa-automate's bridge, with axios as it makes them: JSON with the underscored header.
import assert from "node:assert/strict";
import { api, base, contact, end, load, message, Receiver, shape, step, token } from "./check.mjs";

const axios = load("axios");
const FormData = load("form-data");
const desk = axios.create({ baseURL: base + api, headers: { api_access_token: token } });
const hooks = await Receiver.listen();
const host = "393330001111";
let inbox, customer, thread;

const mine = async () => (await desk.get("/inboxes")).data.payload.find((i) => i.additional_attributes?.hostAccountNumber === host);

await step("the inbox is known by its attributes", async () => {
  // Somebody's other inboxes, with and without attributes, are passed over.
  await desk.post("/inboxes", { name: "Other", channel: { type: "api", webhook_url: "" } });
  assert.equal(await mine(), undefined);
  const channel = { type: "api", phone_number: host, webhook_url: hooks.url + "/chatwoot", additional_attributes: { sessionId: "s", hostAccountNumber: host, instanceId: "i" } };
  const made = (await desk.post("/inboxes", { name: "open-wa-s", channel })).data;
  inbox = await mine();
  assert.equal(inbox.id, made.id);
  await desk.patch(`/inboxes/${inbox.id}`, { channel: { additional_attributes: { ...inbox.additional_attributes, instanceId: "j" } } });
  inbox = await mine();
  assert.equal(inbox.additional_attributes.instanceId, "j");
  assert.equal(inbox.webhook_url, hooks.url + "/chatwoot", "the address is kept");
  await desk.patch(`/inboxes/${inbox.id}`, { channel: { webhook_url: hooks.url + "/moved" } });
  assert.equal((await mine()).additional_attributes?.hostAccountNumber, host, "the attributes are kept");
});

await step("a contact is looked for by digits, or made without an inbox", async () => {
  const number = "393335557777";
  const search = async () => (await desk.get("/contacts/search", { params: { q: number, sort: "phone_number" } })).data.payload;
  assert.deepEqual(await search(), []);
  const made = await desk.post("/contacts", { identifier: number + "@c.us", name: "Bo", phone_number: "+" + number, avatar_url: "http://127.0.0.1:1/b.jpg", custom_attributes: { "wa:number": number, tags: ["a"] } });
  customer = shape(made.data.payload.contact, contact);
  assert.equal((await search()).find((c) => (c.phone_number || "").includes(number)).id, customer.id);
});

await step("a conversation", async () => {
  assert.deepEqual((await desk.get(`/contacts/${customer.id}/conversations`)).data.payload, []);
  thread = (await desk.post("/conversations", { contact_id: customer.id, inbox_id: String(inbox.id) })).data;
  const [had] = (await desk.get(`/contacts/${customer.id}/conversations`)).data.payload;
  assert.deepEqual([had.id, had.inbox_id], [thread.id, inbox.id]);
});

await step("messages by JSON and by form", async () => {
  const raw = { id: { id: "3EB0", fromMe: false, remote: { user: "39", server: "c.us" } }, list: [1, 2.5, null, "x"], "dotted.key": true, deep: { a: { b: { c: "ü" } } } };
  const said = shape((await desk.post(`/conversations/${thread.id}/messages`, { content: "Hi", message_type: "incoming", private: false, echo_id: "e-1", source_id: "wa-1", content_attributes: raw })).data, message);
  assert.deepEqual(said.content_attributes, raw);
  assert.deepEqual([said.echo_id, said.source_id], ["e-1", "wa-1"]);
  const form = new FormData();
  form.append("attachments[]", Buffer.from("GIF89a"), { filename: "a b+c.gif", contentType: "image/gif" });
  form.append("content", "");
  form.append("message_type", "incoming");
  const sent = (await desk.post(`/conversations/${thread.id}/messages`, form, { headers: form.getHeaders() })).data;
  shape(sent, message);
  assert.equal(sent.attachments.length, 1);
});

await step("an agent's reply by webhook", async () => {
  const form = new FormData();
  form.append("content", "Here you are");
  form.append("attachments[]", Buffer.from("a,b"), { filename: "list.csv", contentType: "text/csv" });
  const reply = (await desk.post(`/conversations/${thread.id}/messages`, form, { headers: form.getHeaders() })).data;
  const hook = await hooks.wait("the reply", (b) => b.event === "message_created" && b.id === reply.id);
  assert.deepEqual([hook.message_type, hook.private, hook.conversation.id, hook.source_id], ["outgoing", false, thread.id, null]);
  assert.equal(hook._path, "/moved");
  assert.equal(hook.conversation.meta.sender.phone_number, "+393335557777");
  const [inside] = hook.conversation.messages;
  assert.equal(inside.content, "Here you are");
  const url = inside.attachments[0].data_url;
  assert.equal(url.substring(url.lastIndexOf("/") + 1), "list.csv");
  assert.equal((await axios.get(url)).data, "a,b");
  const came = await hooks.wait("the question", (b) => b.event === "message_created" && b.source_id === "wa-1");
  assert.equal(came.message_type, "incoming");
  const note = (await desk.post(`/conversations/${thread.id}/messages`, { content: "for us", private: true })).data;
  assert.equal((await hooks.wait("the note", (b) => b.event === "message_created" && b.id === note.id)).private, true);
});

end(hooks);
