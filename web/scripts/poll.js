// Live progress: <section id="progress" data-poll-ms="1000" aria-live="polite">…</section>
//
// Fetches the page again every data-poll-ms (at least 500) and puts the fetched section with the same id in place of the
// shown one; stops when the new section carries no data-poll-ms any more. When the page no longer has the section (work
// done, signed out), it loads what the server now shows. A fault of the network waits twice as long, up to 30 seconds.

const LEAST_MS = 500;
const MOST_MS = 30000;

async function fetchSection(id) {
  const reply = await fetch(location.href, { credentials: "same-origin", headers: { accept: "text/html" }, cache: "no-store" });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  return page.getElementById(id);
}

function replaceSection(shown, fresh) {
  const focused = document.activeElement && shown.contains(document.activeElement) ? document.activeElement.id : "";
  shown.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (focused) document.getElementById(focused)?.focus();
}

async function poll(shown) {
  let wait = Math.max(LEAST_MS, Number(shown.dataset.pollMs) || LEAST_MS);
  for (;;) {
    await new Promise((done) => setTimeout(done, wait));
    if (document.hidden) continue;
    let fresh;
    try {
      fresh = await fetchSection(shown.id);
    } catch {
      wait = Math.min(MOST_MS, wait * 2);
      continue;
    }
    if (!fresh) return location.reload();
    replaceSection(shown, fresh);
    if (!fresh.dataset.pollMs) return shown.removeAttribute("data-poll-ms");
    wait = Math.max(LEAST_MS, Number(fresh.dataset.pollMs) || LEAST_MS);
  }
}

export function pollAll() {
  for (const section of document.querySelectorAll("[data-poll-ms][id]")) poll(section);
}
