// What the other modules share: delegation, asking the server, saying things.

// on calls fn(event, element) for events on anything that matches, now or later.
export function on(type, selector, fn, capture = false) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element && event.target.closest(selector);
    if (element) fn(event, element);
  }, capture);
}

// arrived calls fn(root) for the page and for every part that comes into it.
export function arrived(fn) {
  fn(document.body);
  document.addEventListener('parley:new', (event) => fn(event.detail.root));
  document.addEventListener('htmx:load', (event) => fn(event.target));
}

// within lists what matches in a part, the part itself included.
export function within(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found;
}

export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

export const visible = (element) => element.checkVisibility({ visibilityProperty: true });

const fields = 'textarea, select, [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="file"])';

// typing reports whether a key pressed here types a character.
export const typing = (element) => Boolean(element?.matches?.(fields) || element?.closest?.('select'));

export const parse = (html) => new DOMParser().parseFromString(html, 'text/html');

// ask fetches a part of a page as htmx would.
export function ask(url, target, more = {}) {
  return fetch(url, {
    credentials: 'same-origin',
    ...more,
    headers: { 'HX-Request': 'true', 'HX-Target': target, 'HX-Current-URL': location.href, ...more.headers },
  });
}

// post sends a form without one; used for drafts, presence and reading marks.
export function post(url, values = {}, more = {}) {
  return fetch(url, {
    method: 'POST', credentials: 'same-origin', body: new URLSearchParams(values), ...more,
    headers: { 'HX-Request': 'true', ...more.headers },
  });
}

// settle makes htmx and our modules know a part that was put into the page.
export function settle(root) {
  window.htmx?.process(root);
  tell('parley:new', { root });
}

let sayings = [];

// say has words read out politely: at most every two seconds, all at once.
export function say(words) {
  sayings.push(words);
  if (sayings.length > 1) return;
  setTimeout(() => {
    const region = document.getElementById('said');
    if (region) region.textContent = sayings.length > 3 ? `${sayings.length} new` : sayings.join('. ');
    sayings = [];
  }, 2000);
}

// toast says what was done, as ui.Toast does.
export function toast(words) {
  const element = document.createElement('div');
  element.className = 'toast';
  element.dataset.toast = '';
  element.textContent = words;
  document.getElementById('toasts')?.replaceChildren(element);
}

// complain shows an error until it is dismissed, as ui.Alert does.
export function complain(words, about = '') {
  const element = document.createElement('div');
  element.className = 'callout';
  element.dataset.state = 'failed';
  if (about) element.dataset.about = about;
  const text = document.createElement('div');
  text.textContent = words;
  const close = document.createElement('button');
  close.className = 'button';
  close.type = 'button';
  close.dataset.dismiss = '';
  close.textContent = 'Close';
  element.append(text, close);
  document.getElementById('alerts')?.replaceChildren(element);
}

export function cookie(name, value) {
  const age = value ? 31536000 : 0;
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
}
