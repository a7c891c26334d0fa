// Rails' own client of ActionCable, as Chatwoot's dashboard, widget and mobile app use it: an agent and a contact listen
// to RoomChannel while the agent answers by the API.
import assert from "node:assert/strict";
import { base, accountId, api, each, end, eventMessage, eventually, load, message, refused, shape, step, token } from "./check.mjs";

const WebSocket = load("ws");
const axios = load("axios");
const cable = load("@rails/actioncable");
// The client is written for browsers: it asks the page whether it is in sight before it connects anew.
Object.assign(cable.adapters, { WebSocket });
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
globalThis.document ??= { visibilityState: "visible" };

const desk = axios.create({ baseURL: base + api, headers: { api_access_token: token } });
const address = base.replace(/^http/, "ws") + "/cable";

// Listener subscribes as BaseActionCableConnector does, and keeps what it hears.
class Listener {
  heard = [];
  connected = 0;
  rejected = false;

  constructor(params) {
    const own = this;
    this.consumer = cable.createConsumer(address);
    this.subscription = this.consumer.subscriptions.create({ channel: "RoomChannel", ...params }, {
      connected() { own.connected++; },
      rejected() { own.rejected = true; },
      received(said) { own.heard.push(said); },
      updatePresence() { this.perform("update_presence"); },
    });
  }

  of(event) {
    return this.heard.filter((e) => e.event === event).map((e) => e.data);
  }

  async first(event, is = () => true) {
    return eventually(() => this.of(event).find(is), () => `${event} did not come, but ${this.heard.map((e) => e.event)}`);
  }

  async open() {
    await eventually(() => this.connected, () => "the subscription was not confirmed");
    return this;
  }
}

let me, inbox, guest, thread, agent, contact;
const publicPath = () => `${base}/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts/${guest.source_id}`;

await step("who listens learns their tokens from the API", async () => {
  me = (await axios.get(base + "/api/v1/profile", { headers: { api_access_token: token } })).data;
  assert.match(me.pubsub_token, /^\w{20,}$/);
  inbox = (await desk.post("/inboxes", { name: "Site", channel: { type: "api" } })).data;
  guest = (await axios.post(`${base}/public/api/v1/inboxes/${inbox.inbox_identifier}/contacts`, { name: "Ada" })).data;
  thread = (await axios.post(publicPath() + "/conversations", {})).data;
  assert.match(guest.pubsub_token, /^\w{20,}$/);
});

await step("an agent and a contact connect, and a stranger is rejected", async () => {
  agent = await new Listener({ pubsub_token: me.pubsub_token, account_id: accountId, user_id: me.id }).open();
  contact = await new Listener({ pubsub_token: guest.pubsub_token }).open();
  const stranger = new Listener({ pubsub_token: guest.pubsub_token, account_id: accountId, user_id: me.id });
  await eventually(() => stranger.rejected, () => "the stranger was not rejected");
  stranger.consumer.disconnect();
});

await step("an answer by the API arrives at both", async () => {
  const sent = (await desk.post(`/conversations/${thread.id}/messages`, { content: "Hello Ada", echo_id: "tmp-1" })).data;
  for (const listener of [agent, contact]) {
    const got = shape(await listener.first("message.created", (m) => m.id === sent.id), { ...message, ...eventMessage });
    assert.deepEqual([got.content, got.account_id, got.conversation_id, got.echo_id], ["Hello Ada", accountId, thread.id, "tmp-1"]);
    assert.equal(got.sender.id, me.id);
  }
});

await step("what the contact writes arrives as well", async () => {
  const said = (await axios.post(`${publicPath()}/conversations/${thread.id}/messages`, { content: "Hello desk" })).data;
  const got = await agent.first("message.created", (m) => m.id === said.id);
  assert.deepEqual([got.message_type, got.sender_type, got.sender.name], [0, "Contact", "Ada"]);
  await contact.first("message.created", (m) => m.id === said.id);
});

await step("a private note arrives at the agent alone, and typing at the other side", async () => {
  const note = (await desk.post(`/conversations/${thread.id}/messages`, { content: "a secret", private: true })).data;
  await agent.first("message.created", (m) => m.id === note.id);
  await desk.post(`/conversations/${thread.id}/toggle_typing_status`, { typing_status: "on", is_private: true });
  await desk.post(`/conversations/${thread.id}/toggle_typing_status`, { typing_status: "on" });
  const typing = await contact.first("conversation.typing_on");
  assert.deepEqual([typing.conversation.id, typing.user.id, typing.is_private, typing.account_id], [thread.id, me.id, false, accountId]);
  assert.equal(contact.of("conversation.typing_on").length, 1);
  await axios.post(`${publicPath()}/conversations/${thread.id}/toggle_typing`, { typing_status: "on" });
  assert.equal((await agent.first("conversation.typing_on")).user.name, "Ada");
  await desk.post(`/conversations/${thread.id}/toggle_status`, { status: "resolved" });
  assert.equal((await contact.first("conversation.status_changed")).status, "resolved");
  assert.ok(!JSON.stringify(contact.heard).includes("a secret"), "the contact heard the note");
  assert.ok(contact.of("message.created").every((m) => m.message_type !== 2 && !m.private));
});

await step("each is told once, in order", async () => {
  await agent.first("conversation.status_changed");
  const ids = agent.of("message.created").map((m) => m.id);
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
});

await step("who is connected is online", async () => {
  const id = (await agent.first("presence.update", (p) => Object.keys(p.contacts).length > 0));
  const [online] = Object.keys(id.contacts);
  assert.equal(id.users[me.id], "online");
  const active = (await desk.get("/contacts/active")).data.payload;
  assert.deepEqual(active.map((c) => [String(c.id), c.availability_status]), [[online, "online"]]);
  await refused(desk.delete(`/contacts/${online}`), 422);
  const before = agent.of("presence.update").length;
  agent.subscription.updatePresence();
  await eventually(() => agent.of("presence.update").length > before, () => "asking was not answered");
  each(active, { id: "int", name: "text" });
});

await step("the line stays while nothing happens, and opens anew after a break", async () => {
  assert.equal(agent.connected, 1);
  await new Promise((resolve) => setTimeout(resolve, 7_000)); // the client gives up after six seconds of silence
  assert.ok(agent.consumer.connection.isOpen());
  assert.equal(agent.connected, 1, "the line was opened anew");
  agent.consumer.connection.webSocket.close();
  await eventually(() => agent.connected === 2, () => "the client did not come back");
  const sent = (await desk.post(`/conversations/${thread.id}/messages`, { content: "again" })).data;
  await agent.first("message.created", (m) => m.id === sent.id);
});

for (const listener of [agent, contact]) listener?.consumer.disconnect();
end();
