// What is asked of every page, in whatever language and with or without scripts. Each check gives a list of faults in
// words; an empty list is a pass.
import AxeBuilder from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";

const PHONE_WIDTH = 360;

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // Matters of the templates' taste, not of validity.
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    // Style and script come from the same server, under a hashed path.
    "require-sri": "off",
    // The content security policy refuses both.
    "no-inline-style": "error",
    "no-implicit-button-type": "error",
    "long-title": ["error", { maxlength: 120 }],
  },
});

/** The HTML as the server sent it. */
export async function checkHtml(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap((result) =>
    result.messages.map((m) => `html ${m.ruleId} at ${m.line}:${m.column}: ${m.message}`),
  );
}

export async function checkAxe(page) {
  const report = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  if (!report.passes.length) return ["axe looked at nothing"];
  return report.violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${v.help}: ${n.target.join(" ")}`));
}

export async function checkLanguage(page, language) {
  const said = await page.evaluate(() => document.documentElement.lang);
  return said === language ? [] : [`html lang is "${said}", asked for "${language}"`];
}

/** The letters are ours: a page that falls back to another font has lost its style sheet or its font files. */
export async function checkLetters(page) {
  const got = await page.evaluate(async () => {
    await document.fonts.ready;
    return {
      family: getComputedStyle(document.querySelector("main, body")).fontFamily,
      loaded: [...document.fonts].some((f) => f.status === "loaded"),
      broken: [...document.fonts].filter((f) => f.status === "error").length,
    };
  });
  const faults = [];
  if (!/Be Vietnam Pro/.test(got.family)) faults.push(`main is set in ${got.family}`);
  if (!got.loaded || got.broken) faults.push(`letters: ${got.broken} files broken, loaded: ${got.loaded}`);
  return faults;
}

/** Nothing sticks out sideways on a cheap phone (WCAG 2.2, 1.4.10); wide tables scroll in a box of their own. */
export async function checkPhone(page) {
  const kept = page.viewportSize();
  await page.setViewportSize({ width: PHONE_WIDTH, height: 740 });
  const wide = await page.evaluate((limit) => {
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll("body *")]
      .filter((e) => e.getBoundingClientRect().right > limit + 1 && !e.closest(".app-scroll"))
      .slice(0, 5)
      .map((e) => `${e.tagName.toLowerCase()}.${e.className}`)
      .concat(`page is ${document.documentElement.scrollWidth} wide`);
  }, PHONE_WIDTH);
  await page.setViewportSize(kept);
  return wide.map((what) => `wider than ${PHONE_WIDTH} px: ${what}`);
}

/** Listens to a page from its birth: faults() gives what it complained about since the last call, document() the reply that
 *  it shows. */
export async function watchPage(page, base) {
  let faults = [];
  let shown = null;
  const origin = new URL(base).origin;
  page.on("console", (message) => {
    if (message.type() === "error" || /Content Security Policy|Refused to/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A poll that was under way when the page was left is nobody's fault.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`request: ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") faults.push(`asks another host: ${request.url()}`);
  });
  page.on("response", (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) shown = response;
    else if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  });
  return {
    document: () => shown,
    faults: () => {
      const since = faults;
      faults = [];
      return since;
    },
  };
}
