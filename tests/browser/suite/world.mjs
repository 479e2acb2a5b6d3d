import { mkdirSync } from "node:fs";

import { Blogd } from "./blogd.mjs";
import { Trouble } from "./runner.mjs";
import { writeExtremes } from "./extremes.mjs";

// The flags that Playwright does not set itself: no sandbox, for tests may run as root, and nothing
// that leaves the machine.
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

export const olderHref = (html) => /rel="next" href="([^"]+)"/.exec(html)?.[1];

// What all cases share: the browser, and three blogs that no case changes.
export class World {
  static async make({ binary, shots, chromium }, tools) {
    const world = new World();
    world.binary = binary;
    world.axe = tools.axe;
    world.shots = shots;
    if (shots) mkdirSync(shots, { recursive: true });
    [world.demo, world.empty, world.extreme, world.browser] = await Promise.all([
      Blogd.start(binary, { demo: true }),
      Blogd.start(binary),
      Blogd.start(binary),
      tools.chromium.launch({ executablePath: chromium, headless: true, args: flags }),
    ]);
    world.extremes = await writeExtremes(world.extreme);
    for (const server of [world.demo, world.extreme]) {
      server.older = olderHref(await server.text("/"));
      if (!server.older) throw new Trouble("the home page has no link to older posts");
    }
    world.hasViewers = (await world.demo.text("/docs")).includes("swagger-ui-bundle.js");
    return world;
  }

  async end() {
    await this.browser.close();
    await Promise.all([this.demo, this.empty, this.extreme].map((server) => server.stop()));
  }
}
