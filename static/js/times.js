// Times that say how long ago stay true, by the rule of ui.Ago; what is older than
// a day is the server's to say, in the reader's zone.

export function startTimes() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-ago]')) {
      const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
      if (minutes >= 1440) continue;
      const words = minutes < 1 ? 'now' : minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
      if (time.textContent !== words) time.textContent = words;
    }
  }, 30000);
}
