import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Trouble } from "./runner.mjs";

const startMillisecondsMax = 20_000;

// A blogd on a port of its own with a folder of its own, which goes when the program ends.
export class Blogd {
  static async start(binary, { demo = false, options = [] } = {}) {
    const server = new Blogd(binary);
    if (demo) server.#fillWithDemo();
    await server.serve(options);
    return server;
  }

  constructor(binary) {
    this.binary = binary;
    this.folder = mkdtempSync(join(tmpdir(), "blogd-browser-"));
    this.pictures = join(this.folder, "media", "profile_pics");
    mkdirSync(this.pictures, { recursive: true });
    this.files = ["--database", join(this.folder, "blog.db")];
    this.files.push("--media", join(this.folder, "media"));
    process.on("exit", () => {
      // Without a process, kill would mean ourselves and whoever started us.
      if (this.process?.pid) this.process.kill("SIGKILL");
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  #fillWithDemo() {
    const demo = spawnSync(this.binary, ["demo", ...this.files], { encoding: "utf8" });
    if (demo.status !== 0) {
      throw new Trouble(demo.error?.message ??
          `blogd demo ended with ${demo.status ?? demo.signal}: ${demo.stderr}`);
    }
  }

  serve(options) {
    const words = ["serve", ...this.files, "--listen", "127.0.0.1:0", "--access-log", "off"];
    this.process = spawn(this.binary, [...words, ...options], {
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.ended = new Promise((done) => this.process.on("close", done));
    return new Promise((started, failed) => {
      let said = "";
      const fail = (why) => failed(new Trouble(`${why}: ${said}`));
      const timer = setTimeout(() => fail("blogd did not say its address"), startMillisecondsMax);
      this.process.on("error", (error) => fail(`${this.binary}: ${error.message}`));
      this.process.on("close", (code) => fail(`blogd ended with ${code}`));
      this.process.stderr.setEncoding("utf8").on("data", (text) => {
        said += text;
        const found = /serving (http:\/\/\S+)/.exec(said);
        if (!found) return;
        clearTimeout(timer);
        this.origin = found[1];
        started();
      });
    });
  }

  // The exit code.
  stop() {
    this.process.kill("SIGTERM");
    return this.ended;
  }

  // The answer's JSON; anything but a 2xx is an error.
  async api(method, path, body) {
    const answer = await fetch(this.origin + path, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async text(path) {
    return (await fetch(this.origin + path)).text();
  }
}
