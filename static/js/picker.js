// Selects and boxes that send their form on change, the picker of several, and the
// arrow keys of menus.

import { on, visible } from './dom.js';
import { home } from './focus.js';

const atOnce = 'select:is([data-submit], [data-theme-set], [data-density-set], [data-keys-set])';
const cameFrom = new WeakMap(); // select → what had the focus before it, unless Tab led there
let tabbed = false;

// closedPicker is the select around an element, if its change takes effect at once and its list is closed. A browser
// that does not tell whether a list is open has none.
export function closedPicker(element) {
  const select = element.closest?.(atOnce);
  return select && CSS.supports('selector(:open)') && !select.matches(':open') ? select : undefined;
}

// goBack leaves a select for where the focus was before.
export function goBack(select) {
  const from = cameFrom.get(select);
  (from?.isConnected && visible(from) ? from : home() ?? select).focus({ preventScroll: true });
}

function onChoice(select) {
  if (cameFrom.has(select)) setTimeout(() => goBack(select)); // once the list has closed and given the focus back to the select
  if (select.matches('[data-submit]')) select.form?.requestSubmit();
}

function optionsOf(menu) {
  return [...menu.querySelectorAll('a.option, button.option, label.option:not([hidden]) input')].filter(visible);
}

// step moves the focus among a menu's entries.
function step(event, menu) {
  const options = optionsOf(menu), at = options.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? options.length - 1 : at - 1, Home: 0, End: options.length - 1 }[event.key];
  if (to === undefined || !options.length || (event.target.matches('[data-filter]') && ['Home', 'End'].includes(event.key))) return;
  event.preventDefault();
  if (to < 0) menu.querySelector('[data-filter]')?.focus();
  else options[to % options.length].focus();
}

function filter(menu, text) {
  const wanted = text.trim().toLowerCase();
  for (const option of menu.querySelectorAll('.option')) {
    option.hidden = !option.textContent.toLowerCase().includes(wanted);
  }
}

const stateOf = (menu) => [...menu.querySelectorAll('input[type="checkbox"]')].map((box) => Number(box.checked)).join('');
const before = new WeakMap();

function onToggle(event) {
  const menu = event.target;
  if (!menu.matches?.('[popover]')) return;
  document.querySelector(`[popovertarget="${menu.id}"][aria-expanded]`)?.setAttribute('aria-expanded', String(event.newState === 'open'));
  if (menu.matches('[data-check-picker]')) {
    if (event.newState === 'open') before.set(menu, stateOf(menu));
    else if (before.get(menu) !== stateOf(menu)) menu.closest('form')?.requestSubmit();
  } else if (menu.matches('[data-menu]') && event.newState === 'open') {
    optionsOf(menu)[0]?.focus({ focusVisible: false });
  }
}

function onFilterKey(event, menu) {
  if (event.key !== 'Enter' || !event.target.matches('input')) return;
  event.preventDefault(); // Enter in the filter takes the first entry, on a box it turns it
  (event.target.matches('[data-filter]') ? optionsOf(menu)[0] : event.target)?.click();
}

export function startPickers() {
  on('change', `[data-submit], ${atOnce}`, (event, element) => onChoice(element));
  document.addEventListener('keydown', (event) => { tabbed = event.key === 'Tab'; }, true);
  document.addEventListener('pointerdown', () => { tabbed = false; }, true);
  on('focusin', atOnce, (event, select) => {
    if (tabbed) cameFrom.delete(select);
    else if (!select.contains(event.relatedTarget)) cameFrom.set(select, event.relatedTarget);
  });
  on('input', '[data-filter]', (event, field) => filter(field.closest('.menu'), field.value));
  on('keydown', '[data-menu], [data-check-picker]', step);
  on('keydown', '[data-check-picker]', onFilterKey);
  // Close after the form is sent: a button that loses the focus before is not sent with it.
  on('click', '[data-menu] .option', (event, option) => setTimeout(() => option.closest('[popover]')?.hidePopover()));
  document.addEventListener('toggle', onToggle, true);
}
