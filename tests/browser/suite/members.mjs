import { Blogd } from "./blogd.mjs";
import { visit } from "./visit.mjs";

export const password = "correct horse battery";

// A blog of its own where every account has a password; stops with the case.
export async function startMembers(world, t, options = []) {
  const rules = ["--accounts", "protected", "--rate-limit", "off", "--site-name", "Notebook"];
  const server = await Blogd.start(world.binary, { options: [...rules, ...options] });
  t.after(() => server.stop());
  return server;
}

// Presses what says so and waits for the page that follows.
export async function press(page, words, within = "main") {
  const button = page.locator(within).getByRole("button", { name: words, exact: true });
  await Promise.all([page.waitForEvent("load"), button.click()]);
}

// A browser whose user has just registered.
export async function register(world, t, server, name, options = {}) {
  const page = await visit(world, t, server, "/register", { faults: true, ...options });
  await page.fill("#username", name);
  await page.fill("#email", `${name}@example.com`);
  await page.fill("#password", password);
  await press(page, "Register");
  return page;
}

export async function logIn(page, name, secret = password) {
  await page.fill("#email", `${name}@example.com`);
  await page.fill("#password", secret);
  await press(page, "Log in");
}

export async function write(page, server, title, text) {
  await page.goto(`${server.origin}/posts/new`);
  await page.fill("#title", title);
  await page.fill("#content", text);
  await press(page, "Publish");
}

// What the page says was done.
export const said = async (page) =>
  (await page.locator(".said").count()) === 0 ? "" : page.innerText(".said");

// So that the server's words are seen, not those of the browser.
export const trustNobody = (page) => page.evaluate(() => {
  for (const form of document.forms) form.noValidate = true;
});
