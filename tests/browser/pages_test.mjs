// The driver's own test: it passes the sample page in both languages with scripts and without, and finds each fault that
// a page can have. Without this a driver that looks at nothing would call every page good.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser, visitAll } from "./pages.mjs";
import { startSample } from "./sample.mjs";
import { Tap } from "./tap.mjs";

const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const SIGN_INS = { citizen: { name: "citizen", password: "right" }, wrong: { name: "citizen", password: "wrong" } };

// Path, and what must be said about it.
const FAULTS = [
  ["/fault/alt", /axe image-alt/],
  ["/fault/contrast", /axe color-contrast/],
  ["/fault/inline-script", /console: .*(Content Security Policy|inline)/],
  ["/fault/inline-style", /html no-inline-style/],
  ["/fault/console", /console: loud/],
  ["/fault/missing-asset", /404 for/],
  ["/fault/other-host", /asks another host|console: .*Content Security Policy/],
  ["/fault/html", /html /],
  ["/fault/wide", /wider than 360 px/],
  ["/fault/language", /html lang is/],
  ["/fault/letters", /main is set in/],
  ["/none", /status 404, expected 200/],
];

function bundle() {
  const folder = mkdtempSync(join(tmpdir(), "sample-"));
  try {
    const [css, js] = [join(folder, "app.css"), join(folder, "app.js")];
    execFileSync(process.execPath, [join(top, "web", "bundle.mjs"), css, js, join(folder, "app.d")]);
    return [readFileSync(css, "utf8"), readFileSync(js, "utf8")];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function linesOf(browser, base, pages, languages) {
  const lines = [];
  const inner = new Tap((line) => lines.push(line));
  await visitAll(browser, inner, { signIns: SIGN_INS, pages }, { base, languages });
  return { lines, count: inner.count, failed: inner.failed };
}

async function pointsAreGood(browser, base, pages, points) {
  const got = await linesOf(browser, base, pages);
  if (got.failed) return got.lines;
  return got.count === points ? [] : [`${got.count} points, expected ${points}`];
}

async function faultIsFound(browser, base, path, words) {
  const got = await linesOf(browser, base, [{ name: "faulty", path }], ["vi"]);
  return got.failed && words.test(got.lines.join("\n")) ? [] : [`${words} was not said`, ...got.lines];
}

const tap = new Tap();
const browser = await openBrowser();
const sample = await startSample(...bundle());
try {
  await tap.point("the sample page is good", () => pointsAreGood(browser, sample.base, [{ name: "sample", path: "/", see: ".app-figures" }], 4));
  await tap.point("the sign-in form is good", () => pointsAreGood(browser, sample.base, [{ name: "form", path: "/sign-in" }], 4));
  await tap.point("a signed-in page is reached", () => pointsAreGood(browser, sample.base, [{ name: "mine", path: "/mine", as: "citizen" }], 8));
  await tap.point("an expected refusal is good", () => pointsAreGood(browser, sample.base, [{ name: "mine", path: "/mine", status: 403 }], 4));
  await tap.point("steps are taken", () =>
    pointsAreGood(browser, sample.base, [{ name: "steps", path: "/sign-in", steps: [{ fill: ["#n", "citizen"] }, { fill: ["#p", "right"] }, { click: "main button" }, { gone: "#p" }] }], 4),
  );
  await tap.point("a wrong password is a failure", async () => {
    const got = await linesOf(browser, sample.base, [{ name: "mine", path: "/mine", as: "wrong" }]);
    return got.count === 4 && got.failed === 4 ? [] : got.lines;
  });
  await tap.point("an unknown step is a failure", async () => {
    const got = await linesOf(browser, sample.base, [{ name: "steps", path: "/", steps: [{ jump: "#n" }] }]);
    return got.failed === 4 ? [] : got.lines;
  });
  for (const [path, words] of FAULTS) await tap.point(`found: ${path}`, () => faultIsFound(browser, sample.base, path, words));
} finally {
  await browser.close();
  await sample.close();
  tap.plan();
}
process.exitCode = tap.failed ? 1 : 0;
