// A form that was sent is not sent again before its answer is there: a second tap, or Enter twice, comes to nothing. Its
// page is left by the answer; one that is shown again, or waits too long, gives its forms back.
const LONGEST = 10000; // milliseconds
let sending = null;

const answered = () => {
  clearTimeout(sending?.timer);
  sending?.button?.removeAttribute("aria-busy");
  sending = null;
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (sending) return event.preventDefault();
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
  sending = { button, timer: setTimeout(answered, LONGEST) };
});
addEventListener("pageshow", answered);
