// The composer: two modes that each keep their text, drafts that survive, sending.

import { arrived, on, post, typing, visible, within } from './dom.js';
import { bind } from './keys.js';

const states = new WeakMap();
const modes = ['reply', 'note'];

const textOf = (form) => form.querySelector('textarea[name="body"]');
const localKey = (form, mode) => `draft ${form.dataset.draftUrl} ${mode}`;

function open(form) {
  if (states.has(form)) return;
  const state = { texts: {}, dirty: new Set() };
  states.set(form, state);
  for (const mode of modes) {
    const saved = mode === form.dataset.mode ? textOf(form).value : form.querySelector(`template[data-draft="${mode}"]`)?.content.textContent ?? '';
    const local = sessionStorage.getItem(localKey(form, mode));
    state.texts[mode] = local ?? saved;
    if (local !== null && local !== saved) state.dirty.add(mode);
  }
  textOf(form).value = state.texts[form.dataset.mode];
  begin(form, state.texts.reply);
  if (state.dirty.size) save(form);
  resize(textOf(form));
  // Before the answer is put in, so that the fresh form does not find the old text. The form hears it itself: it may
  // have left the page by then.
  form.addEventListener('htmx:beforeOnLoad', ({ detail: { xhr } }) => {
    if (xhr.status >= 300) return;
    sessionStorage.removeItem(localKey(form, form.dataset.mode));
    if (form.dataset.mode === 'reply') sessionStorage.removeItem(localKey(form, 'began'));
  });
}

// begin keeps what was the newest message when a reply was begun. What a colleague replies after that stops it, although
// the page shows it by then.
function begin(form, text) {
  const field = form.querySelector('input[name="began"]'), key = localKey(form, 'began');
  if (!text) sessionStorage.removeItem(key);
  else if (!sessionStorage.getItem(key)) sessionStorage.setItem(key, document.getElementById('seen')?.value ?? '');
  field.value = sessionStorage.getItem(key) ?? '';
}

// setMode shows one mode and keeps the other's text.
function setMode(form, mode) {
  const state = states.get(form), text = textOf(form);
  if (form.dataset.mode !== mode) {
    state.texts[form.dataset.mode] = text.value;
    form.dataset.mode = mode;
    text.value = state.texts[mode] ?? '';
  }
  form.querySelector('input[name="mode"]').value = mode;
  text.setAttribute('aria-label', text.dataset[mode === 'note' ? 'labelNote' : 'labelReply'] ?? mode);
  for (const tab of form.querySelectorAll('[data-mode-tab]')) {
    const chosen = tab.dataset.modeTab === mode;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  for (const part of form.querySelectorAll('[data-mode-only]')) part.hidden = part.dataset.modeOnly !== mode;
  resize(text);
}

// resize is for browsers without field-sizing.
function resize(text) {
  if (CSS.supports('field-sizing', 'content')) return;
  text.style.blockSize = 'auto';
  text.style.blockSize = `${text.scrollHeight}px`;
}

function onInput(form) {
  const state = states.get(form), mode = form.dataset.mode, text = textOf(form);
  state.texts[mode] = text.value;
  state.dirty.add(mode);
  keep(form, mode);
  if (mode === 'reply') begin(form, text.value);
  said(form, '');
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), 600);
  resize(text);
  typed(form, state);
}

function keep(form, mode) {
  try {
    sessionStorage.setItem(localKey(form, mode), states.get(form).texts[mode]);
  } catch { /* full or forbidden: the server's draft remains */ }
}

function said(form, words) {
  const place = form.querySelector('[data-saved]');
  if (place) place.textContent = words;
}

async function save(form, last = false) {
  const state = states.get(form);
  clearTimeout(state.timer);
  if (!form.dataset.draftUrl || state.sending) return;
  for (const mode of state.dirty) {
    const body = state.texts[mode];
    state.dirty.delete(mode);
    state.abort = new AbortController();
    try {
      const response = await post(form.dataset.draftUrl, { mode, body }, { method: 'PUT', keepalive: last, signal: state.abort.signal });
      if (!response.ok) throw new Error(`status ${response.status}`);
      if (state.texts[mode] === body) {
        sessionStorage.removeItem(localKey(form, mode));
        said(form, body ? 'Saved' : '');
      }
    } catch {
      if (state.sending) return;
      state.dirty.add(mode);
      said(form, 'Saved on this device');
      state.timer = setTimeout(() => save(form), 5000);
      return;
    }
  }
}

// typed reports that the agent types, at most every ten seconds.
function typed(form, state) {
  if (!form.dataset.presenceUrl || Date.now() - (state.told ?? 0) < 10000) return;
  state.told = Date.now();
  post(form.dataset.presenceUrl, { mode: form.dataset.mode }).catch(() => { });
}

function send(which) {
  const forms = '[data-composer], [data-new-conversation]';
  const form = document.activeElement?.closest?.(forms) ?? [...document.querySelectorAll(forms)].find(visible);
  const buttons = form ? [...form.querySelectorAll('[data-send]')] : [];
  const shown = buttons.filter((b) => !b.closest('[hidden]') && (b.dataset.send === which));
  (shown[0] ?? (which ? null : buttons.find((b) => !b.closest('[hidden]'))))?.click();
  return shown.length > 0;
}

function onTabKey(event, tab) {
  if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
  event.preventDefault();
  const other = [...tab.closest('[role="tablist"]').querySelectorAll('[data-mode-tab]')].find((t) => t !== tab);
  setMode(tab.closest('form'), other.dataset.modeTab);
  other.focus();
}

export function startComposer() {
  arrived((root) => {
    for (const form of within(root, 'form[data-composer]')) open(form);
  });
  on('click', '[data-mode-tab]', (event, tab) => {
    event.preventDefault();
    setMode(tab.closest('form'), tab.dataset.modeTab);
    textOf(tab.closest('form')).focus();
  });
  on('keydown', '[data-mode-tab]', onTabKey);
  on('input', '[data-composer] textarea[name="body"]', (event, text) => onInput(text.form));

  // While it is sent no draft is saved; one that is on its way is called back. The
  // second press of an impatient finger sends nothing.
  on('submit', 'form[data-composer]', (event, form) => {
    if (!states.get(form)?.sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener('htmx:beforeRequest', ({ detail: { elt } }) => {
    const state = states.get(elt);
    if (!state) return;
    state.sending = true;
    clearTimeout(state.timer);
    state.abort?.abort();
  });
  document.addEventListener('htmx:afterRequest', ({ detail: { elt, successful } }) => {
    const state = states.get(elt);
    if (!state) return;
    state.sending = false;
    if (successful || !elt.isConnected) return;
    state.dirty.add(elt.dataset.mode);
    save(elt);
  });
  const flush = () => {
    for (const form of document.querySelectorAll('form[data-composer]')) if (states.get(form)?.dirty.size) save(form, true);
  };
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => { if (document.hidden) flush(); });

  bind('Ctrl+Enter', () => send(''));
  bind('Ctrl+Shift+Enter', () => send('resolve'));
  // Escape leaves without losing.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !typing(event.target) || !event.target.closest('[data-composer]')) return;
    event.preventDefault();
    (document.querySelector('[data-thread] > article:last-of-type') ?? document.getElementById('main'))?.focus();
  });
}
