// The details and the places: beside the list where there is room, else in a drawer that a button or a key opens.
// Where there is room, the same button hides the details and shows them again.

import { arrived, cookie, on, visible, within } from './dom.js';
import { closedPicker } from './picker.js';

const parts = { context: 'details', sidebar: 'sidebar' }; // by the name in data-toggle: the id

const desk = () => document.querySelector('.desk');
const wide = () => matchMedia('(width >= 80rem)').matches;
const partOf = (name) => document.getElementById(parts[name]);

// tellButtons keeps aria-expanded true.
function tellButtons(root = document) {
  for (const button of within(root, '[data-toggle]')) button.setAttribute('aria-expanded', String(visible(partOf(button.dataset.toggle) ?? button)));
}

// opener is the button that shows a hidden part. It may be another one than was pressed: the page renews itself.
const opener = (name) => [...document.querySelectorAll(`[data-toggle="${name}"]`)].find(visible);

function show(name) {
  if (wide()) {
    desk().removeAttribute(`data-${name}`);
    cookie(`parley_${name}`, '');
  } else {
    desk().dataset.drawer = name;
  }
  tellButtons();
}

function hide(name) {
  if (wide()) {
    desk().setAttribute(`data-${name}`, 'none');
    cookie(`parley_${name}`, 'none');
  } else {
    desk().removeAttribute('data-drawer');
  }
  tellButtons();
}

// reveal shows the part that an element is in, so that a key reaches what has no room on the page. It reports whether
// there was something to show.
export function reveal(element) {
  const name = Object.keys(parts).find((each) => partOf(each)?.contains(element));
  if (!name || visible(partOf(name))) return false;
  show(name);
  return true;
}

function toggle(button) {
  const name = button.dataset.toggle, part = partOf(name);
  if (visible(part)) {
    hide(name);
    opener(name)?.focus();
    return;
  }
  show(name);
  part.focus({ preventScroll: true });
}

const close = () => { if (desk()?.dataset.drawer) hide(desk().dataset.drawer); };

export function startDrawers() {
  on('click', '[data-toggle]', (event, button) => toggle(button));
  document.addEventListener('click', (event) => { if (event.target === desk()) close(); }); // what is dimmed
  document.addEventListener('focusin', ({ target }) => {
    const part = desk()?.dataset.drawer && partOf(desk().dataset.drawer);
    if (part && !part.contains(target) && !target.closest('dialog, [popover]')) close();
  });
  document.addEventListener('keydown', (event) => {
    const name = desk()?.dataset.drawer;
    if (event.key !== 'Escape' || !name || event.target.closest(':popover-open, dialog')) return;
    if (event.target.closest('select') && !closedPicker(event.target)) return;
    event.preventDefault();
    close();
    (opener(name) ?? document.getElementById('main'))?.focus();
  }, true);
  document.addEventListener('parley:shown', close);
  arrived(tellButtons);
  addEventListener('resize', () => tellButtons());
}
