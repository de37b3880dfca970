// Drives every listed page of a running server in real Chromium, in Vietnamese and English, with scripts and without,
// and prints TAP:
//
//   node tests/browser/pages.mjs --base https://localhost:8443 --pages pages.json [--sign-ins sign-ins.json]
//                                [--set LIST=var/list.csv] [--screenshots docs/screenshots] [--only NAME,…]
//                                [--chromium /usr/bin/chromium]
//
// pages.json:    {"sign_ins": {"citizen": {"name": "…", "password": "…"}},
//                 "pages": [{"name": "home", "path": "/", "as": "citizen", "status": 200, "see": "h1", "steps": [...]}]}
// sign-ins.json: the reply of "account demo"; replaces "sign_ins", since passwords are made at start
//
// "as" may be left out (a visitor). Steps, each an object with one key, are done before the checks, which look at the page
// that they lead to ("status" is its); their values are CSS selectors: {"open": "/path"} {"click": "…"} {"fill": ["…", "text"]}
// {"choose": ["…", "option"]} {"upload": ["…", "file"]} {"see": "…"} {"gone": "…"} {"press": "a key"} {"until": "…"} (loads the
// page again until it is seen). ${NAME} in a step is replaced from --set. A step waits 15 seconds at most, "until" 45. "shot": false
// keeps a page out of the screenshots, "scripts": true off the phone. With scripts: a desk's screen; without: a phone's.
//
// "walks" are told before the pages: {"walks": [{"name": "birth", "pages": [...]}]}. The pages of a walk come in their order, whoever
// looks at each; each of the people stays signed in, and a page without a "path" goes on from where its person is. A sign-in
// named mother-vi-phone serves "as": "mother" in Vietnamese without scripts, so that a walk can be gone once for each.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { checkAxe, checkHtml, checkLanguage, checkLetters, checkPhone, watchPage } from "./checks.mjs";
import { Tap } from "./tap.mjs";

const WAIT_MS = 15000;
const UNTIL_MS = 45000;
const SHOT_HEIGHT_MAX = 1800;
const LANGUAGES = ["vi", "en"];
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const SCREENS = {
  desk: { scripts: true, viewport: { width: 1280, height: 900 } },
  phone: { scripts: false, viewport: { width: 360, height: 740 } },
};

export function openBrowser(path = "/usr/bin/chromium") {
  return chromium.launch({ executablePath: path, args: FLAGS, ignoreDefaultArgs: ["--headless=old"] });
}

const WAYS = LANGUAGES.flatMap((language) => Object.keys(SCREENS).map((screen) => ({ language, screen })));
const wordsOf = ({ language, screen }) => `${language} ${screen === "desk" ? "with scripts" : "without scripts"}`;

async function signIn(page, base, who, language) {
  await page.goto(`${base}/sign-in?lang=${language}`);
  await page.fill('input[name="name"]', who.name);
  await page.fill('input[name="password"]', who.password);
  await Promise.all([page.waitForEvent("framenavigated"), page.locator('input[name="password"]').press("Enter")]);
  await page.waitForLoadState();
  if (await page.locator('input[name="password"]').count()) throw new Error("still at the sign-in form");
}

// With scripts the page is expected to get there by itself.
async function waitUntil(page, where, scripts) {
  const late = Date.now() + UNTIL_MS;
  if (scripts) return page.waitForSelector(where, { timeout: UNTIL_MS });
  while (!(await page.locator(where).count())) {
    if (Date.now() > late) throw new Error(`${where} was not seen within ${UNTIL_MS / 1000} s`);
    await new Promise((done) => setTimeout(done, 500));
    await page.reload();
  }
}

const STEPS = {
  open: (page, path) => page.goto(new URL(path, page.url()).href),
  click: (page, where) => page.click(where),
  fill: (page, [where, text]) => page.fill(where, text),
  press: (page, key) => page.keyboard.press(key),
  choose: (page, [where, option]) => page.selectOption(where, option),
  upload: (page, [where, file]) => page.setInputFiles(where, file),
  see: (page, where) => page.waitForSelector(where),
  gone: (page, where) => page.waitForSelector(where, { state: "detached" }),
  until: waitUntil,
};

async function takeStep(page, step, scripts) {
  const [[name, value], ...more] = Object.entries(step);
  if (!STEPS[name] || more.length) throw new Error(`no such step: ${JSON.stringify(step)}`);
  await STEPS[name](page, value, scripts);
  await page.waitForLoadState();
}

// Scripts are off while a page loads and is used, and on again for the checks, which are scripts themselves; what the page
// would have run at its start stays unrun.
async function scriptsSwitch(context, page, screen) {
  if (SCREENS[screen].scripts) return async () => {};
  const session = await context.newCDPSession(page);
  return (on) => session.send("Emulation.setScriptExecutionDisabled", { value: !on });
}

