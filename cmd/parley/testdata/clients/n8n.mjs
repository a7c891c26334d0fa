// A workflow with @devlikeapro/n8n-nodes-chatwoot: JSON only, the token's header with dashes, and every field of an
// operation sent, mostly as an empty text.
import assert from "node:assert/strict";
import { accountId as account_id, agent, apiInbox, contact, conversation, each, end, message, platformToken, Receiver, shape, step, team } from "./check.mjs";
import { attempt, operations, run, testCredentials } from "./node.mjs";

const hooks = await Receiver.listen();
const done = new Set();
const at = { account_id };
const go = (resource, name, given) => (done.add(resource + ", " + name), run(resource, name, given));

await step("the credentials are tested", async () => {
  const { status, body } = await testCredentials();
  assert.equal(status, 200);
  shape(body, { version: "text" });
});

let me, inbox, bea, support, ada, thread, said;

await step("profile", async () => {
  me = shape(await go("Profile", "Fetch Profile"), { id: "int", name: "text", email: "text", accounts: "array" });
});

await step("inboxes", async () => {
  inbox = shape(await go("Inboxes", "Inbox Creation", { ...at, name: "Flow", channel: { type: "api", webhook_url: hooks.url } }), apiInbox);
  const list = each((await go("Inboxes", "List All Inboxes", at)).payload, apiInbox, "payload");
  assert.equal(list.length, 1);
  assert.equal((await go("Inboxes", "Get Inbox", { ...at, id: inbox.id })).id, inbox.id);
  const changed = await go("Inboxes", "Update Inbox", { ...at, id: inbox.id, name: "Flow 2" });
  assert.equal(changed.name, "Flow 2");
  assert.equal(changed.webhook_url, hooks.url, "an empty channel must not clear it");
});

await step("agents, members, teams", async () => {
  bea = shape(await go("Agents", "Add New Agent To Account", { ...at, name: "Bea", email: "bea@n8n.example" }), agent);
  each(await go("Agents", "Get Account Agents", at), agent);
  assert.equal((await go("Agents", "Update Agent In Account", { ...at, id: bea.id, role: "administrator" })).role, "administrator");
  const members = { ...at, inbox_id: String(inbox.id) };
  assert.deepEqual((await go("Inboxes", "Add New Agent To Inbox", { ...members, user_ids: [bea.id] })).payload.map((a) => a.id), [bea.id]);
  assert.equal((await go("Inboxes", "Update Agents In Inbox", { ...members, user_ids: [bea.id, me.id] })).payload.length, 2);
  await go("Inboxes", "Delete Agent In Inbox", { ...members, user_ids: [me.id] });
  each((await go("Inboxes", "Get Inbox Members", { ...at, inbox_id: inbox.id })).payload, agent, "payload");
  support = shape(await go("Teams", "Create A Team", { ...at, name: "Support" }), team);
  each(await go("Teams", "List All Teams", at), team);
  const of = { ...at, team_id: support.id };
  assert.equal((await go("Teams", "Update A Team", { ...of, name: "support", description: "all" })).description, "all");
  assert.equal((await go("Teams", "Get Details Of A Single Team", of)).name, "support");
  each(await go("Teams", "Add New Agent To Team", { ...of, user_ids: [bea.id] }), agent);
  each(await go("Teams", "Update Agents In Team", { ...of, user_ids: [bea.id] }), agent);
  each(await go("Teams", "Get Team Members", of), agent);
  const gone = await go("Teams", "Create A Team", { ...at, name: "Gone" });
  await go("Teams", "Delete Agent In Team", { ...of, team_id: gone.id, user_ids: [bea.id] });
  await go("Teams", "Delete A Team", { ...of, team_id: gone.id });
});

