// A day with @figuro/chatwoot-sdk: every call that it has, but for those named at the end.
import assert from "node:assert/strict";
import { accountId, agent, api, apiInbox, base, contact, conversation, each, end, eventMessage, load, message, platformToken, Receiver, refused, shape, step, team, token } from "./check.mjs";

const { default: Client } = load("@figuro/chatwoot-sdk");
const { request } = load("@figuro/chatwoot-sdk/dist/core/request");
const config = { basePath: base, with_credentials: true, credentials: "include", token };
const called = new Set();
const sdk = watched(new Client({ config }), "");
const call = (method, url, body, query) => request(config, { method, url, body, query, mediaType: "application/json" });
const hooks = await Receiver.listen();
const now = Math.floor(Date.now() / 1000);

// watched notes which calls are made.
function watched(target, path) {
  return new Proxy(target, {
    get(o, name) {
      const value = o[name];
      if (typeof value === "function") return (...args) => (called.add(path + name), value.apply(o, args));
      return typeof value === "object" && value ? watched(value, path + String(name) + ".") : value;
    },
  });
}

let me, inbox, bea, support, ada, thread, incoming;

await step("profile", async () => {
  me = shape(await sdk.profile.profile(), { id: "int", name: "text", email: "text", access_token: "text", pubsub_token: "string", account_id: "int", role: "text", accounts: "array" });
  assert.equal(me.access_token, token);
  each(me.accounts, { id: "int", name: "text", role: "text" });
  assert.equal(me.accounts[0].role, "administrator");
});

await step("a wrong token", async () => {
  const stranger = new Client({ config: { ...config, token: "nobody" } });
  assert.equal((await refused(stranger.profile.profile(), 401)).error, "Invalid Access Token");
  assert.equal((await refused(sdk.conversations.get({ accountId, conversationId: 987654 }), 404)).error, "Resource could not be found");
});

await step("inboxes", async () => {
  const data = { name: "Bridge", channel: { type: "api", webhook_url: hooks.url + "/inbox", additional_attributes: { host: "1" } }, enable_auto_assignment: false };
  inbox = shape(await sdk.inboxes.create({ accountId, data }), apiInbox);
  assert.equal(inbox.channel_type, "Channel::Api");
  assert.equal(inbox.webhook_url, hooks.url + "/inbox");
  assert.deepEqual(inbox.additional_attributes, { host: "1" });
  const listed = each((await sdk.inboxes.list({ accountId })).payload, apiInbox, "payload");
  assert.ok(listed.some((i) => i.name === "Bridge"));
  assert.deepEqual(await sdk.inboxes.get({ accountId, id: inbox.id }), listed.find((i) => i.id === inbox.id));
  const changed = await sdk.inboxes.update({ accountId, id: inbox.id, data: { name: "Bridge 1", enable_auto_assignment: false } });
  assert.equal(changed.name, "Bridge 1");
  assert.equal(changed.webhook_url, hooks.url + "/inbox", "an update without a channel must not clear it");
});

await step("agents", async () => {
  bea = shape(await sdk.agents.create({ accountId, data: { name: "Bea", email: "Bea@Example.test", role: "agent" } }), agent);
  assert.equal(bea.email, "bea@example.test");
  each(await sdk.agents.list({ accountId }), agent);
  const changed = await sdk.agents.update({ accountId, id: bea.id, data: { role: "agent", availability_status: "busy", auto_offline: false } });
  assert.equal(changed.availability_status, "busy");
  const twice = await sdk.agents.create({ accountId, data: { name: "Cy", email: "cy@example.test", role: "administrator" } });
  assert.equal(twice.role, "administrator");
  await sdk.agents.delete({ accountId, id: twice.id });
  assert.ok(!(await sdk.agents.list({ accountId })).some((a) => a.id === twice.id));
});

await step("inbox members", async () => {
  const added = await sdk.inboxes.addAgent({ accountId, data: { inbox_id: String(inbox.id), user_ids: [bea.id] } });
  assert.equal(each(added.payload, agent, "payload")[0].id, bea.id);
  assert.equal((await sdk.inboxes.updateAgentsInInbox({ accountId, data: { inbox_id: inbox.id, user_ids: [bea.id, me.id] } })).payload.length, 2);
  await call("DELETE", api + "/inbox_members", { inbox_id: inbox.id, user_ids: [me.id] });
  assert.deepEqual((await sdk.inboxes.listAgents({ accountId, inboxId: inbox.id })).payload.map((a) => a.id), [bea.id]);
});

