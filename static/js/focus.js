// Where the focus goes when what had it is no longer in the page: to its successor, to the row, or to the thread, and
// never to the body, where a screen reader begins at the top.

import { visible } from './dom.js';

let last; // what had the focus

// home is where the keys of a page belong: the selected row, or the main part.
export function home() {
  return [document.querySelector('[data-list] .row[data-selected] .row-link'), document.getElementById('main')].find((e) => e && visible(e));
}

function keep() {
  const now = document.activeElement;
  if (!last || (now && now !== document.body) || (last.isConnected && visible(last))) return;
  const next = last.id && document.getElementById(last.id);
  (next && visible(next) ? next : home())?.focus({ preventScroll: true });
}

export function startFocus() {
  document.addEventListener('focusin', (event) => { last = event.target; });
  for (const name of ['htmx:afterSettle', 'parley:morphed', 'parley:shown']) document.addEventListener(name, keep);
  document.addEventListener('toggle', (event) => { if (event.newState === 'closed') setTimeout(keep); }, true);
}
