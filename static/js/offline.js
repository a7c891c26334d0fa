// Without a connection the page stays: a link or a form that would lead to another page waits for it, because the
// browser's own error page would take the place of what one reads and writes.

import { tell } from './dom.js';

const down = () => !navigator.onLine || document.documentElement.dataset.line === 'down';
let through, timer; // the form that goes on once the server has answered

const reach = () => fetch(document.querySelector('link[rel~="icon"]').href, { method: 'HEAD', cache: 'no-store' });

// wait says that there is no connection until there is one again.
function wait() {
  const bar = document.getElementById('line');
  bar.textContent = 'You’re offline. Nothing is lost.';
  bar.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => reach().then(back, wait), 2000);
}

function back() {
  clearTimeout(timer);
  if (document.documentElement.dataset.line !== 'down') document.getElementById('line').hidden = true;
  tell('parley:back');
}

function onClick(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || !down() || event.defaultPrevented || link.origin !== location.origin || link.target) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.pathname + link.search === location.pathname + location.search) return; // a place on this page
  event.preventDefault();
  reach().then(() => location.assign(link.href), wait);
}

function onSubmit(event) {
  const form = event.target, { submitter } = event;
  if (!down() || event.defaultPrevented || form === through) return;
  event.preventDefault();
  reach().then(() => {
    through = form;
    form.requestSubmit(submitter);
  }, wait);
}

export function startOffline() {
  addEventListener('click', onClick); // after all others: they know what stays on this page
  addEventListener('submit', onSubmit);
  document.addEventListener('parley:stayed', wait);
}
