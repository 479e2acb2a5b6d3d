// Cases and how they are run: a case goes on after a problem, so that one run tells all of them.

// An error whose message says everything; its stack would only hide that.
export class Trouble extends Error {
  forPeople = true;
}

export class Case {
  #problems = [];
  #afterwards = [];

  expect(ok, problem) {
    if (!ok) this.#problems.push(problem);
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
    try {
      await body(this);
    } catch (error) {
      this.#problems.push(error.stack ?? String(error));
    }
    const problems = [...this.#problems]; // closing a page cuts requests off: no problem of ours
    for (const undo of this.#afterwards) await undo();
    return problems;
  }
}

function shortened(text) {
  return text === undefined || text.length <= 300 ? text : `${text.slice(0, 300)}... (${text.length})`;
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
      counts[problems.length === 0 ? "passed" : "failed"] += 1;
      console.log(`${problems.length === 0 ? "ok    " : "FAILED"}  ${next.name} (${seconds} s)`);
      for (const problem of problems) console.log(`        ${problem.replaceAll("\n", "\n        ")}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return counts;
}
