// Files of the composer: chosen, dropped or pasted; each goes up by its own request
// while one writes. Sending waits for them.

import { arrived, on, parse, say, settle, within } from './dom.js';

const underway = new WeakMap(); // form → number of uploads
const queue = new WeakMap(); // form → promise of the last upload's end
const waiting = new WeakMap(); // form → the button that was pressed

const composerOf = (element) => element.closest?.('form[data-composer]') ?? element.closest?.('.thread')?.querySelector('form[data-composer]');

const size = (n) => (n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))} KB` : `${(n / 1e6).toFixed(1)} MB`);

function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function chip(file) {
  const li = make('li', 'chip'), progress = make('progress', '');
  const again = make('button', 'button', 'Try again'), drop = make('button', 'icon-button', '×');
  progress.max = 100;
  progress.value = 0;
  progress.setAttribute('aria-label', `Uploading ${file.name}`);
  Object.assign(again.dataset, { kind: 'quiet', size: 'small', chipRetry: '' });
  again.type = drop.type = 'button';
  again.hidden = true;
  drop.dataset.chipRemove = '';
  drop.setAttribute('aria-label', `Remove ${file.name}`);
  li.append(make('span', 'chip-name', file.name), make('span', 'chip-size', size(file.size)), again, progress, drop);
  return li;
}

function add(form, files) {
  if (!form?.dataset.uploadUrl) return;
  const chips = form.querySelector('[data-chips]'), limit = Number(form.dataset.maxBytes) || Infinity;
  for (const file of files) {
    const li = chip(file);
    chips.append(li);
    if (file.size > limit) fail(li, `File is over ${Math.floor(limit / 1048576)} MB`, false);
    else upload(form, file, li);
  }
}

function fail(li, words, retry) {
  li.dataset.state = 'failed';
  li.querySelector('.chip-size').textContent = words;
  li.querySelector('progress').hidden = true;
  li.querySelector('[data-chip-retry]').hidden = !retry;
  say(`${li.querySelector('.chip-name').textContent}: ${words}`);
}

function count(form, by) {
  const left = (underway.get(form) ?? 0) + by;
  underway.set(form, left);
  if (left || !waiting.has(form)) return;
  const button = waiting.get(form);
  waiting.delete(form);
  button.removeAttribute('aria-busy');
  announce(form, '');
  form.requestSubmit(button); // which stops at a file that has failed, and says so
}

// announce says beside the button why nothing is sent yet.
function announce(form, words) {
  const place = form.querySelector('[data-saved]');
  if (place) place.textContent = words;
  if (words) say(words);
}

// Files that are up are part of a draft: they come back with the page, as long as the tab is open.
const filesKey = (form) => `files ${form.dataset.draftUrl}`;

function keepFiles(form) {
  const done = [...form.querySelectorAll('.chip:has(input[name="attachment"])')].map((li) => li.outerHTML);
  if (done.length) sessionStorage.setItem(filesKey(form), done.join(''));
  else sessionStorage.removeItem(filesKey(form));
}

function restoreFiles(form) {
  const chips = form.querySelector('[data-chips]'), kept = sessionStorage.getItem(filesKey(form));
  if (!kept || !chips || chips.children.length) return;
  chips.append(...parse(kept).querySelectorAll('.chip'));
  settle(chips);
}

// One after another: a message shows its files in the order in which they came up, and that shall be the one chosen.
function upload(form, file, li) {
  li.removeAttribute('data-state');
  li.querySelector('[data-chip-retry]').hidden = true;
  li.querySelector('progress').hidden = false;
  li.parleyRetry = () => upload(form, file, li);
  count(form, 1);
  const turn = queue.get(form) ?? Promise.resolve();
  queue.set(form, turn.then(() => li.isConnected && send(form, file, li)).then(() => count(form, -1)));
}

function send(form, file, li) {
  const request = new XMLHttpRequest(), body = new FormData();
  body.append('file', file);
  request.open('POST', form.dataset.uploadUrl);
  request.setRequestHeader('HX-Request', 'true');
  request.upload.onprogress = (event) => {
    const done = Math.round((event.loaded / event.total) * 100);
    li.querySelector('progress').value = done;
    li.querySelector('.chip-size').textContent = done < 100 ? `${done} %` : size(file.size);
  };
  request.onload = () => {
    const answer = parse(request.responseText).querySelector('.chip');
    if (request.status < 300 && answer) {
      li.replaceWith(answer);
      settle(answer);
      keepFiles(form);
    } else {
      const words = parse(request.responseText).querySelector('p')?.textContent || (request.status < 500 && request.responseText.slice(0, 120)) || 'Upload failed';
      fail(li, words, request.status >= 500 || request.status === 429);
    }
  };
  request.onerror = () => fail(li, 'No connection', true);
  li.addEventListener('parley:cancel', () => request.abort(), { once: true });
  return new Promise((over) => {
    request.onloadend = over;
    request.send(body);
  });
}

function remove(button) {
  const li = button.closest('.chip'), field = li.closest('form')?.querySelector('textarea');
  li.dispatchEvent(new Event('parley:cancel'));
  if (button.dataset.deleteUrl) fetch(button.dataset.deleteUrl, { method: 'DELETE', headers: { 'HX-Request': 'true' } }).catch(() => {});
  li.remove();
  if (field) keepFiles(field.form);
  field?.focus();
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');

export function startUploads() {
  arrived((root) => {
    for (const form of within(root, 'form[data-composer]')) restoreFiles(form);
  });
  document.addEventListener('htmx:beforeRequest', ({ detail: { elt } }) => {
    if (elt.matches('form[data-composer]')) elt.addEventListener('htmx:beforeOnLoad', ({ detail: { xhr } }) => {
      if (xhr.status < 300) sessionStorage.removeItem(filesKey(elt));
    }, { once: true });
  });
  on('change', 'input[data-upload]', (event, input) => {
    if (!input.form.dataset.uploadUrl) return;
    add(input.form, input.files);
    input.value = ''; // they must not go a second time with the form
  });
  on('click', '[data-chip-remove]', (event, button) => remove(button));
  on('click', '[data-chip-retry]', (event, button) => button.closest('.chip').parleyRetry?.());
  on('paste', '[data-composer] textarea', (event, text) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(text.form, event.clipboardData.files);
  });
  on('dragover', '.thread', (event, thread) => {
    const form = hasFiles(event) && composerOf(thread);
    if (!form) return;
    event.preventDefault();
    form.dataset.drop = '';
  });
  on('dragleave', '.thread', (event, thread) => {
    if (!thread.contains(event.relatedTarget)) composerOf(thread)?.removeAttribute('data-drop');
  });
  on('drop', '.thread', (event, thread) => {
    const form = hasFiles(event) && composerOf(thread);
    if (!form) return;
    event.preventDefault();
    form.removeAttribute('data-drop');
    add(form, event.dataTransfer.files);
  });
  on('submit', 'form[data-composer]', (event, form) => {
    const failed = form.querySelector('.chip[data-state="failed"]');
    if (!underway.get(form) && !failed) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // before htmx hears of it
    if (failed) {
      announce(form, 'A file is missing: remove it or try again');
      failed.querySelector('button:not([hidden])')?.focus();
      return;
    }
    const button = event.submitter ?? form.querySelector('[data-send]');
    button.setAttribute('aria-busy', 'true');
    waiting.set(form, button);
    announce(form, 'Will send when uploads finish');
  }, true);
}
