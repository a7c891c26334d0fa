// Toasts go by themselves; waiting shows late; a request that got no answer says so.

import { complain, on } from './dom.js';
import { bind } from './keys.js';

let done = []; // toasts with a way back, the newest last

// leave removes a toast after ten seconds, unless it is in use.
function leave(toast) {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) leave(toast);
    else toast.remove();
  }, 10000);
}

// undo takes back what was done last, then what was done before that.
function undo() {
  const toast = done.pop();
  if (!toast) return false;
  toast.hidden = true; // it may have made way for a later one
  document.body.append(toast);
  window.htmx.process(toast);
  toast.requestSubmit();
  return true;
}

function keep(toast) {
  if (toast.matches('form')) done = [...done, toast].slice(-10);
  leave(toast);
}

export function startToasts() {
  bind('z', undo);
  const toasts = document.getElementById('toasts');
  if (toasts) {
    [...toasts.children].forEach(keep);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) [...addedNodes].filter((n) => n.matches?.('[data-toast]')).forEach(keep);
    }).observe(toasts, { childList: true });
  }
  document.addEventListener('parley:line', () => { // what was said of the line holds no longer
    if (document.documentElement.dataset.line === 'up') document.querySelector('#alerts [data-about="line"]')?.remove();
  });
  on('submit', '.toast', (event, toast) => {
    done = done.filter((other) => other !== toast);
    toast.hidden = true; // at once: the next press of z is for the one before
    setTimeout(() => toast.remove());
  });

  let waiting = 0;
  const wait = (by) => {
    waiting = Math.max(0, waiting + by);
    document.documentElement.classList.toggle('waiting', waiting > 0);
  };
  document.addEventListener('htmx:beforeRequest', () => wait(1));
  document.addEventListener('htmx:afterRequest', () => wait(-1));
  document.addEventListener('htmx:sendError', () => complain('You’re offline. Nothing was lost. Try again.', 'line'));
  document.addEventListener('htmx:timeout', () => complain('The server is taking too long. Try again.', 'line'));
}
