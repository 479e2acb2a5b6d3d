import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { checkBarriers, checkWidths, takePictures } from "../suite/checks.mjs";
import { Blogd } from "../suite/blogd.mjs";
import { looks, visit } from "../suite/visit.mjs";

const sources = fileURLToPath(new URL("../../../www", import.meta.url));

// /docs and /redoc. A binary that was built without npm says what is missing; one that has the
// viewers is made to say it by a template, so that this page is looked at in any case.
export function docsCases(world) {
  const viewers = [
    ["Swagger UI shows every operation and tries one", (t) => useSwagger(world, t)],
    ["Redoc shows every operation", (t) => useRedoc(world, t)],
    ["without JavaScript the viewers point to openapi.json", (t) => viewersWithout(world, t)],
  ];
  const missing = ["/docs", "/redoc"].map((path) =>
    [`${path} says in words that its viewer is missing`, (t) => sayMissing(world, t, path)]);
  return [...(world.hasViewers ? viewers : []), ...missing]
    .map(([name, run]) => ({ name: `docs: ${name}`, run }));
}

async function operations(server) {
  const { paths } = await server.api("GET", "/openapi.json");
  return Object.values(paths).flatMap((path) => Object.keys(path)
    .filter((key) => ["get", "put", "post", "delete", "patch", "head", "options"].includes(key)));
}

async function useSwagger(world, t) {
  const page = await visit(world, t, world.demo, "/docs");
  await page.waitForSelector(".opblock");
  const count = (await operations(world.demo)).length;
  t.equal(await page.locator(".opblock").count(), count, "operations");

  const list = page.locator(".opblock-get", { has: page.locator('[data-path="/api/posts"]') });
  await list.locator(".opblock-summary-control").click();
  await list.getByRole("button", { name: "Try it out" }).click();
  await list.locator('tr[data-param-name="limit"] input').fill("1");
  await list.getByRole("button", { name: "Execute" }).click();
  const answer = list.locator(".live-responses-table .response").first();
  await answer.waitFor();
  const status = await answer.locator(".response-col_status").innerText();
  t.expect(status.startsWith("200"), `status ${status}`);
  const body = JSON.parse(await answer.locator(".microlight, code").first().innerText());
  t.equal([body.posts.length, body.total], [1, 44], "posts and total of the answer");

  await checkWidths(t, page, { elements: false });
  await takePictures(world, page, "docs");
  await checkBarriers(world, t, page);
}

async function useRedoc(world, t) {
  // It warns that its samples may be wrong where an answer is one of two things, as ours may be.
  const page = await visit(world, t, world.demo, "/redoc", { words: ["error"] });
  await page.waitForSelector("[data-section-id^='operation/'], [id*='operation/']");
  const shown = await page.locator("[data-section-id*='operation/']").count();
  t.expect(shown >= (await operations(world.demo)).length, `only ${shown} operations`);
  await checkWidths(t, page, { elements: false });
  await takePictures(world, page, "redoc");
  await checkBarriers(world, t, page, { without: ["heading-order"] }); // its h5 follow its h2
}

async function viewersWithout(world, t) {
  for (const path of ["/docs", "/redoc"]) {
    const page = await visit(world, t, world.demo, path, { javaScript: false });
    const link = page.locator("noscript a, .docs-note a");
    t.equal(await link.getAttribute("href"), "/openapi.json", path);
    t.expect(await link.isVisible(), `${path}: its note does not show`);
  }
}

async function sayMissing(world, t, path) {
  const server = await (world.hasViewers ? serverWithoutViewers(world, t) : world.demo);
  const page = await visit(world, t, server, path, { look: looks[0] });
  const text = await page.innerText("main");
  const viewer = path === "/docs" ? "Swagger UI" : "Redoc";
  t.expect(text.includes(viewer) && text.includes("npm"), `says: ${text}`);
  t.equal(await page.locator("main a[href='/openapi.json']").count(), 1, "openapi.json's links");
  t.equal(await page.locator("h1").count(), 1, "h1");
  await checkWidths(t, page);
  await takePictures(world, page, `${path.slice(1)} without its viewer`);
  await checkBarriers(world, t, page);
}

// Its templates are ours but for one word.
async function serverWithoutViewers(world, t) {
  const server = new Blogd(world.binary);
  const www = join(server.folder, "www");
  cpSync(sources, www, { recursive: true });
  const template = join(www, "templates", "docs.html");
  const text = readFileSync(template, "utf8");
  writeFileSync(template, text.replaceAll("{%- if available %}", '{%- if kind == "" %}'));
  await server.serve(["--www", www]);
  t.after(() => server.stop());
  return server;
}
