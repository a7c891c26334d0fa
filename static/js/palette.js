// Everything that has a button, by typing: Ctrl+K. And all keys, by ?. Both are read
// off the page, so that they cannot say anything else than its buttons do.

import { ask, on, parse } from './dom.js';
import { bind, keysOf, press, usable } from './keys.js';

const builtin = [
  ['j', 'Next in the list'], ['k', 'Previous in the list'], ['o', 'Open the selected one'], ['x', 'Select it'], ['u', 'Back to the list'],
  ['Shift+J', 'Next message'], ['Shift+K', 'Previous message'], ['Ctrl+Enter', 'Send'], ['Ctrl+Shift+Enter', 'Send and resolve'],
  ['Ctrl+k', 'Commands'], ['?', 'All keys'], ['z', 'Undo the last change'], ['g i', 'Inbox'], ['/', 'Search'],
];
// Keys of an open conversation: they are on the sheet of every page.
const ofConversation = [
  ['r', 'Reply'], ['n', 'Note'], ['a', 'Assign'], ['Shift+A', 'Assign to me'], ['e', 'Resolve'], ['Shift+E', 'Reopen'], ['h', 'Snooze'],
  ['l', 'Labels'], ['t', 'Team'], ['.', 'More actions'], ['Shift+U', 'Mark unread'], ['\\', 'Show or hide details'],
];
let dialog, field, box, items = [], active = 0, asking, timer;

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function caps(key) {
  const names = { Enter: '↵', Shift: '⇧', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
  return node('span', { class: 'keys', 'aria-hidden': 'true' },
    ...key.split(/[ +]/).filter(Boolean).map((cap) => node('kbd', { class: 'key' }, names[cap] ?? cap)));
}

function wordsOf(element) {
  if (element.dataset.command) return element.dataset.command;
  const label = element.getAttribute('aria-label');
  if (label) return label;
  const copy = element.cloneNode(true);
  for (const quiet of copy.querySelectorAll('.avatar, .count, .keys, .key, .more, .badge')) quiet.remove();
  return copy.textContent.replace(/\s+/g, ' ').trim();
}

// commands are the buttons of the page and the places one can go to.
function commands() {
  const found = new Map();
  for (const element of document.querySelectorAll('[data-key], [data-command], [data-menu] .option, .rail-link, .sidebar-item')) {
    if (element.closest('dialog') || !usable(element)) continue;
    const words = wordsOf(element), link = element.matches('a[href]:not([role="tab"])');
    const group = element.closest('[data-command-group]')?.dataset.commandGroup ?? (link ? 'Go to' : 'Here');
    if (words && !found.has(group + words)) found.set(group + words, { words, group, key: keysOf(element)[0], element });
  }
  return [...found.values()].sort((a, b) => Number(a.group === 'Go to') - Number(b.group === 'Go to'));
}

// match finds a query in some words, as it stands or else by beginnings of words. It
// returns the places and a rank, less being better, or nothing.
function match(words, query) {
  const lower = words.toLowerCase(), wanted = query.toLowerCase(), start = lower.indexOf(wanted);
  if (start >= 0) return { at: [...wanted].map((_, i) => start + i), rank: start && lower[start - 1] !== ' ' ? 1 : 0 };
  const at = [];
  for (const letter of wanted.replaceAll(' ', '')) {
    let found = (at.at(-1) ?? -1) + 1;
    if (lower[found] !== letter) do found = lower.indexOf(letter, found + 1); while (found > 0 && /[\p{L}\p{N}]/u.test(lower[found - 1]));
    if (found < 0) return undefined;
    at.push(found);
  }
  return { at, rank: 2 + at.at(-1) - at[0] };
}

function named(words, at = []) {
  const name = node('span', { class: 'name' });
  [...words].forEach((letter, i) => name.append(at.includes(i) ? node('mark', {}, letter) : letter));
  return name;
}

function build() {
  field = node('input', {
    role: 'combobox', 'aria-label': 'Command, conversation or person', 'aria-expanded': 'true', 'aria-controls': 'palette-list',
    'aria-autocomplete': 'list', autocomplete: 'off', placeholder: 'Type a command, a name or a number',
  });
  box = node('div', { class: 'picker-list', role: 'listbox', id: 'palette-list', 'aria-label': 'Results' });
  const hint = (key, words) => node('span', {}, node('kbd', { class: 'key' }, key), ` ${words}`);
  dialog = node('dialog', { class: 'dialog palette', 'aria-label': 'Commands', 'data-dialog': '' },
    node('div', { class: 'palette-field' }, field), box,
    node('div', { class: 'picker-foot', 'aria-hidden': 'true' }, hint('↵', 'run'), hint('>', 'commands'), hint('@', 'people'), hint('#', 'conversations')));
  document.body.append(dialog);
  field.addEventListener('input', draw);
  field.addEventListener('keydown', onKey);
  box.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) run(items[Number(option.id.slice(8))]);
  });
}