// The upper part of a long page is enough, and the phone once: pictures weigh on every clone.
async function takeShot(page, name, { language, screen, screenshots }) {
  if (screen === "phone" && language !== LANGUAGES[0]) return;
  mkdirSync(screenshots, { recursive: true });
  const size = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollHeight]);
  await page.screenshot({
    path: join(screenshots, `${name}-${language}${screen === "phone" ? "-phone" : ""}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width: size[0], height: Math.min(size[1], SHOT_HEIGHT_MAX) },
    animations: "disabled",
  });
}

async function checkPage(page, asked, settings, heard) {
  const { base, language, screen, setScripts } = settings;
  await setScripts(false);
  if (asked.path) await page.goto(base + asked.path);
  for (const step of asked.steps ?? []) await takeStep(page, step, SCREENS[screen].scripts);
  if (asked.see) await page.waitForSelector(asked.see);
  const faults = [];
  const status = asked.status ?? 200;
  const reply = heard.document();
  if (reply.status() !== status) faults.push(`status ${reply.status()}, expected ${status}`);
  if (screen === "desk") faults.push(...(await checkHtml(await reply.text())));
  await setScripts(true);
  faults.push(...(await checkLanguage(page, language)));
  faults.push(...(await checkLetters(page)));
  faults.push(...(await checkAxe(page)));
  faults.push(...(await checkPhone(page)));
  if (settings.screenshots && asked.shot !== false) await takeShot(page, asked.name, settings);
  // Chromium itself reports a page that was meant to be refused.
  const expected = status >= 400 ? /Failed to load resource: the server responded with a status of/ : null;
  return faults.concat(heard.faults().filter((fault) => !expected?.test(fault)));
}

async function openContext(browser, settings) {
  const { viewport } = SCREENS[settings.screen];
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport,
    locale: settings.language === "vi" ? "vi-VN" : "en-GB",
    timezoneId: "Asia/Ho_Chi_Minh",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

// Somebody at a browser of their own: a function that looks at one page, or null if they could not sign in.
async function sitDown(context, tap, role, list, settings) {
  const page = await context.newPage();
  const heard = await watchPage(page, settings.base);
  const setScripts = await scriptsSwitch(context, page, settings.screen);
  await setScripts(false);
  if (role) {
    const signedIn = await tap.point(`sign in as ${role}, ${wordsOf(settings)}`, async () => {
      const who = list.signIns[`${role}-${settings.language}-${settings.screen}`] ?? list.signIns[role];
      if (!who) throw new Error(`no sign-in named ${role}`);
      await signIn(page, settings.base, who, settings.language);
      return heard.faults();
    });
    if (!signedIn) return null;
  } else await page.goto(`${settings.base}/sign-in?lang=${settings.language}`);
  heard.faults();
  return (asked) =>
    tap.point(`${asked.name}, ${wordsOf(settings)}`, async () => {
      try {
        return await checkPage(page, asked, { ...settings, setScripts }, heard);
      } catch (error) {
        throw new Error(`${error.message}\nat ${new URL(page.url()).pathname}: ${await page.title()}`);
      }
    });
}

async function visitAs(browser, tap, role, list, settings) {
  const context = await openContext(browser, settings);
  try {
    const look = await sitDown(context, tap, role, list, settings);
    const seen = (p) => (p.as ?? null) === role && (!p.scripts || SCREENS[settings.screen].scripts);
    for (const asked of look ? list.pages.filter(seen) : []) await look(asked);
  } finally {
    await context.close();
  }
}

// What comes after a page that failed has no ground to stand on.
async function walk(browser, tap, { pages }, list, settings) {
  const seats = new Map();
  try {
    for (const asked of pages) {
      if (!seats.has(asked.as)) {
        const context = await openContext(browser, settings);
        seats.set(asked.as, { context });
        seats.get(asked.as).look = await sitDown(context, tap, asked.as, list, settings);
      }
      const { look } = seats.get(asked.as);
      if (!look || !(await look(asked))) return;
    }
  } finally {
    for (const { context } of seats.values()) await context.close();
  }
}

/** Gives the number of failed points. */
export async function visitAll(browser, tap, list, { base, screenshots, languages = LANGUAGES }) {
  const { walks = [], pages } = list;
  if (!pages.length && !walks.length) throw new Error("no page is listed");
  const roles = [...new Set(pages.map((p) => p.as ?? null))];
  const ways = WAYS.filter((way) => languages.includes(way.language)).map((way) => ({ base, screenshots, ...way }));
  for (const way of ways) for (const told of walks) await walk(browser, tap, told, list, way);
  for (const way of ways) for (const role of roles) await visitAs(browser, tap, role, list, way);
  return tap.failed;
}

function readSignIns(path) {
  const { accounts } = JSON.parse(readFileSync(path, "utf8"));
  return Object.fromEntries(accounts.map((a) => [a.kind, { name: a.login, password: a.secret }]));
}

function readList(values) {
  const given = Object.fromEntries((values.set ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const text = readFileSync(values.pages, "utf8").replace(/\$\{(\w+)\}/g, (whole, name) => {
    if (!(name in given)) throw new Error(`${values.pages}: ${whole} needs --set ${name}=…`);
    return JSON.stringify(given[name]).slice(1, -1);
  });
  const file = JSON.parse(text);
  const signIns = values["sign-ins"] ? readSignIns(values["sign-ins"]) : file.sign_ins ?? {};
  const wanted = (p) => !values.only || values.only.split(",").some((part) => p.name.includes(part));
  return { signIns, walks: (file.walks ?? []).filter(wanted), pages: file.pages.filter(wanted) };
}

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { base: text, pages: text, "sign-ins": text, screenshots: text, chromium: text, only: text, set: { ...text, multiple: true } } });
  if (!values.base || !values.pages) {
    console.error("use: pages.mjs --base URL --pages FILE [--sign-ins FILE] [--set NAME=TEXT] [--screenshots FOLDER] [--chromium PATH] [--only NAME,…]");
    return 2;
  }
  const tap = new Tap();
  const browser = await openBrowser(values.chromium);
  try {
    await visitAll(browser, tap, readList(values), { base: values.base.replace(/\/$/, ""), screenshots: values.screenshots });
  } finally {
    await browser.close();
    tap.plan();
  }
  return tap.failed ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.exitCode = await main();
