// The one script. Each page is complete without it; it only makes waiting and mistakes lighter. It writes no words of
// its own (the server does, in the reader's language), keeps nothing, and talks to nobody but the server it came from.
import { Button, ErrorSummary, NotificationBanner, SkipLink, isSupported } from "govuk-frontend";
import { listenForKeys } from "./keys.js";
import { pollAll } from "./poll.js";
import { offerPrint } from "./print.js";

function start(Component, selector) {
  for (const element of document.querySelectorAll(selector)) new Component(element);
}

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
if (isSupported()) {
  start(ErrorSummary, '[data-module="govuk-error-summary"]');
  start(NotificationBanner, '[data-module="govuk-notification-banner"]');
  start(SkipLink, '[data-module="govuk-skip-link"]');
  start(Button, '[data-module="govuk-button"]');
}
offerPrint();
pollAll();
listenForKeys();
