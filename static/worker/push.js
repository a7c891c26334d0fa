// The service worker: shows what the server pushes to this browser, and opens the
// conversation that it is about. Its scope is its own directory, so no request of
// a page passes through it.

addEventListener('install', () => skipWaiting());

addEventListener('push', (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag, renotify: true, icon: '/static/img/mark.svg', data: { url } }));
});

addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.url));
});

// show goes to the window that has the conversation open already, or opens one.
async function show(url) {
  const { pathname } = new URL(url);
  const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((one) => new URL(one.url).pathname === pathname);
  return open ? open.focus() : clients.openWindow(url);
}
