// The report of a linkage (dancu link --report X.html) as whoever gets the file sees it: in Chromium, from the disk, in both
// languages, of two lists and of one, with its tables closed and open. Prints TAP:
//
//   node tests/browser/report.mjs DANCU [--screenshots FOLDER]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { checkAxe, checkHtml, checkLanguage, checkPhone, watchPage } from "./checks.mjs";
import { openBrowser } from "./pages.mjs";
import { Tap } from "./tap.mjs";

const PEOPLE = 4000;
const LISTS = { "two lists": ["A.csv", "B.csv"], "one list": ["records.csv"] };

function makeReport(dancu, folder, lists, language) {
  const report = join(folder, `${lists.length}-${language}.html`);
  execFileSync(dancu, ["link", ...lists.map((f) => join(folder, f)), "--roles", join(folder, `roles-${lists.length}.yaml`), "--report", report, "--lang", language], { stdio: "ignore" });
  return report;
}

function makeLists(dancu, folder) {
  for (const [sides, options] of [[2, []], [1, ["--dedupe"]]]) {
    execFileSync(dancu, ["synth", "pairs", "--people", String(PEOPLE), "--seed", "5", "--out", folder, ...options], { stdio: "ignore" });
    renameSync(join(folder, "roles.yaml"), join(folder, `roles-${sides}.yaml`));
  }
}

async function checkReport(browser, report, language, shot) {
  const address = pathToFileURL(report).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const heard = await watchPage(page, address);
  try {
    await page.goto(address);
    const faults = [...(await checkHtml(readFileSync(report, "utf8"))), ...(await checkLanguage(page, language))];
    for (const open of [false, true]) {
      await page.evaluate((o) => document.querySelectorAll("details").forEach((d) => (d.open = o)), open);
      faults.push(...(await checkAxe(page)), ...(await checkPhone(page)));
      if (shot) await page.screenshot({ path: `${shot}-${open ? "open" : "closed"}.png`, fullPage: true });
    }
    return [...new Set(faults.concat(heard.faults()))];
  } finally {
    await context.close();
  }
}

const { values, positionals } = parseArgs({ options: { screenshots: { type: "string" } }, allowPositionals: true });
if (positionals.length !== 1) throw new Error("use: report.mjs DANCU [--screenshots FOLDER]");
const dancu = resolve(positionals[0]);
const folder = mkdtempSync(join(tmpdir(), "report-"));
const tap = new Tap();
const browser = await openBrowser();
try {
  if (values.screenshots) mkdirSync(values.screenshots, { recursive: true });
  makeLists(dancu, folder);
  for (const [name, lists] of Object.entries(LISTS))
    for (const language of ["vi", "en"]) {
      const shot = values.screenshots && join(values.screenshots, `report-${lists.length}-${language}`);
      await tap.point(`report of ${name}, ${language}`, () => checkReport(browser, makeReport(dancu, folder, lists, language), language, shot));
    }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
  tap.plan();
}
process.exitCode = tap.failed ? 1 : 0;
