import { looks, visit } from "../suite/visit.mjs";

// Reading with the keyboard alone.
export function keyboardCases(world) {
  return [
    ["the first Tab shows the skip link, which leads past the header", (t) => skip(world, t)],
    ["Tab goes through every link in the order of the page", (t) => tabThrough(world, t)],
    ...[looks[0], looks[3]].map((look) =>
      [`the focus shows, ${look.width} px ${look.colorScheme}`, (t) => seeFocus(world, t, look)]),
    ["a post opens with Enter, and Back returns", (t) => openAndReturn(world, t)],
  ].map(([name, run]) => ({ name: `keyboard: ${name}`, run }));
}

const focused = (page) => page.evaluate(() => {
  const { localName, className, id } = document.activeElement;
  const href = document.activeElement.getAttribute("href");
  const { top, left, bottom, right } = document.activeElement.getBoundingClientRect();
  const seen = top >= 0 && left >= 0 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
  return { localName, className, id, href, seen };
});

async function skip(world, t) {
  const page = await visit(world, t, world.demo, "/");
  const hidden = await page.$eval(".skip", (link) => link.getBoundingClientRect().bottom <= 0);
  t.expect(hidden, "the skip link shows without the focus");
  await page.keyboard.press("Tab");
  const link = { localName: "a", className: "skip", id: "", href: "#main", seen: true };
  t.equal(await focused(page), link, "after Tab");
  await page.keyboard.press("Enter");
  t.equal((await focused(page)).id, "main", "after Enter");
  await page.keyboard.press("Tab");
  const inMain = await page.evaluate(() => document.activeElement.matches("main a"));
  t.expect(inMain, "the next Tab does not go to a link of the text");
}

async function tabThrough(world, t) {
  for (const path of ["/", "/posts/44", "/nope"]) {
    const status = path === "/nope" ? 404 : 200;
    const page = await visit(world, t, world.demo, path, { status, look: looks[0] });
    const expected = await page.$$eval("a[href]", (all) =>
      all.filter((a) => a.checkVisibility()).map((a) => a.getAttribute("href")));
    const order = [];
    for (const _ of expected) {
      await page.keyboard.press("Tab");
      const { href, seen } = await focused(page);
      t.expect(seen, `${path}: ${href} has the focus outside of the window`);
      order.push(href);
    }
    t.equal(order, expected, path);
  }
}

// The pixels around a link differ between having the focus and not.
async function seeFocus(world, t, look) {
  const page = await visit(world, t, world.demo, "/posts/44", { look });
  const count = await page.locator("a[href]").count();
  for (let at = 0; at < count; ++at) {
    await page.keyboard.press("Tab");
    const { href, clip } = await page.evaluate(() => {
      const { left, top, width, height } = document.activeElement.getBoundingClientRect();
      const [x, y] = [Math.max(0, left - 8), Math.max(0, top - 8)];
      return { href: document.activeElement.getAttribute("href"),
        clip: { x, y, width: width + 16, height: height + 16 } };
    });
    const held = await page.screenshot({ clip });
    await page.evaluate(() => document.activeElement.blur());
    const free = await page.screenshot({ clip });
    t.expect(!held.equals(free), `the focus on ${href} does not show`);
  }
}

async function openAndReturn(world, t) {
  const page = await visit(world, t, world.demo, "/");
  await page.focus(".card h2 a");
  const title = await page.innerText(".card h2 a");
  await Promise.all([page.waitForURL("**/posts/*"), page.keyboard.press("Enter")]);
  t.equal(await page.innerText("h1"), title, "heading");
  await page.goBack();
  t.equal(await page.innerText(".card h2 a"), title, "first post after Back");
}
