// The thread: where it opens, following what arrives, the reading mark.

import { arrived, within, post, say, visible } from './dom.js';
import { bind } from './keys.js';

const opened = new WeakSet();
const atEnd = new WeakMap();

const toEnd = (feed) => { feed.scrollTop = feed.scrollHeight; };

// openAt scrolls to the message of the address, else to the first unread, else to
// the end. Heights are guesses until they are drawn, hence the second time.
function openAt(feed) {
  const from = Number(new URLSearchParams(location.search).get('at'));
  const target = (location.hash.startsWith('#message-') && document.getElementById(location.hash.slice(1))) || feed.querySelector('.newline')
    || (from > 0 ? [...feed.querySelectorAll('article.message')].find((article) => Number(article.id.split('-')[1]) >= from) : undefined);
  const go = () => (target ? target.scrollIntoView({ block: 'start' }) : toEnd(feed));
  go();
  requestAnimationFrame(() => requestAnimationFrame(go));
  if (target?.matches('article')) target.focus({ preventScroll: true });
}

function open(feed) {
  if (opened.has(feed)) return;
  opened.add(feed);
  openAt(feed);
  atEnd.set(feed, true);
  feed.addEventListener('scroll', () => {
    const end = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 60;
    atEnd.set(feed, end);
    if (end) feed.querySelector('.feed-news')?.remove();
  }, { passive: true });
  new ResizeObserver(() => { if (atEnd.get(feed)) toEnd(feed); }).observe(feed);
  setTimeout(() => read(feed), 1000);
}

// read tells the server that what is in sight has been seen.
function read(feed) {
  if (!feed.isConnected || !feed.dataset.readUrl) return;
  if (document.hidden || !visible(feed)) {
    document.addEventListener('visibilitychange', () => setTimeout(() => read(feed), 1000), { once: true });
    return;
  }
  post(feed.dataset.readUrl, {}, { keepalive: true }).catch(() => {});
}

function offer(feed, count) {
  let button = feed.querySelector('.feed-news');
  if (!button) {
    button = document.createElement('button');
    button.className = 'button feed-news';
    button.dataset.size = 'small';
    button.type = 'button';
    button.dataset.count = '0';
    button.addEventListener('click', () => toEnd(feed));
    feed.append(button);
  }
  button.dataset.count = Number(button.dataset.count) + count;
  button.textContent = button.dataset.count === '1' ? '1 new message' : `${button.dataset.count} new messages`;
}

// follow answers to messages that came after the page.
function follow(feed, articles) {
  for (const article of articles) {
    article.dataset.arrived = '';
    if (article.dataset.announce) say(article.dataset.announce);
  }
  if (atEnd.get(feed) || articles.some((a) => a.dataset.from === 'agent' && a.contains(document.activeElement))) toEnd(feed);
  else offer(feed, articles.length);
  setTimeout(() => read(feed), 1000);
}

function step(by) {
  const articles = [...document.querySelectorAll('[data-thread] > article')];
  const at = articles.indexOf(document.activeElement.closest?.('article'));
  const next = articles[at < 0 ? articles.length - 1 : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return Boolean(next);
}

export function startThread() {
  // Our own message may have come over the event line before the answer that brings it.
  document.addEventListener('htmx:oobBeforeSwap', (event) => {
    for (const article of event.detail.fragment?.querySelectorAll?.('article[id]') ?? []) {
      if (document.getElementById(article.id)) article.remove();
    }
  });
  arrived((root) => {
    for (const feed of within(root, '[data-thread]')) open(feed);
    // A message of our own arrives with the answer to the composer, out of band.
    if (root.matches('article') && root.closest('[data-thread]')) toEnd(root.closest('[data-thread]'));
  });
  document.addEventListener('parley:morphed', (event) => {
    const { region, added } = event.detail;
    const feed = region.closest('[data-thread]') ?? region.querySelector('[data-thread]');
    const articles = added.filter((e) => e.matches('article.message'));
    if (feed && articles.length) follow(feed, articles);
  });
  bind('Shift+J', () => step(1));
  bind('Shift+K', () => step(-1));
}
