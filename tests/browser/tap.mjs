// Points of the Test Anything Protocol; the plan is printed at the end, so that a driver that dies leaves none.

const POINT_MS = 60000;

function limited(work) {
  let clock;
  const late = new Promise((_, refuse) => (clock = setTimeout(() => refuse(new Error(`not done within ${POINT_MS / 1000} s`)), POINT_MS)));
  return Promise.race([work(), late]).finally(() => clearTimeout(clock));
}

export class Tap {
  constructor(write = (line) => console.log(line)) {
    this.write = write;
    this.count = 0;
    this.failed = 0;
  }

  /** `work` gives a list of faults, or throws; what hangs has failed. True if there was no fault. */
  async point(name, work) {
    let faults;
    try {
      faults = await limited(work);
    } catch (error) {
      faults = [error.message];
    }
    this.count++;
    this.write(`${faults.length ? "not ok" : "ok"} ${this.count} - ${name.replaceAll("#", "")}`);
    for (const fault of faults) this.write(`  # ${String(fault).replaceAll("\n", "\n  # ")}`);
    if (faults.length) this.failed++;
    return faults.length === 0;
  }

  plan() {
    this.write(`1..${this.count}`);
  }
}
