// The page at night, which works without this. Its worker keeps a tap that finds no network.
const { lang } = document.documentElement;
navigator.serviceWorker?.register(`../acknowledge/worker.js?language=${lang}`);

// A tap was kept, as its time says: asked for again, the page sends it.
const kept = document.querySelector("time[data-kept][datetime]");
if (!kept) self.caches?.open("answers").then((answers) => answers.delete(location.pathname)); // it is seen now
if (kept) {
  kept.textContent = new Date(kept.dateTime).toLocaleTimeString(lang);
  const again = () => {
    clearInterval(trying);
    removeEventListener("online", again);
    location.replace(location.href);
  };
  const trying = setInterval(() => navigator.onLine && again(), 5000);
  addEventListener("online", again);
}
