// What every journey uses: where the server is, steps that are told apart when they fail, types of what is read back,
// and a receiver of webhooks. A step that fails does not stop the journey, so one run shows everything that is wrong.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";

// load requires a package of the folder that TestClients installed them in.
export const load = createRequire(process.env.CLIENTS + "/package.json");
export const { BASE: base, TOKEN: token, PLATFORM: platformToken } = process.env;
export const accountId = Number(process.env.ACCOUNT);
export const api = `/api/v1/accounts/${accountId}`;

let steps = 0;
let failed = 0;

export async function step(name, fn) {
  steps++;
  try {
    return await fn();
  } catch (e) {
    failed++;
    const at = /(\w+\.mjs:\d+)/.exec((e.stack ?? "").split("\n").filter((l) => !l.includes("check.mjs")).join("\n"));
    const answer = e.body ?? e.response?.data;
    console.log(`${name}: ${e.message}${at ? ` (${at[1]})` : ""}${e.status ? ` status ${e.status}` : ""}${answer === undefined ? "" : " " + JSON.stringify(answer)}`);
  }
}

// end is the last line of a journey.
export function end(receiver) {
  receiver?.close();
  console.log(`${steps - failed} of ${steps} steps`);
  process.exit(failed ? 1 : 0);
}

const kinds = {
  int: (v) => Number.isSafeInteger(v),
  seconds: (v) => Number.isSafeInteger(v) && (v === 0 || (v > 1e9 && v < 1e10)),
  number: (v) => typeof v === "number",
  string: (v) => typeof v === "string",
  text: (v) => typeof v === "string" && v !== "",
  bool: (v) => typeof v === "boolean",
  object: (v) => typeof v === "object" && v !== null && !Array.isArray(v),
  array: (v) => Array.isArray(v),
  iso: (v) => typeof v === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(v),
};

// shape checks the types of a record's fields. A name with ? may be null; a nested record is a nested shape.
export function shape(record, fields, where = "") {
  assert.ok(kinds.object(record), `${where || "it"} is no object: ${JSON.stringify(record)}`);
  for (const [name, kind] of Object.entries(fields)) {
    const at = where + "." + name;
    if (typeof kind === "object") {
      shape(record[name], kind, at);
      continue;
    }
    const nullable = kind.endsWith("?");
    const is = kinds[kind.replace("?", "")];
    assert.ok(name in record, `${at} is missing`);
    assert.ok((nullable && record[name] === null) || is(record[name]), `${at} is ${JSON.stringify(record[name])}, not ${kind}`);
  }
  return record;
}

export function each(list, fields, where = "") {
  assert.ok(Array.isArray(list), `${where || "it"} is no list: ${JSON.stringify(list)}`);
  list.forEach((record, i) => shape(record, fields, `${where}[${i}]`));
  return list;
}

// refused expects a call to fail with this status and returns the body.
export async function refused(promise, status) {
  try {
    await promise;
  } catch (e) {
    const got = e.status ?? e.response?.status;
    if (got === undefined) throw e;
    const body = e.body ?? e.response?.data;
    assert.equal(got, status, `refused with ${got} ${JSON.stringify(body)}, not ${status}`);
    return body;
  }
  assert.fail(`not refused with ${status}`);
}

// eventually returns what get gives, as soon as it gives something.
export async function eventually(get, complaint) {
  for (const begun = Date.now(); Date.now() - begun < 60_000; ) {
    const found = await get();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(complaint());
}

// The fields that clients read, by the record they are read from.
export const agent = { id: "int", account_id: "int", name: "text", available_name: "text", email: "text", role: "text", availability_status: "text", auto_offline: "bool", confirmed: "bool", thumbnail: "string" };
export const contact = { id: "int", name: "string", email: "string?", phone_number: "string?", identifier: "string?", thumbnail: "string", custom_attributes: "object", additional_attributes: "object", created_at: "seconds" };
export const inbox = { id: "int", name: "text", channel_type: "text", channel_id: "int", avatar_url: "string", enable_auto_assignment: "bool", working_hours: "array", timezone: "text" };
export const apiInbox = { ...inbox, inbox_identifier: "text", hmac_token: "text", webhook_url: "string?", additional_attributes: "object" };
export const team = { id: "int", name: "text", description: "string?", allow_auto_assign: "bool", account_id: "int", is_member: "bool" };
export const message = { id: "int", content: "string?", inbox_id: "int", conversation_id: "int", message_type: "int", content_type: "text", status: "text", content_attributes: "object", created_at: "seconds", private: "bool", source_id: "string?" };
export const conversation = {
  meta: { sender: { id: "int", name: "string" }, channel: "text", hmac_verified: "bool" },
  id: "int", account_id: "int", inbox_id: "int", uuid: "text", messages: "array", status: "text", labels: "array", muted: "bool", can_reply: "bool",
  additional_attributes: "object", custom_attributes: "object", agent_last_seen_at: "seconds", assignee_last_seen_at: "seconds", contact_last_seen_at: "seconds",
  created_at: "seconds", updated_at: "number", timestamp: "seconds", last_activity_at: "seconds", first_reply_created_at: "seconds", waiting_since: "seconds",
  unread_count: "int", priority: "string?", snoozed_until: "string?", last_non_activity_message: "object?",
};
// A message within a conversation and within a webhook's body.
export const eventMessage = { ...message, account_id: "int", updated_at: "iso", sender_type: "string?", sender_id: "int?", conversation: { unread_count: "int", last_activity_at: "seconds", contact_inbox: { source_id: "text" } } };

// Receiver takes webhooks and keeps their bodies. A client with a handler of its own takes them from here.
export class Receiver {
  bodies = [];

  static async listen(handle = (request, answer) => answer.end("{}")) {
    const r = new Receiver();
    r.server = createServer(async (request, answer) => {
      let text = "";
      for await (const part of request) text += part;
      request.body = JSON.parse(text);
      r.bodies.push({ ...request.body, _headers: request.headers, _path: request.url });
      await handle(request, answer);
    });
    await new Promise((resolve) => r.server.listen(0, "127.0.0.1", resolve));
    r.url = `http://127.0.0.1:${r.server.address().port}`;
    return r;
  }

  // wait returns the first body that is the one meant.
  wait(what, is) {
    return eventually(() => this.bodies.find(is), () => `no webhook of ${what}; there were ${this.bodies.map((b) => b.event).join(", ") || "none"}`);
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
