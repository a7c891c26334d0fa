// Notifications in this browser: a button on the profile page asks for permission, subscribes the browser at its push
// service and tells the server. worker/push.js shows what comes.

import { arrived, on, post, within } from './dom.js';

const worker = '/static/worker/push.js';

const able = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

// show says how things are and offers what can be done about it: 'start', 'stop' or nothing.
function show(panel, words, offer) {
  panel.querySelector('[data-push-state]').textContent = words;
  panel.querySelector('[data-push-start]').hidden = offer !== 'start';
  panel.querySelector('[data-push-stop]').hidden = offer !== 'stop';
}

// activated waits until a registered worker can take pushes.
async function activated(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (registration.active || !coming) return;
  await new Promise((done) => {
    coming.addEventListener('statechange', () => coming.state === 'activated' && done());
  });
}

async function look(panel) {
  if (!able()) return show(panel, 'This browser takes no pushes.');
  const registration = await navigator.serviceWorker.getRegistration(worker);
  if (await registration?.pushManager.getSubscription()) return show(panel, 'This browser shows your notifications.', 'stop');
  return show(panel, 'This browser does not show your notifications.', 'start');
}

async function start(panel) {
  if (await Notification.requestPermission() !== 'granted') {
    return show(panel, 'This browser does not allow notifications from here. You can change that in its settings.', 'start');
  }
  const registration = await navigator.serviceWorker.register(worker);
  await activated(registration);
  const options = { userVisibleOnly: true, applicationServerKey: bytes(panel.dataset.push) };
  const subscription = await registration.pushManager.subscribe(options);
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post(panel.dataset.pushUrl, { endpoint, ...keys });
  if (!answer.ok) {
    await subscription.unsubscribe();
    throw new Error(`the server answers ${answer.status}`);
  }
  return show(panel, 'This browser shows your notifications.', 'stop');
}

async function stop(panel) {
  const registration = await navigator.serviceWorker.getRegistration(worker);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    await post(panel.dataset.pushUrl, { remove: subscription.endpoint });
    await subscription.unsubscribe();
  }
  return look(panel);
}

// signOut stops the pushes first: who is signed out must not read on.
function signOut(event, form) {
  const panel = document.querySelector('[data-push]');
  if (!panel || !able()) return;
  event.preventDefault();
  stop(panel).catch(() => {}).finally(() => form.submit());
}

export function startPushes() {
  on('submit', '[data-sign-out]', signOut);
  arrived((root) => within(root, '[data-push]').forEach(look));
  for (const [name, act] of [['start', start], ['stop', stop]]) {
    on('click', `[data-push-${name}]`, (event, button) => {
      const panel = button.closest('[data-push]');
      act(panel).catch((error) => show(panel, `That did not work: ${error.message}`, name));
    });
  }
}
