// What must hold for every page.

import { join } from "node:path";

import { looks, wear } from "./visit.mjs";

const widths = [320, 360, 390, 768, 1280, 1920];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// One h1, the four landmarks once each, a language, a title, no id twice.
export async function checkStructure(t, page) {
  const found = await page.evaluate(() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return {
      h1: count("h1"),
      emptyHeadings: [...document.querySelectorAll("h1, h2, h3")]
        .filter((heading) => heading.textContent.trim() === "").length,
      header: count("body > header"),
      nav: count("body > header nav[aria-label]"),
      main: count("body > main"),
      footer: count("body > footer"),
      idsTwice: ids.filter((id, at) => ids.indexOf(id) !== at),
      language: document.documentElement.lang,
    };
  });
  const once = { header: 1, nav: 1, main: 1, footer: 1 };
  t.equal(found, { h1: 1, emptyHeadings: 0, ...once, idsTwice: [], language: "en" }, "structure");
  t.expect((await page.title()).trim() !== "", "no title");
}

// Nothing scrolls or sticks out sideways. Other people's viewers keep things outside on purpose, so
// only scrolling counts there.
export async function checkWidths(t, page, { elements = true } = {}) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate((elementsToo) => {
      const { clientWidth, scrollWidth } = document.documentElement;
      if (scrollWidth > clientWidth) return `scrolls to ${scrollWidth}`;
      if (!elementsToo) return "";
      for (const element of document.querySelectorAll("body *")) {
        const { left, right } = element.getBoundingClientRect();
        const within = left >= -1 && right <= clientWidth + 1;
        if (!within) return `<${element.localName} class="${element.className}"> is outside`;
        const scrolls = element.localName === "input"; // what is typed there, within the field
        if (!scrolls && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
          return `<${element.localName} class="${element.className}"> is cut off`;
        }
      }
      return "";
    }, elements);
    t.expect(wide === "", `${width} px wide: ${wide}`);
  }
}

// No rule of axe is broken in any of the looks.
export async function checkBarriers(world, t, page, { worn = looks, without = [] } = {}) {
  await page.evaluate(world.axe);
  for (const look of worn) {
    await wear(page, look);
    const violations = await page.evaluate(async ({ values, disabled }) => {
      const options = {
        runOnly: { type: "tag", values },
        rules: Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }])),
        resultTypes: ["violations"],
      };
      return (await window.axe.run(document, options)).violations.map(({ id, help, nodes }) =>
        `${id} (${help}), ${nodes.length} times: ${nodes[0].html.slice(0, 200)}\n` +
        nodes[0].failureSummary);
    }, { values: rules, disabled: without });
    for (const violation of violations) {
      t.expect(false, `axe at ${look.width} px, ${look.colorScheme}: ${violation}`);
    }
  }
}

// <time> as HTML defines it (a fraction of a second has at most three digits), and its words are
// that day's in UTC.
const dateOfHtml = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

export async function checkDates(t, page) {
  const times = await page.$$eval("time", (all) =>
    all.map((time) => ({ iso: time.getAttribute("datetime"), words: time.textContent })));
  for (const { iso, words } of times) {
    t.expect(dateOfHtml.test(iso), `not a date of HTML: ${iso}`);
    const day = new Date(iso).toLocaleDateString("en-US",
      { timeZone: "UTC", year: "numeric", month: "long", day: "2-digit" });
    t.equal(words, day, `words of ${iso}`);
  }
}

export async function checkPictures(t, page) {
  const broken = await page.$$eval("img", async (images) => {
    for (const image of images) image.loading = "eager";
    await Promise.allSettled(images.map((image) => image.decode()));
    return images.filter((image) => image.naturalWidth === 0).map((image) => image.src);
  });
  t.equal(broken, [], "pictures that do not show");
}

export async function takePictures(world, page, name) {
  if (!world.shots) return;
  const file = name.replaceAll(/[^a-z0-9]+/g, "-");
  for (const look of looks) {
    await wear(page, look);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({
      path: join(world.shots, `${file}-${look.width}-${look.colorScheme}.png`),
      fullPage: height < 8000,
    });
  }
}
