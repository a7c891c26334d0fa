// data-more: the rest of a list or of a thread, when it is scrolled near.

import { on, arrived, within, ask, parse, settle } from './dom.js';

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) more(entry.target);
}, { rootMargin: '400px' });

async function more(link) {
  if (link.ariaBusy === 'true' || !link.isConnected) return;
  link.ariaBusy = 'true';
  near.unobserve(link);
  const home = link.closest('[id]'), place = link.closest('[data-more-place]') ?? link;
  try {
    const response = await ask(link.href, home.id);
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = parse(await response.text()).getElementById(home.id);
    const fresh = [...(answer?.children ?? [])].filter((e) => !e.id || !document.getElementById(e.id));
    home.dataset.extended = '';
    keepPlace(home, link.dataset.more === 'start', () => place.replaceWith(...fresh));
    for (const element of fresh) settle(element);
  } catch {
    link.ariaBusy = 'false'; // the link stays, for another try
  }
}

// keepPlace keeps what is seen where it is while something is put above it. Where
// the browser anchors the scroll itself, it only must not stand at the very top.
function keepPlace(box, above, change) {
  if (above && CSS.supports('overflow-anchor', 'auto')) box.scrollTop = Math.max(box.scrollTop, 1);
  const height = box.scrollHeight, top = box.scrollTop;
  change();
  if (above && !CSS.supports('overflow-anchor', 'auto')) box.scrollTop = top + box.scrollHeight - height;
}

export function startMore() {
  arrived((root) => {
    for (const link of within(root, 'a[data-more]')) near.observe(link);
  });
  on('click', 'a[data-more]', (event, link) => {
    event.preventDefault();
    more(link);
  });
}
