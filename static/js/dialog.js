// Dialogs, for browsers that do not know command="show-modal", and the small actions
// of buttons that need no module of their own: copy, dismiss.

import { on, arrived, within, toast } from './dom.js';

// modal turns a dialog that the server rendered open into a real one.
function modal(root) {
  for (const dialog of within(root, 'dialog[data-dialog][open]:not(:modal)')) {
    dialog.close();
    dialog.showModal();
  }
}

export function startDialogs() {
  arrived(modal);
  on('click', '[data-dialog-open]', (event, button) => {
    const dialog = document.getElementById(button.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  on('click', '[data-dialog-close]', (event, button) => button.closest('dialog')?.close());
  on('click', 'dialog[data-dialog]', (event, dialog) => {
    if (event.target === dialog) dialog.close(); // only the backdrop is the dialog itself
  });
  on('click', '[data-dismiss]', (event, button) => button.closest('.callout')?.remove());
  on('click', '[data-copy], [data-copy-from]', async (event, button) => {
    const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = from ? from.value ?? from.textContent : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text.startsWith('/') ? location.origin + text : text); // a link is of use elsewhere only whole
      toast('Copied');
    } catch {
      from?.select?.(); // no clipboard without https: leave it selected for Ctrl C
    }
  });
}
