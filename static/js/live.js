// Live: one event line per browser says what has changed, and each region of the
// page that shows it fetches itself anew and is morphed. A lost event costs nothing:
// after every break all regions are fetched, so the page equals a fresh one.

import { ask, complain, on, parse, settle, tell, typing } from './dom.js';

const wanted = new Set(); // topics by name, for a server that names its events
const timers = new Map(), fetched = new Map(); // region id → timer, → when
const running = new Set(), again = new Set(); // region ids
const last = new Map(); // region → what was last put in
const poked = new Map(); // topic → when
const whole = ''; // in place of a region's id: the page itself
let source, channel, leads = false, opened = false, beat = 0, retry = 1000, down, asOf = new Date(), pointerAt = 0;

const lineURL = () => document.body.dataset.liveUrl;
const regions = () => [...document.querySelectorAll('[data-live]')];
const topicsOf = (region) => region.dataset.live.split(/\s+/).filter(Boolean);
const alone = (region) => region.hasAttribute('data-live-alone');
const matches = (want, topic) => want === topic || (want.endsWith('*') && topic.startsWith(want.slice(0, -1)));

function poke(topic) {
  asOf = new Date();
  for (const [old, at] of poked) if (Date.now() - at > 3000) poked.delete(old);
  poked.set(topic, Date.now());
  tell('parley:poke', { topic });
  const due = regions().filter((region) => topic === 'resync' || topicsOf(region).some((want) => matches(want, topic)));
  // One page is less to ask for than many of its parts, but it does not have those that stand alone.
  if (due.length > 3) soon(whole);
  for (const region of due) if (due.length <= 3 || alone(region)) soon(region.id);
}

// soon fetches a region after a moment: 30 ms for the first event, and no more than
// three times a second when there are many.
function soon(id, wait = 30) {
  const pause = Number((id && document.getElementById(id)?.dataset.liveRest) || 300), rest = (fetched.get(id) ?? 0) + pause - Date.now();
  if (!timers.has(id)) timers.set(id, setTimeout(() => { timers.delete(id); refresh(id); }, Math.max(wait, rest)));
}

function refreshAll() {
  asOf = new Date();
  const all = regions(), wait = Math.random() * 100;
  if (all.length > 3) soon(whole, wait);
  for (const region of all) if (all.length <= 3 || alone(region)) soon(region.id, wait);
}

async function refresh(id) {
  if (running.has(id)) {
    again.add(id); // once more after this one, however many came meanwhile
    return;
  }
  const from = id === whole ? location.href : document.getElementById(id)?.dataset.liveSrc;
  if (!from) return;
  running.add(id);
  fetched.set(id, Date.now());
  try {
    const headers = { 'Parley-Live': '1' };
    const response = await (id === whole ? fetch(from, { headers }) : ask(from, id, { headers }));
    if (response.redirected || [401, 403, 404].includes(response.status)) complain('This page is no longer what it was. Load it again to go on; what you typed is kept.');
    else if (response.status === 200) take(id, from, parse(await response.text()));
    else if (response.status >= 500) soon(id, 3000);
  } catch {
    if (!down) soon(id, 3000); // else the line's return fetches everything
  } finally {
    running.delete(id);
    if (again.delete(id)) soon(id);
  }
}

// take puts an answer in, unless another conversation stands there by now.
function take(id, from, answer) {
  if (id === whole) {
    if (location.href === from) for (const region of regions()) if (!alone(region)) apply(region, answer.getElementById(region.id));
  } else if (document.getElementById(id)?.dataset.liveSrc === from) {
    apply(document.getElementById(id), answer.getElementById(id));
  }
}

function apply(region, fresh) {
  if (!fresh || last.get(region) === fresh.outerHTML) return;
  if (region.hasAttribute('data-live-hold') && hold(region, fresh)) return;
  last.set(region, fresh.outerHTML);
  for (const old of last.keys()) if (!old.isConnected) last.delete(old);
  keepBeyond(region, fresh);
  const had = new Set([...region.querySelectorAll('[id]')].map((e) => e.id));
  const rows = [...region.querySelectorAll('.row')];
  const index = rows.findIndex((row) => row.hasAttribute('data-selected')), focused = region.contains(document.activeElement);
  morph(region, fresh);
  settle(region);
  tell('parley:morphed', { region, index, focused, added: [...region.querySelectorAll('[id]')].filter((e) => !had.has(e.id)) });
}

