import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Trouble } from "./runner.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));

// What drives the browser, and axe, which looks for barriers. Installed once for each content of
// package-lock.json, outside the sources.
export function loadTools(work, chromium) {
  if (!existsSync(chromium)) {
    throw new Trouble(`the browser tests need Chromium, and there is no ${chromium}: ` +
        "apt-get install chromium, or say --chromium PATH");
  }
  const lock = readFileSync(join(here, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).digest("hex");
  const stamp = join(work, "installed");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    install(work, stamp);
    writeFileSync(stamp, wanted);
  }
  const require = createRequire(join(work, "package.json"));
  return {
    chromium: require("playwright-core").chromium,
    axe: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"),
  };
}

function install(work, stamp) {
  mkdirSync(work, { recursive: true });
  rmSync(stamp, { force: true });
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    copyFileSync(join(here, name), join(work, name));
  }
  // The packages run no script of theirs here, and a dead network costs seconds, not minutes.
  const words = "ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 " +
    "--fetch-retry-mintimeout=1000 --fetch-timeout=20000";
  const npm = spawnSync("npm", words.split(" "), { cwd: work, encoding: "utf8", timeout: 120_000 });
  if (npm.status === 0) return;
  const why = npm.error?.code === "ENOENT" ? "npm is not installed" : npm.error?.message ??
    npm.stderr.trim().split("\n").slice(-6).join("\n");
  throw new Trouble("the browser tests need playwright-core and axe-core, and npm could not " +
      `install them into ${work}: ${why}`);
}