await step("contacts whose other fields are empty texts", async () => {
  const made = await go("Contacts", "Contact Create", { ...at, inbox_id: inbox.id, name: "Ada" });
  ada = shape(made.payload.contact, contact);
  assert.equal(made.payload.contact_inbox.source_id, ada.contact_inboxes[0].source_id);
  // A second one does not collide with the first one's empty fields.
  const second = (await go("Contacts", "Contact Create", { ...at, inbox_id: inbox.id, name: "Bob" })).payload.contact;
  assert.notEqual(second.id, ada.id);
  const loose = (await go("Contacts", "Contact Create", { ...at, name: "No inbox", email: "no@n8n.example" })).payload.contact;
  assert.equal(loose.phone_number, null);
  const changed = (await go("Contacts", "Contact Update", { ...at, id: ada.id, name: "Ada M", email: "ada@n8n.example", phone_number: "+393331110000", custom_attributes: { tier: "gold" } })).payload;
  assert.deepEqual([changed.email, changed.phone_number, changed.custom_attributes], ["ada@n8n.example", "+393331110000", { tier: "gold" }]);
  shape((await go("Contacts", "Contact Details", { ...at, id: ada.id })).payload, contact);
  assert.ok(each((await go("Contacts", "Contact List", at)).payload, contact, "payload").length >= 2);
  assert.equal((await go("Contacts", "Contact Search", { ...at, q: "ada@n8n" })).payload.length, 1);
  assert.ok(Array.isArray((await go("Contacts", "Contact Search", at)).payload));
  const payload = [{ attribute_key: "phone_number", filter_operator: "equal_to", values: ["393331110000"], query_operator: null }];
  for (const page of [0, 1]) {
    assert.deepEqual((await go("Contacts", "Contact Filter", { ...at, page, payload })).payload.map((c) => c.id), [ada.id], `page ${page}`);
  }
  assert.deepEqual((await go("Contacts", "Contact Filter", at)).payload, []);
  await go("Contacts", "Contact Delete", { ...at, id: second.id });
  const side = await go("Inboxes", "Inbox Creation", { ...at, name: "Side", channel: { type: "api", webhook_url: "" } });
  shape(await go("Contact", "Contact Inbox Creation", { ...at, id: ada.id, inbox_id: side.id }), { source_id: "text", inbox: { id: "int" } });
  each((await go("Contact", "Contactable Inboxes Get", { ...at, id: ada.id })).payload, { source_id: "text", inbox: { id: "int" } }, "payload");
});

await step("a conversation", async () => {
  const given = { ...at, inbox_id: String(inbox.id), contact_id: String(ada.id), message: { content: "Hello from a workflow" } };
  thread = shape(await go("Conversations", "New Conversation", given), conversation);
  assert.equal(thread.meta.sender.id, ada.id);
  assert.equal(thread.messages[0]?.content, "Hello from a workflow");
  // The message as the node has it by default: a template's parameters and nothing else.
  shape(await go("Conversations", "New Conversation", { ...given, message: JSON.parse('{"template_params":{"name":"sample_issue_resolution","category":"UTILITY","language":"en_US","processed_params":{"1":"Parley"}}}') }), conversation);
  shape(await go("Conversations", "Get Details Of A Conversation", { ...at, conversation_id: thread.id }), conversation);
  each((await go("Contacts", "Contact Conversations", { ...at, id: ada.id })).payload, conversation, "payload");
});

await step("lists of conversations with nothing chosen", async () => {
  const list = await go("Conversations", "Conversation List", at);
  assert.deepEqual(each(list.data.payload, conversation, "payload").map((c) => c.id).toSorted(), [thread.id, thread.id + 1]);
  assert.equal((await go("Conversations", "Conversation List Meta", at)).meta.all_count, 2);
  assert.equal((await go("Conversations", "Conversation List", { ...at, status: "all", inbox_id: inbox.id, page: 2 })).data.payload.length, 0);
  const payload = [{ attribute_key: "status", filter_operator: "equal_to", values: ["open"], query_operator: null }];
  assert.equal((await go("Conversations", "Conversation Filter", { ...at, payload })).payload.length, 2);
});

await step("messages", async () => {
  const of = { ...at, conversation_id: thread.id };
  said = shape(await go("Messages", "Create A New Message In A Conversation", { ...of, content: "A reply", private: false, content_type: "text" }), message);
  assert.deepEqual([said.message_type, said.content], [1, "A reply"]);
  const came = await go("Messages", "Create A New Message In A Conversation", { ...of, content: "A question", message_type: "incoming", private: false, content_type: "text" });
  assert.equal(came.message_type, 0);
  const items = [{ title: "Red", value: "red" }];
  const select = await go("Messages", "Create A New Message In A Conversation", { ...of, content: "Which?", private: false, content_type: "input_select", content_attributes: { items } });
  assert.deepEqual(select.content_attributes.items, items);
  each((await go("Messages", "List All Messages", of)).payload, message, "payload");
  await hooks.wait("message_created", (b) => b.event === "message_created" && b.id === said.id && b.message_type === "outgoing");
  assert.deepEqual((await go("Messages", "Delete A Message", { ...of, message_id: select.id })).content_attributes, { deleted: true });
});

await step("status, priority, assignment, labels", async () => {
  const of = { ...at, conversation_id: thread.id };
  assert.equal((await go("Conversations", "Toggle Status Of A Conversation", { ...of, status: "resolved" })).payload.current_status, "resolved");
  await go("Conversations", "Toggle Priority Of A Conversation", of);
  assert.equal((await run("Conversations", "Get Details Of A Conversation", of)).priority, "urgent");
  shape(await go("Conversation Assignment", "Assign A Conversation", { ...of, assignee_id: bea.id }), agent);
  const both = await go("Conversation Assignment", "Assign A Conversation", { ...of, assignee_id: me.id, team_id: support.id });
  assert.equal(both.email, me.email, "the agent wins over the team");
  assert.deepEqual((await go("Conversation Labels", "Conversation Add Labels", { ...of, labels: ["vip"] })).payload, ["vip"]);
  assert.deepEqual((await go("Conversation Labels", "List All Labels Of A Conversation", of)).payload, ["vip"]);
  assert.deepEqual((await go("Conversation Labels", "Conversation Add Labels", of)).payload, [], "[null] is no label");
});