await step("teams", async () => {
  support = shape(await sdk.teams.create({ accountId, data: { name: "Support", description: "first", allow_auto_assign: false } }), team);
  assert.equal(support.name, "support");
  each(await sdk.teams.list({ accountId }), team);
  assert.deepEqual(await sdk.teams.get({ accountId, teamId: support.id }), support);
  assert.equal((await sdk.teams.update({ accountId, teamId: support.id, data: { name: "Support", description: "second" } })).description, "second");
  each(await call("POST", `${api}/teams/${support.id}/team_members`, { user_ids: [bea.id] }), agent);
  each(await call("PATCH", `${api}/teams/${support.id}/team_members`, { user_ids: [bea.id, me.id] }), agent);
  await call("DELETE", `${api}/teams/${support.id}/team_members`, { user_ids: [me.id] });
  assert.deepEqual((await call("GET", `${api}/teams/${support.id}/team_members`)).map((a) => a.id), [bea.id]);
  assert.equal((await refused(call("POST", `${api}/teams/${support.id}/team_members`, { user_ids: [999999] }), 401)).error, "Invalid User IDs");
  const gone = await sdk.teams.create({ accountId, data: { name: "Gone" } });
  await sdk.teams.delete({ accountId, teamId: gone.id });
  await refused(sdk.teams.get({ accountId, teamId: gone.id }), 404);
});

await step("agent bots", async () => {
  const bot = await sdk.accountAgentBots.create({ accountId, data: { name: "Robin", description: "", outgoing_url: "https://bot.example/in" } });
  shape(bot, { id: "int", name: "text", account_id: "int", access_token: "text" });
  each(await sdk.accountAgentBots.list({ accountId }), { id: "int", name: "text" });
  assert.equal((await sdk.accountAgentBots.get({ accountId, id: bot.id })).outgoing_url, "https://bot.example/in");
  assert.equal((await sdk.accountAgentBots.update({ accountId, id: bot.id, data: { name: "Wren" } })).name, "Wren");
  await sdk.inboxes.updateAgentBot({ accountId, id: inbox.id, data: { agent_bot: bot.id } });
  assert.equal((await sdk.inboxes.getAgentBot({ accountId, id: inbox.id })).agent_bot.id, bot.id);
  await sdk.inboxes.updateAgentBot({ accountId, id: inbox.id, data: { agent_bot: null } });
  assert.deepEqual((await sdk.inboxes.getAgentBot({ accountId, id: inbox.id })).agent_bot, {});
  await sdk.accountAgentBots.delete({ accountId, id: bot.id });
});

await step("webhooks", async () => {
  const made = await sdk.webhooks.create({ accountId, data: { url: hooks.url + "/account", subscriptions: ["message_created"] } });
  shape(made.payload.webhook, { id: "int", url: "text", account_id: "int", subscriptions: "array" });
  assert.equal((await sdk.webhooks.list({ accountId })).payload.webhooks.length, 1);
  const all = ["conversation_created", "conversation_status_changed", "conversation_updated", "message_created", "message_updated", "contact_created", "contact_updated", "webwidget_triggered"];
  const changed = await sdk.webhooks.update({ accountId, webhookId: made.payload.webhook.id, data: { url: hooks.url + "/account", subscriptions: all } });
  assert.deepEqual(changed.payload.webhook.subscriptions.toSorted(), all.toSorted());
  const wrong = await refused(sdk.webhooks.create({ accountId, data: { url: "nowhere" } }), 422);
  assert.ok(wrong.message && wrong.attributes.includes("url"), JSON.stringify(wrong));
  const second = await sdk.webhooks.create({ accountId, data: { url: hooks.url + "/second" } });
  await sdk.webhooks.delete({ accountId, webhookId: second.payload.webhook.id });
  assert.equal((await sdk.webhooks.list({ accountId })).payload.webhooks.length, 1);
});

