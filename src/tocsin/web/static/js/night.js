// The page at night, which works without this. Its worker keeps a tap that finds no network.
const { lang } = document.documentElement;
navigator.serviceWorker?.register(`../acknowledge/worker.js?language=${lang}`);

// A tap was kept: asked for again, the page sends it.
const kept = document.querySelector("time[data-kept]");
if (kept) {
  kept.textContent = new Date(kept.dateTime).toLocaleTimeString(lang);
  const again = () => location.replace(location.href);
  addEventListener("online", again);
  setInterval(() => navigator.onLine && again(), 5000);
}