// What the reader holds in the hand is not the server's to change.
const held = '[data-live-keep], dialog[open], :popover-open, .row-check';
const morphing = {
  morphStyle: 'outerHTML',
  callbacks: {
    beforeNodeMorphed: (old) => !(old instanceof Element && (old.matches(held) || (old.matches('select') && old.contains(document.activeElement)))),
    beforeNodeRemoved: (old) => !(old instanceof Element && old.matches(`.feed-news, .newline, ${held.replace(', .row-check', '')}`)),
    beforeAttributeUpdated(name, element) {
      if (name === 'aria-expanded' && element.matches('[data-toggle]')) return false;
      if (['data-selected', 'tabindex', 'aria-current', 'aria-busy'].includes(name)) return !element.matches('.row, .row-link, [data-more]');
      if (['src', 'hidden'].includes(name) && element.matches('iframe[data-mail], [data-mail-images]')) return false; // pictures that were asked for
      if (name === 'style') return false; // a height that was measured; the server sends none
      if (name === 'data-state') return element.getAttribute(name) !== 'picked';
      return name !== 'open' || !element.matches('details');
    },
  },
};

// morph leaves what is being typed, but not the insides of a link with focus.
function morph(old, fresh) {
  Idiomorph.morph(old, fresh, { ...morphing, ignoreActiveValue: typing(document.activeElement) });
}

// keepBeyond keeps the children that data-more has put outside the answer's window.
function keepBeyond(region, fresh) {
  // A thread opens with more than a poke fetches of it.
  const atStart = region.dataset.liveWindow === 'end';
  if (!region.dataset.liveWindow || (!atStart && !('extended' in region.dataset))) return;
  const old = [...region.children], ids = new Set([...fresh.children].map((e) => e.id).filter(Boolean));
  const known = old.flatMap((e, i) => (ids.has(e.id) ? [i] : []));
  if (!known.length) return;
  if ('extended' in region.dataset) fresh.dataset.extended = '';
  for (const link of fresh.querySelectorAll(`[data-more="${atStart ? 'start' : 'end'}"]`)) (link.closest('[data-more-place]') ?? link).remove();
  const beyond = (atStart ? old.slice(0, known[0]) : old.slice(known.at(-1) + 1)).map((e) => e.cloneNode(true));
  if (atStart) fresh.prepend(...beyond);
  else fresh.append(...beyond);
}

// hold keeps new rows back while the list is scrolled or the pointer moves over it;
// the rows that stand there are brought up to date in their places.
function hold(region, fresh) {
  const scrolled = region.scrollTop > 8, moving = Date.now() - pointerAt < 1000 && region.matches(':hover');
  const news = [...fresh.children].filter((e) => e.id && !document.getElementById(e.id)).length;
  const bar = region.parentElement.querySelector(':scope > .news');
  if (!scrolled) bar?.remove();
  if (!scrolled && !moving) return false;
  for (const row of [...fresh.children]) {
    const old = row.id && document.getElementById(row.id);
    if (old) morph(old, row);
  }
  tell('parley:morphed', { region, index: -1, focused: false, added: [] });
  if (!scrolled) soon(region.id, 1000);
  else if (news) offerNews(region, news, bar);
  return true;
}

function offerNews(region, count, bar = document.createElement('button')) {
  const [one, many] = (region.dataset.liveHold || ',').split(',');
  bar.className = 'news';
  bar.type = 'button';
  bar.textContent = `${count} new ${count === 1 ? one : many}`.trim() + ', show';
  bar.dataset.liveShow = region.id;
  region.before(bar);
}

// ── The line ──

function state(up) {
  const bar = document.getElementById('line');
  clearTimeout(down);
  down = undefined;
  document.documentElement.dataset.line = up ? 'up' : 'down';
  tell('parley:line');
  if (up && bar) bar.hidden = true;
  if (up || !bar) return;
  down = setTimeout(() => {
    bar.textContent = `Reconnecting… last updated ${asOf.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`;
    bar.hidden = false;
  }, 2000);
}