await step("what an account has beside", async () => {
  const canned = await go("Canned Responses", "Add New Canned Response To Account", { ...at, short_code: "hi", content: "Hello" });
  each(await go("Canned Responses", "Get Account Canned Response", at), { id: "int", short_code: "text", content: "text" });
  assert.equal((await go("Canned Response", "Update Canned Response In Account", { ...at, id: canned.id, short_code: "hey", content: "Hey" })).content, "Hey");
  await go("Canned Responses", "Delete Canned Response From Account", { ...at, id: canned.id });

  const field = { attribute_display_name: "Order", attribute_key: "order", attribute_model: 0 };
  const attribute = await go("Custom Attributes", "Add New Custom Attribute To Account", { ...at, ...field });
  assert.deepEqual([attribute.attribute_display_type, attribute.attribute_model, attribute.attribute_values], ["text", "conversation_attribute", []]);
  assert.equal((await go("Custom Attributes", "Get Account Custom Attribute", at)).length, 1);
  await go("Custom Attributes", "Update Custom Attribute In Account", { ...at, ...field, id: attribute.id, attribute_display_name: "Order number" });
  assert.equal((await go("Custom Attributes", "Get Details Of A Single Custom Attribute", { ...at, id: attribute.id })).attribute_display_name, "Order number");
  await go("Custom Attributes", "Delete Custom Attribute From Account", { ...at, id: attribute.id });

  const filter = await go("Custom Filters", "Create A Custom Filter", { ...at, name: "Open", query: { payload: [] } });
  assert.equal((await go("Custom Filters", "List All Filters", at)).length, 1);
  const one = { ...at, custom_filter_id: filter.id };
  assert.equal((await go("Custom Filters", "Get Details Of A Single Custom Filter", one)).name, "Open");
  assert.equal((await go("Custom Filters", "Update A Custom Filter", { ...one, name: "Mine" })).name, "Mine");
  await go("Custom Filters", "Delete A Custom Filter", one);

  const rule = await go("Automation Rule", "Add New Automation Rule To Account", { ...at, conditions: [{ attribute_key: "content", filter_operator: "contains", values: ["help"], query_operator: null }] });
  const id = (rule.payload ?? rule).id;
  assert.equal((await go("Automation Rule", "Get Account Automation Rule", at)).payload.length, 1);
  assert.equal((await go("Automation Rule", "Get Details Of A Single Automation Rule", { ...at, id })).payload.id, id);
  // The node's own default says "nil" for the operator after the last condition.
  await go("Automation Rule", "Update Automation Rule In Account", { ...at, id, active: false });
  await go("Automation Rule", "Delete Automation Rule From Account", { ...at, id });

  const hook = await go("Webhooks", "Create A Webhook", { ...at, url: "https://hook.example/n8n", subscriptions: ["message_created"] });
  assert.equal(hook.payload.webhook.url, "https://hook.example/n8n");
  assert.equal((await go("Webhooks", "List All Webhooks", at)).payload.webhooks.length, 1);
  const webhook_id = hook.payload.webhook.id;
  await go("Webhooks", "Update A Webhook", { ...at, webhook_id, url: "https://hook.example/n8n", subscriptions: ["contact_created"] });
  await go("Webhooks", "Delete A Webhook", { ...at, webhook_id });

  const bot = await go("Account Agent Bots", "Create An Account Agent Bot", { ...at, name: "Robin", outgoing_url: "https://bot.example/" });
  assert.equal((await go("Account Agent Bots", "List All Account Agent Bots", at)).length, 1);
  assert.equal((await go("Account Agent Bots", "Get Details Of A Single Account Agent Bot", { ...at, id: bot.id })).name, "Robin");
  await go("Inboxes", "Update Agent Bot", { ...at, id: inbox.id, agent_bot: bot.id });
  assert.equal((await go("Inboxes", "Get Inbox Agent Bot", { ...at, id: inbox.id })).agent_bot.id, bot.id);
  assert.equal((await go("Account Agent Bots", "Update An Account Agent Bot", { ...at, id: bot.id, name: "Wren" })).name, "Wren");
  await go("Account Agent Bots", "Delete An Account Agent Bot", { ...at, id: bot.id });

  each((await go("Integrations", "Get Details Of All Integrations", at)).payload, { id: "text", name: "text" }, "payload");
  const app = await go("Integrations", "Create An Integration Hook", { ...at, app_id: "deepl", settings: { api_key: "k" } });
  await go("Integrations", "Update An Integrations Hook", { ...at, hook_id: app.id, settings: { api_key: "l" } });
  await go("Integrations", "Delete An Integration Hook", { ...at, hook_id: app.id });
});

