// The list under the fingers: selection and boxes. Selecting is local and takes no
// request; the row's content is fetched once the selection rests.

import { on, visible } from './dom.js';
import { bind } from './keys.js';
import { fetchAhead, openPane, openSoon } from './pane.js';

let rest, lastBox, gap = 0; // where the selected row stood when it left the list

const list = () => [...document.querySelectorAll('[data-list]')].find(visible);
const rowsOf = (ul) => [...ul.querySelectorAll('.row')];
const linkOf = (row) => row?.querySelector('.row-link');
const selected = () => document.querySelector('[data-list] .row[data-selected]');

function select(row) {
  for (const other of document.querySelectorAll('[data-list] .row[data-selected]')) {
    if (other !== row) other.removeAttribute('data-selected');
  }
  for (const link of document.querySelectorAll('[data-list] .row-link[tabindex="0"]')) link.tabIndex = -1;
  row.dataset.selected = '';
  linkOf(row).tabIndex = 0;
}

function move(by) {
  const ul = list();
  if (!ul) return false;
  const rows = rowsOf(ul);
  const at = rows.indexOf(selected());
  const to = at < 0 ? gap - (by < 0 ? 1 : 0) : at + by;
  const row = rows[Math.min(Math.max(to, 0), rows.length - 1)];
  if (!row) return false;
  select(row);
  linkOf(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
  clearTimeout(rest);
  const link = linkOf(row);
  if (ul.hasAttribute('data-list-open') && link.dataset.pane && innerWidth >= 768) openSoon(link);
  rest = setTimeout(() => {
    fetchAhead(link);
    for (const next of rows.slice(rows.indexOf(row) + 1, rows.indexOf(row) + 2)) fetchAhead(linkOf(next));
  }, 80);
  return true;
}

// leave takes rows out of the list when their conversations no longer belong there. If one of them is open, the next
// one is opened in its place: what is selected, what is seen and the address stay one.
function leave(numbers) {
  const gone = new Set(numbers.map((number) => document.querySelector(`[data-list] [id="conversation-${number}"]`)).filter(Boolean));
  const row = [...gone].find((r) => linkOf(r).pathname === location.pathname) ?? [...gone].find((r) => r.hasAttribute('data-selected'));
  const rows = rowsOf(document), focused = [...gone].some((r) => r.contains(document.activeElement));
  const next = row && [...rows.slice(rows.indexOf(row)), ...rows.slice(0, rows.indexOf(row)).reverse()].find((r) => !gone.has(r));
  if (row) gap = rows.slice(0, rows.indexOf(row)).filter((r) => !gone.has(r)).length;
  gone.forEach((r) => r.remove());
  if (!next) return;
  select(next);
  if (focused || document.activeElement === document.body) linkOf(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  if (linkOf(row).pathname === location.pathname && linkOf(next).dataset.pane) openPane(linkOf(next));
}

// pick turns all boxes of the list on or off.
function pick(on) {
  for (const box of document.querySelectorAll('[data-list] .row-check')) check(box, on);
  mark();
}

const picked = () => [...document.querySelectorAll('[data-list] .row-check:checked')];

function pickNone() {
  if (!picked().length) return false;
  pick(false);
  return true;
}

function openSelected() {
  const link = linkOf(selected());
  link?.click();
  return Boolean(link);
}

function backToList() {
  const ul = list();
  if (!ul) {
    const back = [...document.querySelectorAll('.thread-back')].find(visible);
    back?.click();
    return Boolean(back);
  }
  const row = selected() ?? rowsOf(ul)[0];
  if (!row || document.activeElement === linkOf(row)) return false;
  select(row);
  linkOf(row).focus();
  return true;
}

// mark makes rows, their links and the bulk bar agree with the address and the boxes.
function mark() {
  const here = location.pathname;
  for (const link of document.querySelectorAll('[data-list] .row-link')) {
    const current = link.pathname === here;
    if (current !== link.hasAttribute('aria-current')) {
      if (current) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (!link.hasAttribute('tabindex')) link.tabIndex = -1;
  }
  for (const ul of document.querySelectorAll('[data-list]')) {
    const row = ul.querySelector('.row[data-selected]') ?? ul.querySelector('.row:has([aria-current])') ?? ul.querySelector('.row');
    if (row && !ul.querySelector('.row-link[tabindex="0"]')) linkOf(row).tabIndex = 0;
    if (row?.querySelector('[aria-current]') && !ul.querySelector('.row[data-selected]')) select(row);
  }
  for (const box of document.querySelectorAll('[data-list] .row-check')) {
    box.tabIndex = -1; // x picks the row that has the focus
    check(box, box.checked);
  }
  const n = picked().length;
  for (const bar of document.querySelectorAll('[data-bulk]')) {
    if (n && bar.hidden) document.dispatchEvent(new Event('parley:picked'));
    bar.hidden = !n;
    for (const count of bar.querySelectorAll('[data-bulk-count]')) count.textContent = n;
  }
}

function check(box, on) {
  box.checked = on;
  if (on) box.closest('.row').dataset.state = 'picked';
  else box.closest('.row').removeAttribute('data-state');
}

function onBox(event, box) {
  const boxes = [...document.querySelectorAll('.row-check')];
  const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)];
  if (event.shiftKey && from >= 0) for (const other of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) check(other, box.checked);
  check(box, box.checked);
  lastBox = box;
  mark();
}

export function startList() {
  bind('j', () => move(1));
  bind('k', () => move(-1));
  bind('ArrowDown', (event) => Boolean(event.target.closest('[data-list]')) && move(1));
  bind('ArrowUp', (event) => Boolean(event.target.closest('[data-list]')) && move(-1));
  bind('o', openSelected);
  bind('Enter', openSelected);
  bind('u', backToList);
  bind('Escape', () => pickNone() || backToList());
  bind('x', () => {
    const box = selected()?.querySelector('.row-check');
    box?.click();
    return Boolean(box);
  });
  on('click', '.row-check', onBox);
  on('click', '[data-bulk-all]', () => pick(true));
  on('click', '[data-bulk-none]', pickNone);
  // What was done to them is done: the next choice begins anew, and a select says again what it is for.
  document.addEventListener('htmx:afterRequest', ({ detail: { elt, successful } }) => {
    if (!elt.matches?.('[data-bulk]') || !successful) return;
    elt.reset();
    pick(false);
  });
  on('focusin', '[data-list] .row-link', (event, link) => select(link.closest('.row')));
  document.addEventListener('parley:shown', () => {
    // The hand may be further on already: what has focus stays selected.
    const row = document.activeElement.closest('[data-list] .row') ?? rowsOf(document).find((r) => linkOf(r)?.pathname === location.pathname);
    if (row) select(row);
    mark();
  });
  document.addEventListener('parley:morphed', (event) => {
    mark();
    // The selected row may have left the view because of a colleague. Its conversation stays open, and j and k go on
    // from where it stood.
    const { region, index } = event.detail;
    if (index >= 0 && region.matches('[data-list]') && !region.querySelector('.row[data-selected]')) gap = index;
  });
  document.addEventListener('parley:left', (event) => leave(event.detail.conversations));
  document.addEventListener('parley:stayed', () => {
    const row = rowsOf(document).find((r) => linkOf(r)?.pathname === location.pathname);
    if (row) select(row);
    mark();
  });
  document.addEventListener('htmx:load', mark);
  mark();
}
