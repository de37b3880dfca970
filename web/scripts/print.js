// <button type="button" class="govuk-button" data-print hidden>…</button>: shown only where a script can print.

export function offerPrint() {
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
