import { fileURLToPath } from "node:url";

import { checkBarriers, checkPictures, checkStructure, checkWidths, takePictures }
  from "../suite/checks.mjs";
import { logIn, password, press, register, said, startMembers, trustNobody, write }
  from "../suite/members.mjs";
import { visit } from "../suite/visit.mjs";

const picture = fileURLToPath(new URL("../../../www/static/icons/icon-512.png", import.meta.url));

// What holds for every page with a form, and what JavaScript adds to some.
export function formCases(world) {
  return [
    ["the pages of strangers", (t) => strangers(world, t)],
    ["the pages of members", (t) => members(world, t)],
    ["pages with faults", (t) => faults(world, t)],
    ["fields tell password managers what they are", (t) => managers(world, t)],
    ["register and write with the keyboard alone", (t) => keyboard(world, t)],
    ["characters are counted", (t) => counts(world, t)],
    ["a chosen picture is shown before it is sent", (t) => preview(world, t)],
    ["leaving asks first when words would be lost", (t) => unsaved(world, t)],
  ].map(([name, run]) => ({ name: `form: ${name}`, run }));
}

async function checkPage(world, t, page, name) {
  t.subject = name;
  await checkStructure(t, page);
  await checkPictures(t, page);
  await checkWidths(t, page);
  await checkTargets(t, page);
  await takePictures(world, page, `form ${name}`);
  await checkBarriers(world, t, page);
}

// Fingers need 44 px.
async function checkTargets(t, page) {
  await page.setViewportSize({ width: 390, height: 844 });
  const small = await page.$$eval("button, input:not([hidden]):not([type=hidden]), textarea, .button",
    (all) => all.filter((each) => each.getBoundingClientRect().height < 44)
      .map((each) => each.outerHTML.slice(0, 80)));
  t.equal(small, [], "targets below 44 px");
}

async function strangers(world, t) {
  const server = await startMembers(world, t);
  const page = await visit(world, t, server, "/", { policy: false });
  for (const path of ["/", "/login", "/register", "/forgot-password", "/reset-password?token=x"]) {
    await page.goto(server.origin + path);
    await checkPage(world, t, page, path);
  }
}

async function members(world, t) {
  const server = await startMembers(world, t);
  const long = "W".repeat(50);
  const page = await visit(world, t, server, "/register", { policy: false });
  await page.fill("#username", long);
  await page.fill("#email", "ada@example.com");
  await page.fill("#password", password);
  await press(page, "Register");
  await checkPage(world, t, page, "welcome");
  await write(page, server, "A post", "Text");
  await checkPage(world, t, page, "own post");
  const phone = await visit(world, t, server, "/login");
  await logIn(phone, "ada");
  for (const path of ["/account", "/account/delete", "/posts/new", "/posts/1/edit", "/posts/1/delete"]) {
    await page.goto(server.origin + path);
    await checkPage(world, t, page, path);
  }
}

async function faults(world, t) {
  const server = await startMembers(world, t);
  const page = await visit(world, t, server, "/register", { faults: true, policy: false });
  await trustNobody(page);
  await page.fill("#username", "x".repeat(30));
  await page.fill("#email", "no address");
  await page.fill("#password", "short");
  await press(page, "Register");
  t.equal(await page.inputValue("#email"), "no address", "input");
  t.equal(await page.inputValue("#password"), "", "password");
  const focused = await page.evaluate(() => document.activeElement.className);
  t.equal(focused, "faults", "focus");
  await checkPage(world, t, page, "faults of register");
  await page.goto(`${server.origin}/login`);
  await logIn(page, "nobody");
  await checkPage(world, t, page, "faults of log in");
}

async function managers(world, t) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada");
  const told = () => page.$$eval("main input:not([type=hidden])", (all) =>
    all.map((each) => `${each.name} ${each.type} ${each.autocomplete}`));
  await page.goto(`${server.origin}/account`);
  t.equal(await told(), ["username text nickname", "email email email", "file file ",
    "email email username", "current_password password current-password",
    "new_password password new-password"], "/account");
  await page.goto(`${server.origin}/account/delete`);
  t.equal(await told(), ["email email username", "password password current-password"], "delete");
  const stranger = await visit(world, t, server, "/login");
  t.equal(await stranger.$$eval("main input:not([type=hidden])", (all) =>
    all.map((each) => each.autocomplete)), ["username", "current-password"], "/login");
}

async function keyboard(world, t) {
  const server = await startMembers(world, t);
  const page = await visit(world, t, server, "/register");
  const type = async (text) => {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  };
  await type("ada"); // the first field has the focus
  await type("ada@example.com");
  await page.keyboard.type(password);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  t.expect((await said(page)).startsWith("Welcome"), "not registered");
  await page.goto(`${server.origin}/posts/new`);
  await type("With keys");
  await type("Text");
  const button = await page.evaluate(() => document.activeElement.textContent);
  t.equal(button, "Publish", "what has the focus after the text");
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  t.equal(await page.innerText("h1"), "With keys", "title");
}

async function counts(world, t) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada");
  await page.goto(`${server.origin}/posts/new`);
  const count = (at) => page.locator(".count-line").nth(at).innerText();
  t.equal(await count(0), "0 of 100 characters", "no title");
  await page.fill("#title", "ä😀");
  t.equal(await count(0), "2 of 100 characters", "title");
  await page.fill("#content", "x");
  t.equal(await count(1), "1 character", "text");
}

async function preview(world, t) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada");
  await page.goto(`${server.origin}/account`);
  await page.setInputFiles("#file", picture);
  const shown = page.locator(".picture canvas");
  await shown.waitFor();
  t.equal((await shown.boundingBox()).width, 96, "width");
  await page.setInputFiles("#file", { name: "x", mimeType: "image/png", buffer: Buffer.from("no") });
  await page.locator(".picture img").waitFor();
  t.equal(await shown.count(), 0, "previews of what is no picture");
}

async function unsaved(world, t) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada");
  const asked = [];
  page.removeAllListeners("dialog");
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.accept();
  });
  await page.goto(`${server.origin}/posts/new`);
  await page.goto(`${server.origin}/`);
  t.equal(asked, [], "without words");
  await page.goto(`${server.origin}/posts/new`);
  await page.locator("#content").pressSequentially("words");
  await page.goto(`${server.origin}/`);
  t.equal(asked, ["beforeunload"], "with words");
  await write(page, server, "Title", "Text");
  t.equal(asked, ["beforeunload"], "when they are sent");
}
