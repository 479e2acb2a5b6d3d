import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Trouble } from "./runner.mjs";

const program = fileURLToPath(new URL("../../support/smtp.py", import.meta.url));
const waitMillisecondsMax = 20_000;

// A real mail server on a port of its own; ends with the program, or before.
export class MailServer {
  static async start() {
    const server = new MailServer();
    server.spool = mkdtempSync(join(tmpdir(), "blogd-mail-"));
    const words = [program, "--port", "0", "--spool", server.spool];
    server.process = spawn("/usr/bin/python3", words, { stdio: ["pipe", "pipe", "inherit"] });
    process.on("exit", () => server.stop());
    server.url = await new Promise((started, failed) => {
      server.process.on("error", failed);
      server.process.on("close", (code) => failed(new Trouble(`smtp.py ended with ${code}`)));
      server.process.stdout.setEncoding("utf8").on("data", (text) => {
        const port = /\d+/.exec(text)?.[0];
        if (port) started(`smtp://127.0.0.1:${port}`);
      });
    });
    return server;
  }

  stop() {
    if (this.process?.pid) this.process.kill("SIGTERM");
    rmSync(this.spool, { recursive: true, force: true });
  }

  // The link in the newest mail, once there are `count` of them.
  async link(count) {
    const until = Date.now() + waitMillisecondsMax;
    while (Date.now() < until) {
      const mails = readdirSync(this.spool).filter((name) => name.endsWith(".eml")).sort();
      if (mails.length >= count) return linkOf(readFileSync(join(this.spool, mails.at(-1)), "utf8"));
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Trouble(`there is no mail number ${count}`);
  }
}

// Of the text part, in quoted-printable.
function linkOf(mail) {
  const text = mail.replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const found = /https?:\/\/\S+\/reset-password\?token=[\w-]+/.exec(text);
  if (!found) throw new Trouble(`no link in the mail: ${text}`);
  return found[0];
}
