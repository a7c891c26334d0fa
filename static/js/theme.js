// Light, dark, density and single keys. The server renders what the cookie says; other tabs
// hear of a change through storage.

import { cookie, on } from './dom.js';

const settings = { theme: ['light', 'dark'], density: ['compact'], keys: ['off'] };

function set(name, value) {
  const known = settings[name].includes(value);
  if (known) document.documentElement.dataset[name] = value;
  else delete document.documentElement.dataset[name];
  return known ? value : '';
}

function choose(name, value) {
  cookie(`parley_${name}`, set(name, value));
  localStorage.setItem(`parley_${name}`, value);
}

export function startTheme() {
  for (const name of Object.keys(settings)) {
    on('click', `button[data-${name}-set]`, (event, button) => choose(name, button.dataset[`${name}Set`]));
    on('change', `select[data-${name}-set]`, (event, select) => choose(name, select.value));
  }
  addEventListener('storage', (event) => {
    const name = event.key?.replace('parley_', '');
    if (name in settings) set(name, event.newValue);
  });
}
