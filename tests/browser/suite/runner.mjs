// Cases and how they are run: a case goes on after a problem, so that one run tells all of them.

// An error whose message says everything; its stack would only hide that.
export class Trouble extends Error {
  forPeople = true;
}

const caseMillisecondsMax = 90_000;

export class Case {
  #problems = new Set(); // a page tells the same again in its next look
  #afterwards = [];
  subject = ""; // what is looked at, when a case looks at several things

  expect(ok, problem) {
    if (!ok) this.#problems.add(this.subject === "" ? problem : `${this.subject}: ${problem}`);
  }

  equal(actual, expected, what) {
    const [a, e] = [actual, expected].map((value) => JSON.stringify(value));
    this.expect(a === e, `${what}: ${shortened(a)}, expected ${shortened(e)}`);
  }

  // What must be undone at the end, the last first.
  after(undo) {
    this.#afterwards.unshift(undo);
  }

  // Runs the function and answers the problems.
  async run(body) {
    let timer;
    const tooLong = new Promise((_, fail) => {
      timer = setTimeout(() => fail("does not come to an end"), caseMillisecondsMax);
    });
    try {
      await Promise.race([body(this), tooLong]);
    } catch (error) {
      this.#problems.add(error.stack ?? String(error));
    }
    clearTimeout(timer);
    const problems = [...this.#problems]; // closing a page cuts requests off: no problem of ours
    for (const undo of this.#afterwards) await undo();
    return problems;
  }
}

function shortened(text = "undefined") {
  return text.length <= 300 ? text : `${text.slice(0, 300)}... (${text.length} characters)`;
}

// Prints each case as it ends.
export async function runCases(cases, jobs) {
  const counts = { passed: 0, failed: 0 };
  const waiting = [...cases];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const started = Date.now();
      const problems = await new Case().run(next.run);
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const good = problems.length === 0;
      counts[good ? "passed" : "failed"] += 1;
      console.log(`${good ? "ok      " : "FAILED  "}${next.name} (${seconds} s)`);
      for (const each of problems) console.log(`        ${each.replaceAll("\n", "\n          ")}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return counts;
}