// share tells this tab and, from the one that holds the line, the others.
function share(message) {
  hear(message);
  if (leads) channel?.postMessage(message);
}

function hear({ topic, line, fresh, want }) {
  if (topic) poke(topic);
  if (line) state(line === 'up');
  if (fresh) refreshAll();
  if (want) want.forEach(listen);
}

function listen(topic) {
  if (wanted.has(topic) || topic.endsWith('*')) return;
  wanted.add(topic);
  source?.addEventListener(topic, onEvent);
}

function wantAll() {
  const topics = regions().flatMap(topicsOf);
  topics.forEach(listen);
  if (!leads) channel?.postMessage({ want: topics });
}

function onEvent(event) {
  beat = Date.now();
  share({ topic: event.type });
}

function openLine() {
  source?.close();
  const url = new URL(lineURL(), location.href), after = document.body.dataset.liveAfter;
  if (after && !opened) url.searchParams.set('after', after);
  source = new EventSource(url);
  for (const topic of wanted) source.addEventListener(topic, onEvent);
  source.addEventListener('beat', () => { beat = Date.now(); asOf = new Date(); });
  for (const name of ['stale', 'resync']) source.addEventListener(name, () => share({ fresh: true }));
  source.onmessage = (event) => {
    beat = Date.now();
    for (const topic of event.data.split(/\s+/).filter(Boolean)) share({ topic });
  };
  source.onopen = () => {
    share({ line: 'up', fresh: opened || !after });
    opened = true;
    retry = 1000;
  };
  source.onerror = () => {
    share({ line: 'down' });
    // The browser tries again by itself, except after a refusal or a cut answer.
    if (source.readyState === EventSource.CLOSED) setTimeout(openLine, retry = Math.min(retry * 2, 15000));
  };
}

// lead holds the line for all tabs of the browser, since it may have only six to a
// server without HTTP/2. The lock goes to another tab when this one is closed.
function lead() {
  leads = true;
  openLine();
  return new Promise(() => {});
}

function wake(force) {
  const dead = beat && Date.now() - beat > 40000;
  if (leads && (force || dead || source?.readyState === EventSource.CLOSED)) {
    opened = true;
    openLine();
  } else if (force) refreshAll();
}

export function startLive() {
  if (!lineURL()) return;
  channel = new BroadcastChannel(`parley-live ${lineURL()}`);
  channel.onmessage = (event) => hear(event.data);
  wantAll();
  if (navigator.locks) navigator.locks.request(`parley-live ${lineURL()}`, lead).catch(() => {}); // granted to a page that is left
  else lead();
  setTimeout(() => { if (!leads) refreshAll(); }, 300); // what came before this tab could hear is unknown

  document.addEventListener('parley:new', wantAll);
  // What an answer has put into a region is not what was last fetched for it.
  document.addEventListener('htmx:load', ({ target }) => last.delete(target.closest?.('[data-live]')));
  document.addEventListener('parley:left', () => document.querySelectorAll('[data-list]').forEach((list) => last.delete(list)));
  document.addEventListener('parley:shown', () => { // what came while the pane was on its way
    for (const region of regions()) if (topicsOf(region).some((topic) => poked.has(topic))) soon(region.id);
  });
  document.addEventListener('pointermove', () => { pointerAt = Date.now(); }, { passive: true });
  on('click', '[data-live-show]', (event, bar) => {
    const region = document.getElementById(bar.dataset.liveShow);
    bar.remove();
    region.scrollTop = 0;
    pointerAt = 0;
    refresh(region.id);
  });
  let tick = Date.now();
  setInterval(() => {
    const slept = Date.now() - tick > 20000 && !document.hidden;
    tick = Date.now();
    wake(slept);
  }, 5000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(false); });
  addEventListener('online', () => wake(true));
  addEventListener('pageshow', (event) => { if (event.persisted) wake(true); });
  addEventListener('pagehide', () => { source?.close(); });
}
