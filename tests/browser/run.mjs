#!/usr/bin/env node
// The pages in a real browser, against a real blogd:
//
//     node run.mjs --binary build/release/blogd
//
// Needs Debian's chromium, node 18 or newer and npm, which installs what package-lock.json pins
// into --work. Whatever is missing is a failure, for a test that skips itself hides faults.

import { parseArgs } from "node:util";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";

import { accountCases } from "./cases/accounts.mjs";
import { docsCases } from "./cases/docs.mjs";
import { formCases } from "./cases/forms.mjs";
import { hostileCases } from "./cases/hostile.mjs";
import { keyboardCases } from "./cases/keyboard.mjs";
import { pageCases } from "./cases/pages.mjs";
import { readingCases } from "./cases/reading.mjs";
import { loadTools } from "./suite/tools.mjs";
import { runCases } from "./suite/runner.mjs";
import { World } from "./suite/world.mjs";

const usage = `usage: run.mjs --binary PATH [--work DIR] [--shots DIR] [-k PATTERN] [--jobs N]
  --binary PATH    the blogd to test
  --work DIR       where npm installs the tools; without it, browser/ beside the binary
  --shots DIR      write a picture of each page in each of its looks
  -k PATTERN       only the cases whose name contains it
  --jobs N         cases at once; without it, one a core, but at most 4
  --chromium PATH  /usr/bin/chromium
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      binary: { type: "string" },
      work: { type: "string" },
      shots: { type: "string" },
      pattern: { type: "string", short: "k", default: "" },
      jobs: { type: "string", default: String(Math.min(4, cpus().length)) },
      chromium: { type: "string", default: "/usr/bin/chromium" },
    },
  });
  if (!values.binary) throw new Error("--binary is missing");
  const binary = resolve(values.binary);
  return {
    binary,
    work: resolve(values.work ?? join(dirname(binary), "browser")),
    shots: values.shots && resolve(values.shots),
    pattern: values.pattern,
    jobs: Math.max(1, Number(values.jobs) || 1),
    chromium: values.chromium,
  };
}

async function main(options) {
  const world = await World.make(options, loadTools(options.work, options.chromium));
  try {
    const cases = [pageCases, readingCases, keyboardCases, hostileCases, docsCases, accountCases, formCases]
      .flatMap((make) => make(world))
      .filter(({ name }) => name.includes(options.pattern));
    return await runCases(cases, options.jobs);
  } finally {
    await world.end();
  }
}

let options;
try {
  options = readArguments();
} catch (error) {
  process.stderr.write(`${error.message}\n${usage}`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

process.setMaxListeners(0); // each server that a case starts wants to end with us
let counts = { passed: 0, failed: 1 };
try {
  counts = await main(options);
} catch (error) {
  console.log(`FAILED  ${error.forPeople ? error.message : error.stack}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
