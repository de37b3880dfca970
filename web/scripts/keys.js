// Keys for those who settle many: <form data-keys="choice"> with radios named "choice", and a link rel="next".
//
// 1 to 9 choose a radio, Enter sends the form, n follows the link; never while somebody types into a field or holds a
// modifier, and nothing happens on a page without them.

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

function act(event) {
  const form = document.querySelector("form[data-keys]");
  const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary");
  if (form && /^[1-9]$/.test(event.key)) return choose(form, Number(event.key));
  if (form && event.key === "Enter" && !onButton) {
    form.requestSubmit();
    return true;
  }
  const next = event.key === "n" && document.querySelector("main a[rel=next]");
  if (next) next.click();
  return Boolean(next);
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)) return;
    if (act(event)) event.preventDefault();
  });
}
