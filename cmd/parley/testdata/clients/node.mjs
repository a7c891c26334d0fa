// Runs operations of the n8n node as n8n's routing does: every parameter that the operation shows has its default
// unless it is given, goes into the query or the body where its routing says so, and expressions are worked out with
// $value, $parameter and $credentials. An empty body is not sent, the Content-Type is all the same. n8n's own engine is
// too large for a test (n8n-core, 240 MB); with its RoutingNode in the place of attempt the journey passes as well.
import { base, load, token } from "./check.mjs";

const { ChatWoot } = load("@devlikeapro/n8n-nodes-chatwoot/dist/nodes/ChatWoot/ChatWoot.node.js");
const { ChatWootApi } = load("@devlikeapro/n8n-nodes-chatwoot/dist/credentials/ChatWootApi.credentials.js");
const { requestDefaults, properties } = new ChatWoot().description;
const { authenticate, test } = new ChatWootApi();

// operations is everything that the node can do.
export const operations = properties
  .filter((p) => p.name === "operation" && p.options)
  .flatMap((p) => p.options.map((o) => ({ resource: p.displayOptions.show.resource[0], name: o.value, routing: o.routing })));

// work works an expression out: ={{ x }} alone keeps x's type, in a text each {{ x }} becomes text.
function work(text, scope) {
  if (typeof text !== "string" || !text.startsWith("=")) return text;
  const run = (code) => new Function(...Object.keys(scope), `return (${code})`)(...Object.values(scope));
  const whole = /^=\{\{([^{}]*)\}\}$/.exec(text);
  return whole ? run(whole[1]) : text.slice(1).replace(/\{\{(.*?)\}\}/g, (_, code) => run(code));
}

function merge(into, request, scope) {
  for (const [name, value] of Object.entries(request ?? {})) {
    if (name === "headers") for (const [h, v] of Object.entries(value)) into.headers[h] = work(v, scope);
    else into[name] = work(value, scope);
  }
}

// request is what n8n would send.
function request(resource, name, given, accessToken) {
  const $credentials = { url: base, accessToken };
  const operation = operations.find((o) => o.resource === resource && o.name === name);
  if (!operation) throw new Error(`the node has no operation ${resource}, ${name}`);
  const shown = properties.filter((p) => p.displayOptions?.show?.resource?.includes(resource) && p.displayOptions.show.operation?.includes(name) && p.type !== "notice");
  for (const key of Object.keys(given)) {
    if (!shown.some((p) => p.name === key)) throw new Error(`${resource}, ${name} has no parameter ${key}`);
  }
  const $parameter = { resource, operation: name };
  for (const p of shown) {
    const value = p.name in given ? given[p.name] : p.default;
    $parameter[p.name] = p.type === "json" && typeof value !== "string" ? JSON.stringify(value) : value;
  }
  const out = { headers: {}, qs: {}, body: {} };
  merge(out, requestDefaults, { $credentials, $parameter });
  merge(out, operation.routing.request, { $credentials, $parameter });
  for (const { name, routing } of shown) {
    if (!routing?.send) continue;
    const { send } = routing;
    const value = work(send.value, { $value: $parameter[name], $parameter, $credentials });
    (send.type === "query" ? out.qs : out.body)[send.property] = value;
  }
  merge(out, { headers: authenticate.properties.headers }, { $credentials, $parameter });
  return out;
}

// send is what n8n's axios does with it.
async function send({ baseURL, url, method, headers, qs = {}, body = {} }) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(qs)) {
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) for (const v of value) query.append(name + "[]", v);
    else query.append(name, value);
  }
  const text = query.size ? "?" + query : "";
  const answer = await fetch(baseURL + url + text, {
    method, redirect: "manual", headers: { "User-Agent": "n8n", ...headers },
    body: Object.keys(body).length ? JSON.stringify(body) : undefined,
  });
  const raw = await answer.text();
  let content = raw;
  try {
    content = JSON.parse(raw);
  } catch {}
  return { status: answer.status, body: content };
}

// attempt runs an operation and gives its status and body.
export const attempt = (resource, name, given = {}, accessToken = token) => send(request(resource, name, given, accessToken));

// run runs an operation that must succeed, and gives its body.
export async function run(resource, name, given, accessToken) {
  const { status, body } = await attempt(resource, name, given, accessToken);
  if (status < 200 || status > 299) throw Object.assign(new Error(`${resource}, ${name}`), { status, body });
  return body;
}

// testCredentials is what n8n does when the credentials are saved.
export function testCredentials() {
  const $credentials = { url: base, accessToken: token };
  const out = { headers: {}, method: "GET" };
  merge(out, test.request, { $credentials });
  merge(out, { headers: authenticate.properties.headers }, { $credentials });
  return send(out);
}