await step("contacts", async () => {
  const data = { inbox_id: inbox.id, name: "Ada Marsh", email: "Ada@Example.test", phone_number: "+393331112222", identifier: "ada-1", avatar_url: "http://127.0.0.1:1/a.png", custom_attributes: { tier: "gold" } };
  const made = await sdk.contacts.create({ accountId, data });
  ada = shape(made.payload.contact, contact);
  assert.equal(ada.email, "ada@example.test");
  each(ada.contact_inboxes, { source_id: "text", inbox: { id: "int", name: "text", channel_type: "text" } });
  assert.equal(made.payload.contact_inbox.source_id, ada.contact_inboxes[0].source_id);
  shape((await sdk.contacts.get({ accountId, id: ada.id })).payload, contact);
  const changed = (await sdk.contacts.update({ accountId, id: ada.id, data: { name: "Ada M", custom_attributes: { city: "Bari" } } })).payload;
  assert.deepEqual(changed.custom_attributes, { tier: "gold", city: "Bari" });
  const twice = await refused(sdk.contacts.create({ accountId, data: { name: "Other", email: "ada@example.test" } }), 422);
  assert.ok(twice.message && twice.attributes.includes("email"), JSON.stringify(twice));
  const list = await sdk.contacts.list({ accountId, sort: "-name", page: 1 });
  each(list.payload, contact, "payload");
  shape(list.meta, { count: "int" });
  for (const q of ["ada", "example.test", "3331112", "ada-1"]) {
    assert.deepEqual((await sdk.contacts.search({ accountId, q, sort: "name" })).payload.map((c) => c.id), [ada.id], `search for ${q}`);
  }
  assert.deepEqual((await sdk.contacts.search({ accountId, q: "nobody at all" })).payload, []);
  const filter = [
    { attribute_key: "name", filter_operator: "contains", values: ["ada"], query_operator: "AND" },
    { attribute_key: "email", filter_operator: "equal_to", values: ["ada@example.test"], query_operator: null },
  ];
  assert.deepEqual((await sdk.contacts.filter({ accountId, payload: filter, page: 1 })).payload.map((c) => c.id), [ada.id]);
  const gone = await sdk.contacts.create({ accountId, data: { name: "Gone" } });
  await sdk.contacts.delete({ accountId, id: gone.payload.contact.id });
  await refused(sdk.contacts.get({ accountId, id: gone.payload.contact.id }), 404);
  const hook = await hooks.wait("contact_created", (b) => b.event === "contact_created" && b.id === ada.id);
  shape(hook, { id: "int", name: "text", email: "text", phone_number: "text", identifier: "text", account: { id: "int", name: "text" } });
});

await step("contact inboxes", async () => {
  const side = await sdk.inboxes.create({ accountId, data: { name: "Side", channel: { type: "api", webhook_url: "" } } });
  const made = await sdk.contact.create({ accountId, id: ada.id, data: { inbox_id: side.id, source_id: "side:ada" } });
  shape(made, { source_id: "text", inbox: { id: "int" } });
  assert.equal(made.source_id, "side:ada");
  each((await sdk.contact.getContactable({ accountId, id: ada.id })).payload, { source_id: "text", inbox: { id: "int", name: "text" } }, "payload");
});

await step("conversations", async () => {
  const data = { source_id: ada.contact_inboxes[0].source_id, inbox_id: inbox.id, contact_id: ada.id, status: "open", additional_attributes: { mail_subject: "Parcel" }, custom_attributes: { order: 7 } };
  thread = shape(await sdk.conversations.create({ accountId, data }), conversation);
  assert.equal(thread.meta.sender.id, ada.id);
  assert.equal(thread.meta.channel, "Channel::Api");
  assert.deepEqual(thread.custom_attributes, { order: 7 });
  assert.deepEqual(thread.messages, []);
  const hook = await hooks.wait("conversation_created", (b) => b.event === "conversation_created" && b.id === thread.id);
  shape(hook, { id: "int", inbox_id: "int", status: "text", meta: { sender: { id: "int", name: "text" } }, contact_inbox: { source_id: "text" }, messages: "array" });
});

