// A day of an integration that sets an account up with @figuro/chatwoot-sdk. Run by TestSDK against a server of the
// test's own: SDK is the folder of the package, BASE, TOKEN and ACCOUNT say where and as whom.
const assert = require("node:assert");
const { default: Client } = require(process.env.SDK);
const { request } = require(process.env.SDK + "/dist/core/request");
const config = { basePath: process.env.BASE, with_credentials: true, credentials: "include", token: process.env.TOKEN };
const sdk = new Client({ config });
const accountId = Number(process.env.ACCOUNT);

(async () => {
  const me = await sdk.profile.profile();
  assert.equal(me.access_token, process.env.TOKEN);
  assert.equal(me.accounts[0].role, "administrator");

  const data = { name: "Bridge", channel: { type: "api", webhook_url: "http://10.0.0.2/hook", additional_attributes: { host: "1" } } };
  const made = await sdk.inboxes.create({ accountId, data });
  assert.ok(made.inbox_identifier && made.hmac_token);
  const listed = await sdk.inboxes.list({ accountId });
  assert.ok(listed.payload.some((i) => i.name === "Bridge" && i.channel_type === "Channel::Api"));
  assert.equal((await sdk.inboxes.get({ accountId, id: made.id })).id, made.id);
  const changed = await sdk.inboxes.update({ accountId, id: made.id, data: { name: "Bridge", enable_auto_assignment: false } });
  assert.equal(changed.enable_auto_assignment, false);

  const agent = await sdk.agents.create({ accountId, data: { name: "Bea", email: "bea@example.test", role: "agent" } });
  assert.equal(agent.email, "bea@example.test");
  assert.ok((await sdk.agents.list({ accountId })).some((a) => a.id === agent.id && a.confirmed === false));
  assert.equal((await sdk.agents.update({ accountId, id: agent.id, data: { role: "administrator", availability_status: "busy", auto_offline: false } })).availability_status, "busy");

  const call = (method, path, body) => request(config, { method, url: "/api/v1/accounts/" + accountId + path, body, mediaType: "application/json" });
  assert.equal((await sdk.inboxes.addAgent({ accountId, data: { inbox_id: String(made.id), user_ids: [agent.id] } })).payload[0].id, agent.id);
  assert.equal((await sdk.inboxes.listAgents({ accountId, inboxId: made.id })).payload.length, 1);
  assert.equal((await sdk.inboxes.updateAgentsInInbox({ accountId, data: { inbox_id: made.id, user_ids: [agent.id, me.id] } })).payload.length, 2);
  await call("DELETE", "/inbox_members", { inbox_id: made.id, user_ids: [agent.id] });

  const team = await sdk.teams.create({ accountId, data: { name: "Sales", description: "", allow_auto_assign: true } });
  assert.equal(team.name, "sales");
  assert.equal((await sdk.teams.list({ accountId })).filter((t) => t.id === team.id).length, 1);
  assert.equal((await call("POST", `/teams/${team.id}/team_members`, { user_ids: [agent.id] }))[0].id, agent.id);
  await assert.rejects(call("POST", `/teams/${team.id}/team_members`, { user_ids: [999999] }), (e) => e.status === 401 && e.body.error === "Invalid User IDs");
  await sdk.teams.delete({ accountId, teamId: team.id });

  const bot = await sdk.accountAgentBots.create({ accountId, data: { name: "Robin", description: "", outgoing_url: "https://bot.example/in" } });
  assert.ok(bot.access_token);
  assert.ok((await sdk.accountAgentBots.list({ accountId })).some((b) => b.id === bot.id));
  assert.equal((await sdk.accountAgentBots.update({ accountId, id: bot.id, data: { name: "Wren" } })).name, "Wren");
  await sdk.inboxes.updateAgentBot({ accountId, id: made.id, data: { agent_bot: bot.id } });
  assert.equal((await sdk.inboxes.getAgentBot({ accountId, id: made.id })).agent_bot.id, bot.id);
  await sdk.inboxes.updateAgentBot({ accountId, id: made.id, data: { agent_bot: null } });
  assert.deepEqual((await sdk.inboxes.getAgentBot({ accountId, id: made.id })).agent_bot, {});
  await sdk.accountAgentBots.delete({ accountId, id: bot.id });

  const hook = await sdk.webhooks.create({ accountId, data: { url: "https://hook.example/in", subscriptions: ["message_created"] } });
  assert.equal(hook.payload.webhook.url, "https://hook.example/in");
  assert.equal((await sdk.webhooks.list({ accountId })).payload.webhooks.length, 1);
  await assert.rejects(sdk.webhooks.create({ accountId, data: { url: "nowhere" } }), (e) => e.status === 422 && e.body.message === "Url is invalid");
  await sdk.webhooks.update({ accountId, webhookId: hook.payload.webhook.id, data: { subscriptions: ["contact_created"] } });
  await sdk.webhooks.delete({ accountId, webhookId: hook.payload.webhook.id });

  assert.ok(Array.isArray((await sdk.integrations.list({ accountId })).payload));
  const app = await sdk.integrations.create({ accountId, data: { app_id: "deepl", settings: { api_key: "k" } } });
  assert.equal((await sdk.integrations.update({ accountId, hookId: app.id, data: { status: "disabled" } })).status, "disabled");
  await sdk.integrations.delete({ accountId, hookId: app.id });
  await sdk.agents.delete({ accountId, id: agent.id });
  console.log("done");
})().catch((e) => {
  console.error(e, e.body);
  process.exit(1);
});
