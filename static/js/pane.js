// Opens links with data-pane in place, and fetches them ahead while the pointer or
// the selection rests on them.

import { on, ask, parse, settle, tell, visible } from './dom.js';

const ahead = new Map(); // address → { at, topic, html }
let underway = 0, shown = location.pathname + location.search;
let resting, asked; // the rest before a conversation is opened; the address that is on its way

const idsOf = (link) => link.dataset.pane.split(' ');

async function html(href, ids) {
  const response = await ask(href, ids[0]);
  if ([502, 503, 504].includes(response.status)) throw new TypeError('no server behind the proxy');
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return response.text();
}

// onItsWay reports whether another conversation than the one that is seen is chosen already.
export const onItsWay = () => Boolean(resting || asked);

const isShown = (href) => shown === new URL(href).pathname + new URL(href).search;

// fetchAhead keeps an answer for ten seconds; two at most are underway. What was opened
// before the rest was over is fetched already.
export function fetchAhead(link) {
  for (const [href, { at }] of ahead) if (Date.now() - at > 10000) ahead.delete(href);
  const kept = ahead.has(link.href);
  if (underway >= 2 || kept || !link.dataset.pane || link.matches('[aria-current]') || isShown(link.href)) return;
  underway += 1;
  const answer = html(link.href, idsOf(link)).finally(() => { underway -= 1; });
  answer.catch(() => ahead.delete(link.href));
  ahead.set(link.href, { at: Date.now(), topic: link.closest('[data-live-topic]')?.dataset.liveTopic, html: answer });
}

function take(href, ids) {
  const kept = ahead.get(href);
  ahead.delete(href);
  return kept && Date.now() - kept.at < 10000 ? kept.html : html(href, ids);
}

function arrive() {
  asked = undefined;
  document.documentElement.classList.remove('waiting');
}

// show puts the parts with these ids from the answer into the page.
async function show(href, ids, view, before) {
  shown = new URL(href).pathname + new URL(href).search;
  asked = href;
  document.documentElement.classList.add('waiting');
  let answer;
  try {
    answer = parse(await take(href, ids));
  } catch (error) {
    if (asked !== href) return; // another was opened meanwhile
    arrive();
    if (!(error instanceof TypeError)) location.assign(href); // the whole page says better what is wrong
    else stay(href, before);
    return;
  }
  if (!isShown(href)) return;
  arrive();
  const fresh = ids.map((id) => [document.getElementById(id), answer.getElementById(id)]).filter(([old, next]) => old && next);
  if (!fresh.length) {
    location.assign(href);
    return;
  }
  const title = answer.querySelector('title')?.textContent;
  if (title) document.title = title;
  document.querySelector('.desk')?.setAttribute('data-view', view);
  for (const [old, next] of fresh) {
    old.replaceWith(next);
    settle(next);
  }
  if (!document.activeElement || document.activeElement === document.body || !visible(document.activeElement)) {
    (document.querySelector('[data-pane-focus]') ?? fresh[0][1]).focus({ preventScroll: true });
  }
  tell('parley:shown', { href });
}

// stay keeps the page as it was when there is no connection: selection, thread and address agree again. What was
// wanted is opened once the line is back, unless something else was chosen meanwhile.
function stay(href, before) {
  history.replaceState(history.state && { ...history.state, view: before.view }, '', before.href);
  shown = location.pathname + location.search;
  tell('parley:stayed', { href });
  const { href: here } = location;
  document.addEventListener('parley:back', () => {
    const { pathname, search } = new URL(href), link = document.querySelector(`a[data-pane][href="${CSS.escape(pathname + search)}"]`);
    if (link && location.href === here && !onItsWay()) openPane(link);
  }, { once: true });
}

// openPane opens a link as a click would, or lets the browser do it.
export function openPane(link) {
  const ids = idsOf(link);
  clearTimeout(resting);
  resting = undefined;
  if (!ids.some((id) => document.getElementById(id))) {
    location.assign(link.href);
    return;
  }
  const view = document.querySelector('.desk')?.dataset.view ?? 'list', before = { href: location.href, view };
  // The way back needs to know what to put in again.
  if (!history.state?.pane) history.replaceState({ pane: ids, view }, '');
  history.pushState({ pane: ids, view: 'thread' }, '', link.href);
  show(link.href, ids, 'thread', before);
}

// openSoon opens a link once the selection rests on it.
export function openSoon(link) {
  clearTimeout(resting);
  resting = link.pathname === location.pathname ? undefined : setTimeout(() => openPane(link), 80);
}

function overLink(event, link) {
  const timer = setTimeout(() => fetchAhead(link), 80);
  link.addEventListener('pointerleave', () => clearTimeout(timer), { once: true });
}

export function startPanes() {
  on('click', 'a[data-pane]', (event, link) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    if (!idsOf(link).some((id) => document.getElementById(id))) return;
    event.preventDefault();
    openPane(link);
  });
  on('pointerover', 'a[data-pane]', (event, link) => {
    if (!link.contains(event.relatedTarget)) overLink(event, link);
  });
  addEventListener('popstate', (event) => {
    if (!event.state?.pane || location.pathname + location.search === shown) return;
    show(location.href, event.state.pane, event.state.view, { href: new URL(shown, location.href).href, view: event.state.view });
  });
  // An answer that comes after another conversation was opened must not be put into that one: its head, its details and
  // its messages belong to the one before.
  document.addEventListener('htmx:oobBeforeSwap', (event) => {
    const { fragment } = event.detail, part = fragment.matches?.('[data-of]') ? fragment : fragment.querySelector('[data-of]');
    if (part && part.dataset.of !== location.pathname) event.detail.shouldSwap = false;
  });
  document.addEventListener('parley:poke', (event) => {
    for (const [href, kept] of ahead) if (!kept.topic || kept.topic === event.detail.topic) ahead.delete(href);
  });
}
