// A small server for the driver's own test: one page that shows every class of web/styles, and one page for each fault
// that the driver has to find. It is also where a change of the style sheet is looked at without the C server.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const fonts = join(top, "node_modules", "@fontsource", "be-vietnam-pro", "files");
const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";

const WORDS = {
  vi: { title: "Trang mẫu", name: "Dân cư", main: "Thành phần của trang", person: "Nguyễn Thị Ánh Tuyết", signIn: "Đăng nhập", account: "Tên đăng nhập", password: "Mật khẩu" },
  en: { title: "Sample page", name: "Population", main: "Parts of the page", person: "Nguyễn Thị Ánh Tuyết", signIn: "Sign in", account: "Account name", password: "Password" },
};

const PARTS = `
<dl class="app-figures">
  <div class="app-figure"><dt>Nhân khẩu</dt><dd>100.000</dd><dd class="app-figure__note">21/11/2026</dd></div>
  <div class="app-figure app-figure--late"><dt>Quá hạn</dt><dd>12</dd></div>
</dl>
<p><span class="app-bar app-bar--35" aria-hidden="true"></span> 35 %</p>
<p><span class="app-bar app-bar--late app-bar--100" aria-hidden="true"></span> 100 %</p>
<section id="progress" data-poll-ms="500" aria-live="polite">
  <div class="app-progress"><label for="bar">5.000</label><progress id="bar" max="100" value="35">35 %</progress></div>
</section>
<section class="app-scroll" aria-label="Danh sách" tabindex="0"><table class="govuk-table app-table">
  <caption class="govuk-table__caption">Danh sách</caption>
  <thead><tr><th scope="col">Mã</th>${"<th scope='col'>Cột dài</th>".repeat(12).replaceAll("'", '"')}<th scope="col" class="app-number">Số</th></tr></thead>
  <tbody>${`<tr><th scope="row" class="app-code">00004</th>${"<td>Nghĩa Hưng</td>".repeat(12)}<td class="app-number">1.234</td></tr>`.repeat(3)}</tbody></table></section>
<table class="govuk-table app-cards"><caption class="govuk-table__caption">Thẻ</caption>
  <thead><tr><th scope="col">Dòng</th><th scope="col">Lý do</th></tr></thead>
  <tbody><tr><td data-label="Dòng">17</td><td data-label="Lý do">Thiếu số 0 ở đầu</td></tr></tbody></table>
<div class="app-sides">
  <section class="app-side"><h2 class="govuk-heading-m">A</h2><dl><div class="app-side__differs"><dt>Ngày sinh</dt><dd>01/02/1950 <strong class="govuk-tag">khác</strong></dd></div></dl></section>
  <section class="app-side"><h2 class="govuk-heading-m">B</h2><dl><div class="app-side__differs"><dt>Ngày sinh</dt><dd>02/01/1950 <strong class="govuk-tag">khác</strong></dd></div></dl></section>
</div>
<section class="app-card"><h2 class="govuk-heading-m">C</h2><p class="app-hash">${"9f86d081".repeat(8)}</p></section>
<ol class="app-trail"><li><time datetime="2026-11-21T08:00">08:00 21/11/2026</time> Xác thực</li></ol>
<button type="button" class="govuk-button" data-module="govuk-button" data-print hidden>In</button>
<p class="app-print-only">Bản in</p>`;

function frame(words, language, body, head = "") {
  return `<!DOCTYPE html>
<html lang="${language}" class="govuk-template"><head><meta charset="utf-8"><title>${words.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/assets/app.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><script type="module" src="/assets/app.js"></script>${head}</head>
<body class="govuk-template__body"><a href="#main" class="govuk-skip-link" data-module="govuk-skip-link">${words.main}</a>
<header class="app-header"><div class="govuk-width-container app-header__row"><a class="app-header__name" href="/">${words.name}</a>
<nav class="app-header__nav" aria-label="${words.title}"><ul><li><a href="/" aria-current="page">${words.title}</a></li></ul></nav>
<ul class="app-language"><li><a lang="en" hreflang="en" href="?lang=en">English</a></li><li><a lang="vi" hreflang="vi" href="?lang=vi">Tiếng Việt</a></li></ul></div></header>
<aside class="app-notice" aria-label="${words.title}">${words.person}</aside>
<div class="govuk-width-container"><main class="govuk-main-wrapper" id="main"><h1 class="govuk-heading-l">${words.main}</h1>${body}</main></div>
<footer class="app-footer"><div class="govuk-width-container">${words.name}</div></footer></body></html>`;
}

