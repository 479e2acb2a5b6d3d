import { looks, visit } from "../suite/visit.mjs";

const perPage = 10;

// What a reader does: leafing through, following links, light and dark.
export function readingCases(world) {
  const { demo, extreme } = world;
  return [
    ["all posts in turn, newest first", (t) => leafThrough(world, t, "/", true)],
    ["all posts in turn, without JavaScript", (t) => leafThrough(world, t, "/posts", false)],
    ["an author's posts in turn", (t) => leafThroughAuthor(world, t)],
    ["every link of the blog leads somewhere", (t) => crawl(t, demo)],
    ["every link of the extreme blog leads somewhere", (t) => crawl(t, extreme)],
    ["dark is dark, light is light", (t) => compareSchemes(world, t)],
    ["wider spacing of letters and lines cuts nothing off", (t) => widenSpacing(world, t)],
  ].map(([name, run]) => ({ name: `reading: ${name}`, run }));
}

async function leafThrough(world, t, path, javaScript) {
  const page = await visit(world, t, world.demo, path, { javaScript });
  const expected = (await world.demo.api("GET", "/api/posts?limit=100")).posts
    .map(({ id, date_posted }) => ({ id, date: new Date(date_posted).getTime() }))
    .sort((a, b) => b.date - a.date || b.id - a.id)
    .map(({ id }) => `/posts/${id}`);
  await leaf(t, page, expected);
}

async function leafThroughAuthor(world, t) {
  const { id } = world.extremes.busy;
  const page = await visit(world, t, world.extreme, `/users/${id}/posts`);
  const posts = await world.extreme.api("GET", `/api/users/${id}/posts`);
  await leaf(t, page, posts.map(({ id }) => `/posts/${id}`).reverse());
  const heading = await page.innerText("h1");
  t.expect(heading.endsWith(`(${posts.length})`), `heading does not tell the total: ${heading}`);
}

// To the end and back again; the pages come back as they were.
async function leaf(t, page, expected) {
  const forth = [await titles(page)];
  while (await follow(page, "a[rel=next]")) {
    forth.push(await titles(page));
    if (forth.length > expected.length) throw new Error("the pager does not come to an end");
  }
  t.equal(forth.flat(), expected, "posts, newest first");
  t.equal(forth.map((links) => links.length > perPage), forth.map(() => false), "too long a page");
  const back = [await titles(page)];
  while (back.length <= forth.length && await follow(page, "a[rel=prev]")) {
    back.unshift(await titles(page));
  }
  t.equal(back, forth, "the way back");
}

const titles = (page) => page.$$eval(".card h2 a", (all) => all.map((a) => a.getAttribute("href")));

async function follow(page, link) {
  const found = page.locator(link);
  if (await found.count() === 0) return false;
  await Promise.all([page.waitForEvent("load"), found.click()]);
  return true;
}

// Fetches what the pages name, each address once. That no address leaves the site is part of it:
// the blog's own pages name no other.
async function crawl(t, server) {
  const seen = new Set(["/", "/posts", "/nope"]);
  for (const path of seen) {
    const answer = await fetch(server.origin + path, { redirect: "manual" });
    const type = answer.headers.get("content-type") ?? "";
    const html = await answer.text();
    t.equal(answer.status, path === "/nope" ? 404 : 200, path);
    if (!type.startsWith("text/html")) continue;
    for (const address of addresses(html)) {
      if (address.startsWith("#")) {
        t.expect(html.includes(`id="${address.slice(1)}"`), `${path}: nothing is ${address}`);
      } else if (/^\/(?![/\\])/.test(address)) {
        seen.add(address);
      } else {
        t.expect(false, `${path} names ${address}`);
      }
    }
  }
  t.expect(seen.size > 30, `only ${seen.size} addresses`);
}

// The engine escapes every quote of what people wrote, so what looks like an attribute is one.
function addresses(html) {
  const entities = { "&amp;": "&", "&#39;": "'", "&#34;": '"', "&lt;": "<", "&gt;": ">" };
  return [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, text]) =>
    text.replaceAll(/&(amp|#39|#34|lt|gt);/g, (entity) => entities[entity]));
}

async function compareSchemes(world, t) {
  const page = await visit(world, t, world.demo, "/posts/44");
  const brightness = { light: [], dark: [] };
  for (const { colorScheme } of looks) {
    await page.emulateMedia({ colorScheme });
    const [paper, ink] = await page.$eval("body", (body) => {
      const { backgroundColor, color } = getComputedStyle(body);
      return [backgroundColor, color].map((rgb) =>
        rgb.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3);
    });
    brightness[colorScheme] = { paper, ink };
  }
  const { light, dark } = brightness;
  t.expect(light.paper > 230 && light.ink < 70, `light: ${JSON.stringify(light)}`);
  t.expect(dark.paper < 50 && dark.ink > 190, `dark: ${JSON.stringify(dark)}`);
}

// WCAG 2.2, 1.4.12: readers who need it widen the spacing with a style of their own.
const wideSpacing = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }`;

async function widenSpacing(world, t) {
  for (const path of ["/", "/posts/44", "/users/1/posts"]) {
    const page = await visit(world, t, world.demo, path, { look: looks[0], policy: false });
    await page.addStyleTag({ content: wideSpacing });
    const cut = await page.$$eval("body *", (all) => {
      const outside = (element) =>
        element.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
      const clipped = (element) => getComputedStyle(element).overflowY === "hidden" &&
        element.clientHeight > 0 && element.scrollHeight > element.clientHeight + 1;
      return all.filter((element) => outside(element) || clipped(element))
        .map((element) => element.outerHTML.slice(0, 99));
    });
    t.equal(cut, [], `${path}: cut off`);
  }
}