await step("messages", async () => {
  const post = (data) => sdk.messages.create({ accountId, conversationId: thread.id, data });
  incoming = shape(await post({ content: "Where is it?", message_type: "incoming", private: false, source_id: "wa:1", content_attributes: { in_reply_to_external_id: "", lang: "en" } }), message);
  assert.equal(incoming.message_type, 0);
  assert.equal(incoming.source_id, "wa:1");
  assert.equal(incoming.content_attributes.lang, "en");
  assert.equal(incoming.sender.type, "contact");
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==", "base64");
  const files = [{ content: png.toString("base64"), encoding: "base64", filename: "point.png" }, { content: "a;b", encoding: "utf8", filename: "Übersicht 1.csv" }];
  const reply = shape(await post({ content: "On its way", message_type: "outgoing", private: false, content_attributes: { in_reply_to: incoming.id }, attachments: files }), message);
  assert.equal(reply.message_type, 1);
  assert.equal(reply.content_attributes.in_reply_to, incoming.id);
  assert.equal(reply.content_attributes.in_reply_to_external_id, "wa:1");
  each(reply.attachments, { id: "int", message_id: "int", file_type: "text", account_id: "int", data_url: "text", thumb_url: "string", file_size: "int", extension: "string?" }, "attachments");
  assert.deepEqual(reply.attachments.map((a) => a.file_type), ["image", "file"]);
  assert.ok(reply.attachments[0].data_url.startsWith(base) && reply.attachments[0].data_url.endsWith("/point.png"), reply.attachments[0].data_url);
  assert.deepEqual(Buffer.from(await (await fetch(reply.attachments[0].data_url)).arrayBuffer()), png);
  assert.equal(await (await fetch(reply.attachments[1].data_url)).text(), "a;b");
  const note = await post({ content: "Lost?", message_type: "outgoing", private: true });
  assert.equal(note.private, true);
  const list = await sdk.messages.list({ accountId, conversationId: thread.id });
  each(list.payload, message, "payload");
  shape(list.meta, { labels: "array", additional_attributes: "object", contact: { id: "int", type: "text" } });
  assert.deepEqual(list.payload.filter((m) => m.message_type < 2).map((m) => m.id), [incoming.id, reply.id, note.id]);
  const failed = await sdk.messages.update({ accountId, conversationId: thread.id, messageId: reply.id, data: { status: "failed", external_error: "no such number" } });
  assert.equal(failed.status, "failed");
  assert.equal(failed.content_attributes.external_error, "no such number");
  const gone = shape(await sdk.messages.delete({ accountId, conversationId: thread.id, messageId: note.id }), message);
  assert.deepEqual(gone.content_attributes, { deleted: true });

  const hook = await hooks.wait("message_created", (b) => b.event === "message_created" && b.id === reply.id && b._path === "/inbox");
  shape(hook, { id: "int", content: "text", message_type: "text", private: "bool", content_type: "text", source_id: "string?", inbox: { id: "int", name: "text" }, sender: { id: "int", name: "text" }, account: { id: "int" }, conversation: { id: "int", status: "text", messages: "array", contact_inbox: { source_id: "text" } } });
  assert.equal(hook.message_type, "outgoing");
  await hooks.wait("message_created", (b) => b.event === "message_created" && b.id === reply.id && b._path === "/account");
  await hooks.wait("message_updated", (b) => b.event === "message_updated" && b.id === note.id && b.content_attributes?.deleted === true);
  assert.equal(hooks.bodies.filter((b) => b.event === "message_created" && b.id === reply.id && b._path === "/inbox").length, 1);
});

await step("conversations as they are read", async () => {
  const got = shape(await sdk.conversations.get({ accountId, conversationId: thread.id }), conversation);
  assert.equal(got.messages.length, 1);
  shape(got.messages[0], eventMessage, "messages[0]");
  shape(got.last_non_activity_message, eventMessage, "last_non_activity_message");
  const list = await sdk.conversations.list({ accountId, assigneeType: "all", status: "all", inboxId: inbox.id, labels: [], page: 1 });
  each(list.data.payload, conversation, "payload");
  shape(list.data.meta, { mine_count: "int", assigned_count: "int", unassigned_count: "int", all_count: "int" });
  assert.deepEqual((await sdk.conversations.list({ accountId, status: "all", page: 9 })).data.payload, []);
  shape((await sdk.conversations.getMeta({ accountId, status: "open" })).meta, { mine_count: "int", unassigned_count: "int", all_count: "int" });
  const filtered = await sdk.conversations.filter({ accountId, page: 1, payload: [{ attribute_key: "status", filter_operator: "equal_to", values: ["open"], query_operator: null }] });
  assert.deepEqual(each(filtered.payload, conversation, "payload").map((c) => c.id), [thread.id]);
  shape(filtered.meta, { mine_count: "int", unassigned_count: "int", all_count: "int" });
  each((await sdk.contacts.listConversations({ accountId, id: ada.id })).payload, conversation, "payload");
});