const FORM = (words) => `<form method="post" action="/sign-in"><input type="hidden" name="csrf" value="token">
<div class="govuk-form-group"><label class="govuk-label" for="n">${words.account}</label><input class="govuk-input" id="n" name="name" autocomplete="username" type="text"></div>
<div class="govuk-form-group"><label class="govuk-label" for="p">${words.password}</label><input class="govuk-input" id="p" name="password" type="password" autocomplete="current-password"></div>
<button type="submit" class="govuk-button">${words.signIn}</button></form>`;

// What each page does wrong.
const FAULTS = {
  "/fault/alt": '<img src="/assets/dot.svg">',
  "/fault/contrast": '<p class="govuk-hint faint">Nguyễn Thị Ánh Tuyết</p>',
  "/fault/inline-script": '<script>document.title = "x"</script>',
  "/fault/inline-style": '<p style="color: black">x</p>',
  "/fault/console": '<script src="/assets/loud.js"></script>',
  "/fault/missing-asset": '<script src="/assets/none.js"></script>',
  "/fault/other-host": '<script src="http://127.0.0.2:9/x.js"></script>',
  "/fault/html": "<p><div>x</div></p>",
  "/fault/wide": `<pre>${"rộng ".repeat(80)}</pre>`,
};

const SCRIPTS = { "/assets/loud.js": 'console.error("loud")', "/assets/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>' };

function languageOf(request, url) {
  const asked = url.searchParams.get("lang") ?? /lang=(vi|en)/.exec(request.headers.cookie ?? "")?.[1];
  return asked === "en" ? "en" : "vi";
}

function pageOf(url, language, signedIn) {
  const words = WORDS[language];
  if (url.pathname === "/") return [200, frame(words, language, PARTS)];
  if (url.pathname === "/sign-in") return [200, frame(words, language, FORM(words))];
  if (url.pathname === "/mine") return signedIn ? [200, frame(words, language, `<p class="govuk-body">${words.person}</p>`)] : [403, frame(words, language, "")];
  if (url.pathname === "/fault/language") return [200, frame(words, language === "vi" ? "en" : "vi", "")];
  if (url.pathname === "/fault/letters") return [200, frame(words, language, "").replace('<link rel="stylesheet" href="/assets/app.css">', "")];
  if (FAULTS[url.pathname]) return [200, frame(words, language, FAULTS[url.pathname])];
  return [404, frame(words, language, "")];
}

function assetOf(url, css, js) {
  const name = basename(url.pathname);
  if (name === "app.css") return ["text/css", css];
  if (name === "app.js") return ["text/javascript", js];
  if (name === "icon.svg") return ["image/svg+xml", readFileSync(join(top, "web", name))];
  if (name.endsWith(".woff2")) return ["font/woff2", readFileSync(join(fonts, name))];
  if (SCRIPTS[url.pathname]) return [name.endsWith(".js") ? "text/javascript" : "image/svg+xml", SCRIPTS[url.pathname]];
  return null;
}

function readBody(request) {
  return new Promise((done) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => done(new URLSearchParams(body)));
  });
}

async function answer(request, reply, css, js) {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname.startsWith("/assets/")) {
    const asset = assetOf(url, css, js);
    reply.writeHead(asset ? 200 : 404, { "content-type": asset?.[0] ?? "text/plain" });
    return reply.end(asset?.[1] ?? "");
  }
  if (request.method === "POST") {
    const form = await readBody(request);
    const right = form.get("name") === "citizen" && form.get("password") === "right" && form.get("csrf") === "token";
    reply.writeHead(303, right ? { location: "/mine", "set-cookie": "session=1; Path=/" } : { location: "/sign-in" });
    return reply.end();
  }
  const language = languageOf(request, url);
  const [status, html] = pageOf(url, language, /session=1/.test(request.headers.cookie ?? ""));
  reply.writeHead(status, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY, "set-cookie": `lang=${language}; Path=/` });
  reply.end(html);
}

/** Gives {base, close}. `css` is app.css as web/bundle.mjs makes it. */
export async function startSample(css, js) {
  const styles = `${css.replaceAll("asset:", "/assets/")}\n.faint{color:#cccccc}`;
  const server = createServer((request, reply) => answer(request, reply, styles, js));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))) };
}