await step("reports", async () => {
  const report = { ...at, since: String(Math.floor(Date.now() / 1000) - 86400), until: String(Math.floor(Date.now() / 1000) + 86400) };
  each(await go("Reports", "List All Conversation Statistics", report), { timestamp: "seconds" });
  shape(await go("Reports", "List All Conversation Statistics Summary", report), { conversations_count: "int", previous: "object" });
  shape(await go("Reports", "Get Account Conversation Metrics", at), { open: "int", unattended: "int" });
  each(await go("Reports", "Get Agent Conversation Metrics", at), { id: "int", metric: "object" });
});

await step("the public API, with the token sent all the same", async () => {
  const inbox_identifier = inbox.inbox_identifier;
  shape(await go("Inbox API", "Get Details Of A Inbox", { inbox_identifier }), { name: "text" });
  const made = await go("Contacts API", "Create A Contact", { inbox_identifier, name: "Eve" });
  const other = await go("Contacts API", "Create A Contact", { inbox_identifier, name: "Fay" });
  assert.notEqual(made.id, other.id, "contacts without an address are not one");
  const who = { inbox_identifier, contact_identifier: made.source_id };
  assert.equal((await go("Contacts API", "Get Details Of A Contact", who)).name, "Eve");
  assert.equal((await go("Contacts API", "Update A Contact", { ...who, name: "Eva" })).name, "Eva");
  const started = await go("Conversations API", "Create A Conversation", who);
  assert.equal((await go("Conversations API", "List All Contact Conversations", who)).length, 1);
  const where = { ...who, conversation_id: started.id };
  const hello = await go("Messages API", "Create A Message", { ...where, content: "Hello" });
  assert.equal((await go("Messages API", "List All Converation Messages", where)).length, 1);
  await go("Messages API", "Update A Message", { ...where, message_id: hello.id });
  await go("Agents", "Delete Agent From Account", { ...at, id: bea.id });
});

await step("the platform, with an application's token", async () => {
  const go = (resource, name, given) => (done.add(resource + ", " + name), run(resource, name, given, platformToken));
  const made = shape(await go("Accounts", "Create An Account", { name: "Branch" }), { id: "int", name: "text" });
  const of = { account_id: made.id };
  assert.equal((await go("Accounts", "Update An Account", { ...of, name: "Branch 2" })).name, "Branch 2");
  assert.equal((await go("Accounts", "Get Details Of An Account", of)).name, "Branch 2");
  const user = shape(await go("Users", "Create A User", { name: "Gil", email: "gil@n8n.example", password: "Correct-horse-9" }), { id: "int", name: "text", email: "text" });
  assert.equal((await go("Users", "Update A User", { id: user.id, name: "Gilda" })).name, "Gilda");
  assert.equal((await go("Users", "Get Details Of A User", { id: user.id })).email, "gil@n8n.example");
  assert.ok((await go("Users", "Get Sso Url Of A User", { id: user.id })).url.startsWith("http"));
  await go("Account Users", "Create An Account User", { ...of, user_id: user.id, role: "agent" });
  assert.equal((await go("Account Users", "List All Account Users", of)).length, 1);
  await go("Account Users", "Delete An Account User", { ...of, user_id: user.id });
  const bot = await go("Agent Bots", "Create An Agent Bot", { name: "Robin" });
  assert.equal((await go("Agent Bots", "Update An Agent Bot", { id: bot.id, name: "Wren" })).name, "Wren");
  assert.equal((await go("Agent Bots", "Get Details Of A Single Agent Bot", { id: bot.id })).name, "Wren");
  assert.equal((await go("Agent Bots", "List All Agent Bots")).length, 1);
  await go("Agent Bots", "Delete An Agent Bot", { id: bot.id });
  await go("Users", "Delete A User", { id: user.id });
  await go("Accounts", "Delete An Account", of);
});

await step("every operation was run", () => {
  // There is no help centre; a survey's page is for people.
  const beside = ["Help Center", "CSAT Survey Page"];
  assert.deepEqual(operations.filter((o) => !beside.includes(o.resource)).map((o) => o.resource + ", " + o.name).filter((name) => !done.has(name)), []);
});

await step("no operation as it comes out of the box breaks anything", async () => {
  const broken = [];
  for (const { resource, name } of operations) {
    const { status, body } = await attempt(resource, name, {});
    if (status >= 500 || (status >= 300 && status < 400)) broken.push(`${resource}, ${name}: ${status} ${JSON.stringify(body).slice(0, 100)}`);
  }
  assert.deepEqual(broken, []);
});

end(hooks);
