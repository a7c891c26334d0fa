// Presses what carries data-key. The registry is the page itself: a key exists as
// long as its button does. See README.md for the notation.

import { typing, visible } from './dom.js';
import { closedPicker, goBack } from './picker.js';
import { onItsWay } from './pane.js';
import { reveal } from './drawer.js';

const builtins = new Map();
let pending = '', pendingTimer, swallow = false;
let kept = []; // keys for the conversation that is on its way

// bind gives a key to a module; an element with data-key of the same name goes first.
export const bind = (key, fn) => builtins.set(key, fn);

// scope is where keys are looked for: the open dialog or menu, else the page.
export function scope() {
  return [...document.querySelectorAll('dialog:modal, .menu:popover-open:not(.suggest)')].at(-1) ?? document;
}

export const keysOf = (element) => (element.dataset.key ?? '').split(',');

// usable takes what is seen, links wherever they are, and the entries of closed menus.
export function usable(element) {
  if (element.matches(':disabled, [aria-disabled="true"]') || element.closest('[hidden], noscript')) return false;
  return visible(element) || element.matches('a[href]') || Boolean(element.closest('[data-menu]'));
}

// press does what a pointer would: text is selected, a list opens, all else is clicked.
export function press(element) {
  reveal(element);
  if (element.matches('select')) {
    element.focus();
    try { element.showPicker(); } catch { /* the browser wants the reader's own key */ }
  } else if (typing(element)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function nameOf(event) {
  const letter = /^\p{L}$/u.test(event.key);
  const shift = event.shiftKey && (letter || event.key.length > 1 || event.ctrlKey || event.metaKey);
  return (event.ctrlKey || event.metaKey ? 'Ctrl+' : '') + (event.altKey ? 'Alt+' : '') + (shift ? 'Shift+' : '')
    + (letter ? (event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key);
}

function find(name) {
  const root = scope();
  const named = [...root.querySelectorAll('[data-key]')].filter((e) => keysOf(e).includes(name)), element = named.find(usable);
  if (element || root !== document) return element;
  const hidden = named.find((e) => !e.closest('[hidden], noscript') && e.closest('#details, #sidebar') && !e.matches('[data-toggle]'));
  if (hidden) return hidden;
  if (document.getElementById('thread-head')) return undefined; // keys are those of the conversation that is shown
  return document.querySelector(`.row[data-selected] [data-key-row="${CSS.escape(name)}"]`);
}

// keepFromPicker keeps a key from changing the value of a closed select, as browsers let letters and arrows do: the
// change would be sent at once. The arrows open its list instead.
function keepFromPicker(event, select) {
  const arrow = event.key.startsWith('Arrow');
  if (!arrow && !['Home', 'End', 'PageUp', 'PageDown'].includes(event.key) && (event.key.length > 1 || event.key === ' ')) return;
  event.preventDefault();
  if (arrow) press(select);
}

const opensChord = (name) => [...document.querySelectorAll('[data-key]')].some((e) => keysOf(e).some((k) => k.startsWith(name + ' ')));

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return;
  const name = nameOf(event);
  const single = !name.startsWith('Ctrl+') && name !== 'Escape', picker = closedPicker(event.target);
  if (picker && single) keepFromPicker(event, picker);
  if (single && (!picker && typing(event.target) || document.documentElement.dataset.keys === 'off')) return;
  // Escape belongs to what is open first.
  if (name === 'Escape' && picker) {
    goBack(picker);
    return;
  }
  if (name === 'Escape' && event.target.closest('select, :popover-open, dialog')) return;
  // Enter and the blank are the keys of what has focus.
  if (['Enter', ' '].includes(name) && event.target.closest('a, button, summary, input, select, [role="option"]')) return;

  if (single && kept.length && onItsWay()) {
    keepForNext(event, name);
    return;
  }
  const tries = pending ? [`${pending} ${name}`, name] : [name];
  pending = '';
  clearTimeout(pendingTimer);
  for (const each of tries) {
    const element = find(each);
    if (single && element?.closest('.thread, .context') && onItsWay()) {
      keepForNext(event, name);
      return;
    }
    if (element) press(element);
    if (element || (scope() === document && builtins.get(each)?.(event))) {
      event.preventDefault();
      swallow = true;
      return;
    }
  }
  if (single && opensChord(name)) {
    event.preventDefault();
    pending = name;
    pendingTimer = setTimeout(() => { pending = ''; }, 1000);
  }
}

// keepForNext keeps a key until the conversation that is on its way is there: now it would go to the one before.
function keepForNext(event, name) {
  event.preventDefault();
  swallow = true;
  kept.push({ name, key: event.key });
}

// replay presses what was kept. What takes a conversation out of the list waits for eyes: it was meant for one that
// nobody has seen yet.
function replay() {
  while (kept.length && !onItsWay()) {
    const { name, key } = kept.shift();
    const field = document.activeElement, writes = typing(field), element = !writes && find(name);
    if (writes && key.length === 1 && field.setRangeText) {
      field.setRangeText(key, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    } else if (element && !element.matches('[data-key-seen]')) {
      press(element);
    } else if (!element && !writes && ['j', 'k'].includes(name)) {
      builtins.get(name)();
    }
  }
}

export function startKeys() {
  document.addEventListener('parley:shown', () => setTimeout(replay));
  document.addEventListener('keydown', onKey);
  // Where the letter comes as an event of its own, it must not land in the field
  // that its key has just gone to.
  document.addEventListener('keypress', (event) => { if (swallow) event.preventDefault(); });
  document.addEventListener('keyup', () => { swallow = false; });
}
