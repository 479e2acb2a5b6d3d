import { fileURLToPath } from "node:url";

import { MailServer } from "../suite/mail.mjs";
import { logIn, password, press, register, said, startMembers, write } from "../suite/members.mjs";
import { visit } from "../suite/visit.mjs";

const picture = fileURLToPath(new URL("../../../www/static/icons/icon-512.png", import.meta.url));
// Where a proxy would be: mails carry links to it.
const publicAddress = "http://blog.example.org";

// What people do with an account, from the first page to the last, with JavaScript and without.
export function accountCases(world) {
  return [true, false].flatMap((javaScript) => [
    ["register, write, change, delete", (t) => writing(world, t, { javaScript })],
    ["a picture of one's own", (t) => portrait(world, t, { javaScript })],
    ["log out here and elsewhere", (t) => sessions(world, t, { javaScript })],
    ["a forgotten password", (t) => forgotten(world, t, { javaScript })],
    ["delete the account", (t) => leave(world, t, { javaScript })],
  ].map(([name, run]) =>
    ({ name: `account: ${name}, ${javaScript ? "with" : "without"} JavaScript`, run })));
}

async function writing(world, t, options) {
  const server = await startMembers(world, t);
  const page = await visit(world, t, server, "/", { ...options, faults: true });
  await page.click("text=Register and write");
  await page.fill("#username", "Ada");
  await page.fill("#email", "ada@example.com");
  await page.fill("#password", password);
  await press(page, "Register");
  t.equal(new URL(page.url()).pathname, "/posts/new", "after registering");
  t.expect((await said(page)).startsWith("Welcome"), "no welcome");
  await page.fill("#title", "First & last");
  await page.fill("#content", "One\n\n  <b>two</b>");
  await press(page, "Publish");
  t.equal(await page.innerText("h1"), "First & last", "title");
  t.equal(await page.textContent(".post-text"), "One\n\n  <b>two</b>", "text");
  t.equal(await said(page), "Your post was published.", "said");
  await page.reload();
  t.equal(await said(page), "", "said again");
  await page.click(".post-end >> text=Edit");
  t.equal(await page.inputValue("#content"), "One\n\n  <b>two</b>", "text to edit");
  await page.fill("#title", "Second");
  await press(page, "Save");
  t.equal(await page.innerText("h1"), "Second", "title after the change");
  await page.click(".post-end >> text=Delete");
  t.expect((await page.innerText("main")).includes("Second"), "the question names no post");
  await press(page, "Delete the post");
  t.equal(await said(page), "Your post was deleted.", "said after deleting");
}

async function portrait(world, t, options) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada", options);
  await page.goto(`${server.origin}/account`);
  await page.setInputFiles("#file", { name: "x.png", mimeType: "image/png", buffer: Buffer.from("no") });
  await press(page, "Use this picture");
  t.expect((await page.innerText("#file-fault")).includes("JPEG, PNG, GIF or WebP"), "no fault");
  await page.setInputFiles("#file", picture);
  await press(page, "Use this picture");
  t.equal(await said(page), "Your picture was saved.", "said");
  const shown = await page.getAttribute(".picture .portrait", "src");
  t.expect(/^\/media\/profile_pics\/[0-9a-f]{32}\.jpg$/.test(shown), `picture: ${shown}`);
  await write(page, server, "With a face", "Text");
  t.equal(await page.getAttribute(".byline .portrait", "src"), shown, "picture beside the post");
  await page.goto(`${server.origin}/account`);
  await press(page, "Remove the picture");
  t.equal(await page.getAttribute(".picture .portrait", "src"), "/static/profile_pics/default.jpg",
    "picture after removing it");
}

async function sessions(world, t, options) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada", options);
  const phone = await visit(world, t, server, "/login?next=/account", options);
  await logIn(phone, "ada");
  t.equal(new URL(phone.url()).pathname, "/account", "after the log in");
  await page.goto(`${server.origin}/account`);
  t.equal(await page.locator(".sessions li").count(), 2, "sessions");
  await press(page, "Log out everywhere else");
  t.equal(await page.locator(".sessions li").count(), 1, "sessions afterwards");
  await phone.reload();
  t.equal(new URL(phone.url()).pathname, "/login", "where the other one is");
  await press(page, "Log out", "header");
  t.equal(await said(page), "You are logged out.", "said");
  await page.goto(`${server.origin}/account`);
  t.equal(new URL(page.url()).search, "?next=%2Faccount", "where it leads back to");
}

async function forgotten(world, t, options) {
  const mail = await MailServer.start();
  t.after(() => mail.stop());
  const server = await startMembers(world, t, ["--smtp-url", mail.url, "--smtp-tls", "off",
    "--smtp-from", "notebook@example.org", "--base-url", publicAddress]);
  const page = await register(world, t, server, "ada", options);
  await press(page, "Log out", "header");
  await page.click("text=Forgot your password?");
  await page.fill("#email", "ada@example.com");
  await press(page, "Send the link");
  t.expect((await said(page)).includes("a mail is on its way"), "nothing said about a mail");
  let link = await mail.link(1);
  t.expect(link.startsWith(`${publicAddress}/`), `link: ${link}`);
  link = link.replace(publicAddress, server.origin);
  await page.goto(link);
  await page.fill("#new_password", "another long secret");
  await press(page, "Change the password");
  t.equal(new URL(page.url()).pathname, "/login", "after the change");
  await logIn(page, "ada", "another long secret");
  t.equal(await page.innerText(".me"), "ada", "who is logged in");
  await page.goto(link);
  await page.fill("#new_password", "a third long secret");
  await press(page, "Change the password");
  t.expect((await page.innerText(".faults")).includes("has been used"), "a link works twice");
}

async function leave(world, t, options) {
  const server = await startMembers(world, t);
  const page = await register(world, t, server, "ada", options);
  await write(page, server, "Gone soon", "Text");
  await page.goto(`${server.origin}/account`);
  await page.click("text=Delete my account");
  await page.fill("#password", "not my password");
  await press(page, "Delete my account");
  t.equal(await page.innerText("#password-fault"), "This is not your current password.", "fault");
  t.equal(await page.inputValue("#password"), "", "a password is sent back");
  await page.fill("#password", password);
  await press(page, "Delete my account");
  t.expect((await said(page)).includes("were deleted"), "nothing said");
  t.expect(!(await server.text("/")).includes("Gone soon"), "the post is still there");
}
