// HTML mails stand in frames without script; the page measures them, once they are
// there and whenever a picture changes them.

import { arrived, on, within } from './dom.js';

function fit(frame) {
  const inside = frame.contentDocument?.documentElement;
  if (inside) frame.style.blockSize = `${Math.min(inside.getBoundingClientRect().height, 20000) + 2}px`;
}

function watch(frame) {
  const inside = frame.contentDocument?.documentElement;
  if (!inside || frame.contentDocument.URL === 'about:blank') return;
  fit(frame);
  new ResizeObserver(() => fit(frame)).observe(inside);
}

export function startMail() {
  arrived((root) => {
    for (const frame of within(root, 'iframe[data-mail]')) if (!frame.style.blockSize) watch(frame);
  });
  on('load', 'iframe[data-mail]', (event, frame) => watch(frame), true);
  on('click', '[data-mail-images]', (event, link) => {
    const frame = link.closest('article')?.querySelector('iframe[data-mail]');
    if (!frame) return;
    event.preventDefault();
    frame.src = link.href;
    link.hidden = true;
  });
}