await step("assignment, labels, status", async () => {
  const conversationId = thread.id;
  shape(await sdk.conversationAssignment.assign({ accountId, conversationId, data: { assignee_id: bea.id } }), agent);
  const mine = await sdk.conversations.get({ accountId, conversationId });
  assert.equal(mine.meta.assignee.id, bea.id);
  shape(await sdk.conversationAssignment.assign({ accountId, conversationId, data: { team_id: support.id } }), { id: "int", name: "text", account_id: "int" });
  assert.equal((await sdk.conversations.get({ accountId, conversationId })).meta.team.id, support.id);
  assert.equal(await sdk.conversationAssignment.assign({ accountId, conversationId, data: { assignee_id: 0 } }), null);
  assert.ok(!(await sdk.conversations.get({ accountId, conversationId })).meta.assignee);
  assert.deepEqual((await sdk.conversationLabels.add({ accountId, conversationId, data: { labels: ["vip", "parcel"] } })).payload.toSorted(), ["parcel", "vip"]);
  assert.deepEqual((await sdk.conversationLabels.add({ accountId, conversationId, data: { labels: ["vip"] } })).payload, ["vip"]);
  assert.deepEqual((await sdk.conversationLabels.list({ accountId, conversationId })).payload, ["vip"]);
  assert.equal((await sdk.conversations.list({ accountId, labels: ["vip", "none"] })).data.payload.length, 1);
  const until = now + 86400;
  for (const [data, status] of [[{ status: "snoozed", snoozed_until: until }, "snoozed"], [{ status: "pending" }, "pending"], [{ status: "resolved" }, "resolved"]]) {
    const { payload } = await sdk.conversations.toggleStatus({ accountId, conversationId, data });
    shape(payload, { success: "bool", current_status: "text", conversation_id: "int" });
    assert.equal(payload.current_status, status);
  }
  const hook = await hooks.wait("conversation_status_changed", (b) => b.event === "conversation_status_changed" && b.status === "resolved");
  shape(hook, { id: "int", meta: { sender: { identifier: "text" } }, changed_attributes: "array" });
  await sdk.messages.create({ accountId, conversationId, data: { content: "Still waiting", message_type: "incoming" } });
  assert.equal((await sdk.conversations.get({ accountId, conversationId })).status, "open");
});

await step("canned responses", async () => {
  const canned = { id: "int", account_id: "int", short_code: "text", content: "text", created_at: "iso", updated_at: "iso" };
  const made = shape(await sdk.cannedResponses.create({ accountId, data: { short_code: "hi", content: "Hello {{contact.name}}" } }), canned);
  each(await sdk.cannedResponses.list({ accountId }), canned);
  assert.equal((await sdk.cannedResponses.update({ accountId, id: made.id, data: { short_code: "hey", content: "Hey" } })).short_code, "hey");
  const twice = await refused(sdk.cannedResponses.create({ accountId, data: { short_code: "hey", content: "x" } }), 422);
  assert.ok(twice.message, JSON.stringify(twice));
  await sdk.cannedResponses.delete({ accountId, id: made.id });
  assert.deepEqual(await sdk.cannedResponses.list({ accountId }), []);
});

await step("custom attributes", async () => {
  const data = { attribute_display_name: "Tier", attribute_display_type: 6, attribute_description: "x", attribute_key: "tier", attribute_values: ["gold", "tin"], attribute_model: 1 };
  const made = shape(await sdk.customAttributes.create({ accountId, data }), { id: "int", attribute_key: "text", attribute_values: "array" });
  assert.equal(made.attribute_display_type, "list");
  assert.equal(made.attribute_model, "contact_attribute");
  assert.equal((await sdk.customAttributes.list({ accountId, attributeModel: "1" })).length, 1);
  assert.equal((await sdk.customAttributes.list({ accountId, attributeModel: "0" })).length, 0);
  assert.equal((await sdk.customAttributes.get({ accountId, id: made.id })).attribute_key, "tier");
  assert.equal((await sdk.customAttributes.update({ accountId, id: made.id, data: { ...data, attribute_display_name: "Rank" } })).attribute_display_name, "Rank");
  assert.equal(await sdk.customAttributes.delete({ accountId, id: made.id }), undefined);
});