function draw() {
  const typed = field.value.trim(), query = typed.replace(/^[>@#]\s*/, '');
  items = /^[@#]/.test(typed) ? [] : commands()
    .map((command) => ({ ...command, ...match(command.words, query) }))
    .filter((command) => command.at)
    .sort((a, b) => (query ? a.rank - b.rank : 0))
    .slice(0, query ? 12 : 200);
  show();
  clearTimeout(timer);
  const url = document.body.dataset.paletteUrl;
  if (url && query && !typed.startsWith('>')) timer = setTimeout(() => more(url, typed), 80);
}

// more asks the server for conversations and people.
async function more(url, typed) {
  asking?.abort();
  asking = new AbortController();
  try {
    const address = new URL(url, location.href);
    address.searchParams.set('q', typed);
    const response = await ask(address, 'palette-list', { signal: asking.signal });
    if (!response.ok || field.value.trim() !== typed) return;
    const hits = [...parse(await response.text()).querySelectorAll('a.option')];
    items = [...items.filter((item) => !item.hit), ...hits.map((hit) => ({ hit, element: hit, words: wordsOf(hit), group: hit.dataset.group ?? 'Found' }))];
    show();
  } catch { /* typed on, or no line: what is in the page stands */ }
}

function show() {
  const groups = Map.groupBy(items, (item) => item.group);
  items = [...groups.values()].flat();
  let i = 0;
  box.replaceChildren(...[...groups].map(([group, list]) => node('div', { role: 'group', 'aria-label': group },
    node('div', { class: 'picker-title', 'aria-hidden': 'true' }, group),
    ...list.map((item) => node('div', { class: 'option', role: 'option', id: `palette-${i++}`, 'aria-selected': 'false' },
      ...(item.hit ? item.hit.cloneNode(true).childNodes : [named(item.words, item.at), ...(item.key ? [caps(item.key)] : [])]))))));
  if (!items.length && field.value) box.append(node('p', { class: 'picker-title' }, 'Nothing found'));
  choose(0);
}

function choose(index) {
  active = items.length ? (index + items.length) % items.length : 0;
  for (const option of box.querySelectorAll('[data-active]')) {
    option.removeAttribute('data-active');
    option.setAttribute('aria-selected', 'false');
  }
  const option = document.getElementById(`palette-${active}`);
  option?.setAttribute('data-active', '');
  option?.setAttribute('aria-selected', 'true');
  option?.scrollIntoView({ block: 'nearest' });
  field.setAttribute('aria-activedescendant', option?.id ?? '');
}

function onKey(event) {
  const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[event.key];
  if (to !== undefined) choose(to);
  else if (event.key === 'Enter') run(items[active]);
  else return;
  event.preventDefault();
}

function run(item) {
  dialog.close();
  if (item?.hit) location.assign(item.hit.href);
  else if (item?.element.isConnected) press(item.element);
}

function openPalette() {
  if (!dialog) build();
  field.value = '';
  dialog.showModal();
  field.focus();
  draw();
  return true;
}

// openSheet lists every key that works on this page now.
function openSheet() {
  const sheet = node('dialog', { class: 'dialog sheet', 'aria-labelledby': 'sheet-title', 'data-dialog': '' });
  const body = node('div', { class: 'dialog-body' });
  const listed = (group, keys) => keys.map(([key, words]) => ({ key, words, group }));
  const fixed = [...listed('In a conversation', ofConversation), ...listed('Everywhere', builtin)], known = new Set(fixed.map((c) => c.key));
  const groups = Map.groupBy([...commands().filter((c) => c.key && !known.has(c.key)), ...fixed], (c) => c.group);
  for (const [group, list] of groups) {
    const part = node('section', { class: 'sheet-keys', 'aria-label': group }, node('h3', { class: 'sheet-title' }, group));
    for (const { key, words } of list) part.append(node('span', {}, words, node('span', { class: 'unseen' }, `, key ${key}`)), caps(key));
    body.append(part);
  }
  const close = node('button', { class: 'button', type: 'button', 'data-dialog-close': '' }, 'Close');
  sheet.append(node('div', { class: 'dialog-head' }, node('div', {}, node('h2', { class: 'dialog-title', id: 'sheet-title' }, 'Keys')), close), body);
  sheet.addEventListener('close', () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  return true;
}

export function startPalette() {
  bind('Ctrl+k', openPalette);
  bind('?', openSheet);
  on('click', '[data-keys-open]', openSheet);
}
