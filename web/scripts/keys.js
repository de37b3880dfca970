// Keys for those who settle many: rows in <tbody data-keys="rows">, a <form data-keys="choice"> with radios named "choice", a link
// rel="next", and <details data-keys-help> that lists them and has the switch that turns them off (WCAG 2.1.4).
//
// j, k and the arrows move the focus along the rows, so that Enter opens one as it does any link; 1 to 9 choose a radio, Enter sends the
// form, n follows the link, ? opens the list. Never while somebody types into a field or holds a modifier, and nothing happens on a page
// without them.

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const SWITCH = "keys";

function typing(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
}

function choose(form, place) {
  const radios = form.querySelectorAll(`input[type=radio][name="${form.dataset.keys}"]`);
  const radio = radios[place - 1];
  if (!radio) return false;
  radio.checked = true;
  radio.focus();
  return true;
}

// j from anywhere else is the first row; an arrow scrolls the page as long as no row has the focus; past the ends nothing moves.
function step(key) {
  const rows = [...document.querySelectorAll("[data-keys=rows] th a")];
  const at = rows.indexOf(document.activeElement);
  const to = at < 0 && key.startsWith("Arrow") ? null : rows[at + STEPS[key]];
  if (to) to.focus();
  return Boolean(to);
}

function decide(event, form) {
  const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [data-keys-switch]");
  if (/^[1-9]$/.test(event.key)) return choose(form, Number(event.key));
  if (event.key !== "Enter" || onButton) return false;
  form.requestSubmit();
  return true;
}

function help() {
  const list = document.querySelector("[data-keys-help]");
  if (!list) return false;
  list.open = !list.open;
  list.querySelector("summary").focus();
  return true;
}

function act(event) {
  const form = document.querySelector("form[data-keys]");
  if (event.key === "?") return help();
  if (form && decide(event, form)) return true;
  if (!form && event.key in STEPS) return step(event.key);
  const next = event.key === "n" && document.querySelector("main a[rel=next]");
  if (next) next.click();
  return Boolean(next);
}

export function listenForKeys() {
  const list = document.querySelector("[data-keys-help]");
  const onOff = document.querySelector("[data-keys-switch]");
  if (!list || !onOff) return;
  list.hidden = false;
  onOff.checked = localStorage.getItem(SWITCH) !== "off";
  onOff.addEventListener("change", () => localStorage.setItem(SWITCH, onOff.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!onOff.checked || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (act(event)) event.preventDefault();
  });
}
