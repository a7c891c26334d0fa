// Suggestions while one writes: "/" for canned replies, "@" for people. The list
// comes from the server; the field keeps the focus.

import { ask, on, parse } from './dom.js';

const kinds = { '/': 'cannedUrl', '@': 'mentionUrl' };
let box, field, word, active = 0, asking;

const options = () => (box ? [...box.querySelectorAll('[role="option"]')] : []);

// wordAt finds "/rim" or "@no" before the cursor.
function wordAt(text) {
  const before = text.value.slice(0, text.selectionStart);
  const found = /(?:^|\s)([/@])([\p{L}\p{N}_-]{0,30})$/u.exec(before);
  return found && { sign: found[1], query: found[2], from: before.length - found[2].length - 1 };
}

async function suggest(text) {
  word = wordAt(text);
  const url = word && text.form.dataset[kinds[word.sign]];
  if (!url) {
    close();
    return;
  }
  asking?.abort();
  asking = new AbortController();
  const address = new URL(url, location.href);
  address.searchParams.set('q', word.query);
  try {
    const response = await ask(address, 'suggestions', { signal: asking.signal });
    const found = response.ok ? [...parse(await response.text()).querySelectorAll('[data-insert]')] : [];
    if (found.length && document.activeElement === text) show(text, found);
    else close();
  } catch { /* typed on */ }
}

function show(text, found) {
  if (!box) {
    box = document.createElement('div');
    box.className = 'menu suggest';
    Object.assign(box, { id: 'suggestions', popover: 'manual', role: 'listbox', ariaLabel: 'Suggestions' });
  }
  field = text;
  found.forEach((option, i) => { option.id = `suggestion-${i}`; });
  box.replaceChildren(...found);
  text.form.append(box);
  box.showPopover();
  const place = text.getBoundingClientRect();
  box.style.insetInlineStart = `${document.dir === 'rtl' ? innerWidth - place.right : place.left}px`;
  box.style.insetBlockEnd = `${innerHeight - place.top + 4}px`;
  text.setAttribute('aria-controls', 'suggestions');
  choose(0);
}

function close() {
  box?.remove();
  for (const name of ['aria-controls', 'aria-activedescendant']) field?.removeAttribute(name);
  field = undefined;
}

function choose(index) {
  const all = options();
  active = (index + all.length) % all.length;
  all.forEach((option, i) => {
    option.toggleAttribute('data-active', i === active);
    option.setAttribute('aria-selected', String(i === active));
  });
  all[active].scrollIntoView({ block: 'nearest' });
  field.setAttribute('aria-activedescendant', all[active].id);
}

function insert(option) {
  const text = field;
  text.setRangeText(option.dataset.insert, word.from, text.selectionStart, 'end');
  close();
  text.focus();
  text.dispatchEvent(new Event('input', { bubbles: true }));
}

function onKey(event) {
  if (!field || event.target !== field) return;
  const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[event.key];
  if (to !== undefined) choose(to);
  else if (['Enter', 'Tab'].includes(event.key) && !event.ctrlKey && !event.metaKey && !event.shiftKey) insert(options()[active]);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startSuggestions() {
  on('input', '[data-composer] textarea', (event, text) => suggest(text));
  on('focusout', '[data-composer] textarea', () => setTimeout(() => { if (document.activeElement !== field) close(); }, 150));
  on('click', '[data-canned-open]', (event, button) => {
    const text = button.form.querySelector('textarea'), before = text.value.slice(0, text.selectionStart);
    text.focus();
    text.setRangeText(/(^|\s)$/.test(before) ? '/' : ' /', text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
  });
  on('mousedown', '.suggest', (event) => event.preventDefault());
  on('click', '.suggest [role="option"]', (event, option) => insert(option));
  document.addEventListener('keydown', onKey, true);
}
