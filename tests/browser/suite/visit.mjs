// How a page is opened, and what is watched while it is open.

export const looks = [
  { width: 390, height: 844, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
  { width: 1280, height: 800, colorScheme: "light" },
  { width: 1280, height: 800, colorScheme: "dark" },
];

// Opens the page in a context of its own, until the case ends. Everything that a page must not do
// becomes a problem of the case: words in the console (violations of the policy are told there),
// exceptions, dialogs, requests that fail or go elsewhere. `status` is the page's own, `words` are
// the kinds of words that the console must not have; with `faults`, forms may be sent back (422).
export async function visit(world, t, server, path, options = {}) {
  const { status = 200, words = ["error", "warning"], faults = false } = options;
  const { look = looks[2], javaScript = true, policy = true } = options;
  const context = await world.browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    reducedMotion: "reduce", // colours are measured, so none may be on its way to another
    javaScriptEnabled: javaScript,
    bypassCSP: !policy,
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const url = server.origin + path;
  watch(page, t, url, { status, words, faults });
  const answer = await page.goto(url);
  t.equal(answer.status(), status, `status of ${path}`);
  return page;
}

function watch(page, t, url, { status, words, faults }) {
  const { origin, pathname } = new URL(url);
  const note = (text) => t.expect(false, t.subject === "" ? `${pathname}: ${text}` : text);
  page.on("console", (message) => {
    const sentBack = faults && message.text().includes("status of 422");
    const ownStatus = sentBack || (status >= 400 && message.location().url === url);
    if (!ownStatus && words.includes(message.type())) note(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => note(`exception: ${error}`));
  page.on("crash", () => note("the page crashed"));
  page.on("dialog", (dialog) => {
    note(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const local = request.url().startsWith(`${origin}/`) || /^(data|blob):/.test(request.url());
    if (!local) note(`asks ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") note(`${request.url()}: ${why}`); // that is how a page is left
  });
  page.on("response", (response) => {
    const sentBack = faults && response.status() === 422;
    const own = sentBack || (response.url() === url && response.status() === status);
    if (response.status() >= 400 && !own) note(`${response.url()}: ${response.status()}`);
  });
}

export async function wear(page, look) {
  await page.setViewportSize({ width: look.width, height: look.height });
  await page.emulateMedia({ colorScheme: look.colorScheme });
}
