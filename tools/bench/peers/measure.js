// Shared by the pages of the peers: they measure named pieces of work and report lines of a name, a tab and seconds.
export const products = [[256, 256, 256], [512, 512, 512], [1024, 1024, 1024], [16384, 288, 32], [512, 128, 512]];

const budget = 1000 * (Number(new URLSearchParams(location.search).get('seconds')) || 1);
const lines = [];

// measure times work, which returns a promise of its end: the median over the budget, three runs at least.
export async function measure(name, work) {
  await work();
  await work();
  const times = [];
  for (const start = performance.now(); times.length < 3 || performance.now() - start < budget;) {
    const t = performance.now();
    await work();
    times.push(performance.now() - t);
  }
  times.sort((a, b) => a - b);
  lines.push(`${name}\t${times[times.length >> 1] / 1000}`);
}

// report sends what was measured, and what went wrong, to the bench.
export async function report(main) {
  try {
    await main();
  } catch (e) {
    lines.push(`error: ${e.message ?? e}`);
  }
  await fetch('/report', { method: 'POST', body: lines.join('\n') });
}
