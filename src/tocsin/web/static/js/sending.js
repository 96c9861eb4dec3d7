// A form that was sent is not sent again by a second tap, or Enter twice. It rests for a moment only: who has stopped the
// browser sends it again, and the server answers that alike. Its button is busy until the answer is there.
const RESTS = 1000; // milliseconds
let busy = null;
let resting = null;

const answered = () => {
  clearTimeout(resting);
  busy?.removeAttribute("aria-busy");
  busy = resting = null;
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (resting) return event.preventDefault();
  answered();
  busy = event.submitter ?? form.querySelector("button:not([type=button])");
  busy?.setAttribute("aria-busy", "true");
  resting = setTimeout(() => (resting = null), RESTS);
});
addEventListener("pageshow", answered);
window.navigation?.addEventListener("navigate", ({ formData, signal }) => {
  if (formData) signal.addEventListener("abort", answered); // stopped, or another one is sent
});

// A page that answers a form would be sent for anew by Back: to the history it is the page on which the form stood.
const [visit] = performance.getEntriesByType("navigation");
if (visit?.serverTiming?.some(({ name }) => name === "form")) {
  const stood = new URL(document.referrer || location.href);
  history.replaceState(null, "", stood.origin === location.origin ? stood : location.href);
}