await step("custom filters", async () => {
  const data = { name: "Open ones", type: "conversation", query: { payload: [{ attribute_key: "status", filter_operator: "equal_to", values: ["open"], query_operator: null }] } };
  const made = shape(await sdk.customFilters.create({ accountId, filterType: "conversation", data }), { id: "int", name: "text", query: "object" });
  assert.equal(made.filter_type, "conversation");
  assert.equal((await sdk.customFilters.list({ accountId, filterType: "conversation" })).length, 1);
  assert.equal((await sdk.customFilters.list({ accountId, filterType: "contact" })).length, 0);
  assert.deepEqual((await sdk.customFilters.get({ accountId, customFilterId: made.id })).query, data.query);
  assert.equal((await sdk.customFilters.update({ accountId, customFilterId: made.id, data: { name: "Mine" } })).name, "Mine");
  assert.equal(await sdk.customFilters.delete({ accountId, customFilterId: made.id }), undefined);
});

await step("automation rules", async () => {
  const data = { name: "Help", description: "", event_name: "message_created", active: true, conditions: [{ attribute_key: "content", filter_operator: "contains", values: ["help"], query_operator: null }], actions: [{ action_name: "add_label", action_params: ["support"] }] };
  const made = await sdk.automationRule.create({ accountId, data });
  const id = (made.payload ?? made).id;
  each((await sdk.automationRule.list({ accountId })).payload, { id: "int", name: "text", active: "bool", conditions: "array", actions: "array", created_on: "int" }, "payload");
  assert.equal((await sdk.automationRule.get({ accountId, id })).payload.name, "Help");
  await sdk.messages.create({ accountId, conversationId: thread.id, data: { content: "I need help", message_type: "incoming" } });
  for (const begun = Date.now(); !(await sdk.conversationLabels.list({ accountId, conversationId: thread.id })).payload.includes("support"); ) {
    assert.ok(Date.now() - begun < 60_000, "the rule did not act");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal((await sdk.automationRule.update({ accountId, id, data: { ...data, active: false } })).payload.active, false);
  await sdk.automationRule.delete({ accountId, id });
  assert.deepEqual((await sdk.automationRule.list({ accountId })).payload, []);
});

await step("integrations", async () => {
  each((await sdk.integrations.list({ accountId })).payload, { id: "text", name: "text" }, "payload");
  const made = await sdk.integrations.create({ accountId, data: { app_id: "deepl", settings: { api_key: "k" } } });
  assert.equal((await sdk.integrations.update({ accountId, hookId: made.id, data: { status: "disabled" } })).status, "disabled");
  await sdk.integrations.delete({ accountId, hookId: made.id });
});

await step("reports", async () => {
  const since = String(now - 86400), until = String(now + 86400);
  for (const metric of ["conversations_count", "incoming_messages_count", "outgoing_messages_count", "avg_first_response_time", "avg_resolution_time", "resolutions_count"]) {
    each(await sdk.reports.list({ accountId, metric, type: "account", since, until }), { timestamp: "seconds" }, metric);
  }
  const counted = await sdk.reports.list({ accountId, metric: "incoming_messages_count", type: "inbox", id: String(inbox.id), since, until });
  assert.equal(counted.reduce((sum, day) => sum + Number(day.value), 0), 3);
  const summary = await sdk.reports.listSummaries({ accountId, type: "account", since, until });
  shape(summary, { conversations_count: "int", incoming_messages_count: "int", outgoing_messages_count: "int", resolutions_count: "int", previous: "object" });
  for (const name of ["avg_first_response_time", "avg_resolution_time"]) assert.ok(name in summary, name);
  shape(await sdk.reports.getMetrics({ accountId, type: "account" }), { open: "int", unattended: "int", unassigned: "int" });
  each(await sdk.reports.getAgentMetrics({ accountId, type: "agent" }), { id: "int", name: "text", metric: "object" });
  each(await sdk.reports.getAgentMetrics({ accountId, type: "agent", userId: String(bea.id) }), { id: "int", metric: { open: "int", unattended: "int" } });
});

await step("the public API", async () => {
  const at = { inboxIdentifier: inbox.inbox_identifier };
  const { client } = sdk;
  const made = await client.contacts.create({ ...at, data: { identifier: "web-1", name: "Eve", email: "eve@example.test", phone_number: "+393339998888", custom_attributes: { a: 1 } } });
  shape(made, { source_id: "text", pubsub_token: "text", id: "int", name: "text", email: "text" });
  const who = { ...at, contactIdentifier: made.source_id };
  assert.equal((await client.contacts.get(who)).name, "Eve");
  assert.equal((await client.contacts.update({ ...who, data: { name: "Eva" } })).name, "Eva");
  const started = await client.conversations.create(who);
  shape(started, { id: "int", messages: "array", contact: "object" });
  assert.equal((await client.conversations.list(who)).length, 1);
  const where = { ...who, conversationId: started.id };
  const said = await client.messages.create({ ...where, data: { content: "Hello", echo_id: "e-1" } });
  shape(said, { id: "int", content: "text", message_type: "int" });
  const note = await sdk.messages.create({ accountId, conversationId: started.id, data: { content: "secret", private: true } });
  const form = await sdk.messages.create({ accountId, conversationId: started.id, data: { content: "Which?", content_type: "input_select", content_attributes: { items: [{ title: "Red", value: "red" }] } } });
  const seen = await client.messages.list(where);
  each(seen, { id: "int", message_type: "int", content_type: "text", created_at: "int" });
  assert.ok(!seen.some((m) => m.id === note.id), "a private note is public");
  const answered = await client.messages.update({ ...where, messageId: form.id, data: { submitted_values: { name: "colour", title: "Red", value: "red" } } });
  assert.deepEqual(answered.content_attributes.submitted_values, [{ name: "colour", title: "Red", value: "red" }]);
});

await step("the platform, with an application's token", async () => {
  const app = watched(new Client({ config: { ...config, token: platformToken } }), "");
  const { accounts, accountUsers } = app.platform;
  const made = shape(await accounts.create({ data: { name: "Branch" } }), { id: "int", name: "text" });
  assert.equal((await accounts.update({ accountId: made.id, data: { name: "Branch 2" } })).name, "Branch 2");
  assert.equal((await accounts.get({ accountId: made.id })).name, "Branch 2");
  for (const users of [app.platform.users, app.users]) {
    if (!users) continue;
    const user = shape(await users.create({ data: { name: "Gil", email: "gil@figuro.example", password: "Correct-horse-9", custom_attributes: {} } }), { id: "int", name: "text", email: "text" });
    assert.equal((await users.update({ id: user.id, data: { name: "Gilda" } })).name, "Gilda");
    assert.equal((await users.get({ id: user.id })).email, "gil@figuro.example");
    assert.ok((await users.getSSOUrl({ id: user.id })).url.startsWith("http"));
    await accountUsers.create({ accountId: made.id, data: { user_id: user.id, role: "agent" } });
    each(await accountUsers.list({ accountId: made.id }), { account_id: "int", user_id: "int", role: "text" });
    await accountUsers.delete({ accountId: made.id, data: { user_id: user.id } });
    await users.delete({ id: user.id });
  }
  for (const bots of [app.platform.agentBots, app.agentBots]) {
    if (!bots) continue;
    const bot = shape(await bots.create({ data: { name: "Robin", description: "", outgoing_url: "" } }), { id: "int", name: "text" });
    assert.equal((await bots.update({ id: bot.id, data: { name: "Wren" } })).name, "Wren");
    assert.equal((await bots.get({ id: bot.id })).name, "Wren");
    assert.equal((await bots.list()).length, 1);
    await bots.delete({ id: bot.id });
  }
  await accounts.delete({ accountId: made.id });
});

await step("every call was made", () => {
  // Those of team members lack /api/v1, and removing a member names the inbox in a path that nobody serves: they fail
  // on Chatwoot too, and request() is used for them above.
  const broken = ["teams.listMembers", "teams.addAgent", "teams.updateAgentsInTeam", "teams.removeAgent", "inboxes.removeAgent"];
  const left = [];
  const walk = (o, path) => {
    for (const [name, service] of Object.entries(o)) {
      if (name === "chatwootAPI" || !service || typeof service !== "object") continue;
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter((m) => m !== "constructor");
      if (Object.getPrototypeOf(service) === Object.prototype) walk(service, path + name + ".");
      else left.push(...methods.map((m) => path + name + "." + m).filter((m) => !called.has(m)));
    }
  };
  walk(new Client({ config }), "");
  assert.deepEqual(left.filter((name) => !broken.includes(name)), []);
});

await step("taking leave", async () => {
  await sdk.agents.delete({ accountId, id: bea.id });
  const deleted = await call("DELETE", `${api}/inboxes/${inbox.id}`);
  shape(deleted, { message: "text" });
});

end(hooks);
