// The entry: what every page gets. Each module listens on the document, so that
// what arrives later behaves like what was there.

import { startKeys } from './keys.js';
import { startFocus } from './focus.js';
import { startDialogs } from './dialog.js';
import { startDrawers } from './drawer.js';
import { startPickers } from './picker.js';
import { startPanes } from './pane.js';
import { startList } from './list.js';
import { startMore } from './more.js';
import { startThread } from './thread.js';
import { startComposer } from './composer.js';
import { startUploads } from './upload.js';
import { startSuggestions } from './suggest.js';
import { startLive } from './live.js';
import { startOffline } from './offline.js';
import { startPalette } from './palette.js';
import { startToasts } from './toast.js';
import { startTheme } from './theme.js';
import { startMail } from './mail.js';
import { startTimes } from './times.js';
import { startPushes } from './push.js';

for (const start of [
  startTheme, startKeys, startFocus, startDialogs, startDrawers, startPickers, startPanes, startList, startMore, startThread,
  startComposer, startUploads, startSuggestions, startPalette, startToasts, startTimes, startMail, startPushes, startLive, startOffline,
]) {
  try {
    start();
  } catch (error) {
    console.error(start.name, error); // one that fails must not take the others along
  }
}
// A menu that runs sideways on a narrow screen shows where one is.
document.querySelector('.sidebar-scroll [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
document.documentElement.dataset.ready = '';
