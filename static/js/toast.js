// Toasts go by themselves; waiting shows late; a request that got no answer says so.

import { complain, on } from './dom.js';

// leave removes a toast after ten seconds, unless it is in use.
function leave(toast) {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) leave(toast);
    else toast.remove();
  }, 10000);
}

export function startToasts() {
  const toasts = document.getElementById('toasts');
  if (toasts) {
    [...toasts.children].forEach(leave);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) [...addedNodes].filter((n) => n.matches?.('[data-toast]')).forEach(leave);
    }).observe(toasts, { childList: true });
  }
  on('submit', '.toast', (event, toast) => setTimeout(() => toast.remove()));

  let waiting = 0;
  const wait = (by) => {
    waiting = Math.max(0, waiting + by);
    document.documentElement.classList.toggle('waiting', waiting > 0);
  };
  document.addEventListener('htmx:beforeRequest', () => wait(1));
  document.addEventListener('htmx:afterRequest', () => wait(-1));
  document.addEventListener('htmx:sendError', () => complain('No connection to the server. Nothing is lost; try again in a moment.'));
  document.addEventListener('htmx:timeout', () => complain('The server takes too long. Nothing is lost; try again in a moment.'));
}
