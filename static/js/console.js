// window.pushpull: the page for programs and for curious people at the browser's console.
//
//   pushpull.state                    what runs: {phase, algo, data, encoder, values, step, total_steps, backend, …}
//   pushpull.metrics                  latest figures: {step, epoch, loss, knn_top1, std, effective_rank, alignment, uniformity, images_per_second}
//   pushpull.set({algo: 'simsiam'})   changes data, algo, encoder and any hyperparameter
//   pushpull.play(), pause(), reset()
//   await pushpull.step(10)           takes ten steps; gives the metrics after them
//   pushpull.on('metrics', fn)        calls fn for each report: metrics, verdict, mark, state, ready, references, error, progress, snapshot, stage, batch;
//                                     a saved run that is opened brings its metrics and marks so far
//   pushpull.embedding()              the points: {step, n, sphere, pca, labels, classes, files}; positions are Float32Array [n, 3]
import { LISTS } from './settings.js';

export function expose(run) {
  const { settings } = run;
  const reports = { metrics: () => ({ ...run.metrics }), snapshot: () => run.embedding() };
  window.pushpull = Object.freeze({
    get state() {
      const values = {};
      for (const p of settings.registry.params) {
        if (settings.uses(p)) values[p.key] = typed(p.kind, settings.value(p.key));
      }
      const { backend, total_steps, steps_per_epoch, parameters } = run.ready ?? {};
      return { phase: run.phase, algo: settings.algo, data: settings.data, encoder: settings.encoder, values, step: run.metrics.step,
        total_steps, steps_per_epoch, parameters, backend, references: run.references, verdict: run.verdict };
    },
    get metrics() { return { ...run.metrics }; },
    set(changes) {
      for (const [key, value] of Object.entries(changes)) check(settings, key, String(value));
      for (const kind of Object.keys(LISTS)) if (kind in changes) run.pick(kind, changes[kind]);
      const first = 'augment' in changes ? ['augment'] : [];  // the kind of views, which brings defaults of its own
      for (const key of [...first, ...Object.keys(changes)]) if (settings.params.has(key)) run.set(key, String(changes[key]));
    },
    play: () => run.play(),
    pause: () => run.pause(),
    step: n => run.step(n),
    reset: () => run.start(),
    on(event, listener) {
      const hear = e => listener(reports[event]?.() ?? e.detail);
      run.addEventListener(event, hear);
      return () => run.removeEventListener(event, hear);
    },
    embedding: () => run.embedding(),
  });
}

// typed returns the value that text stands for.
function typed(kind, text) {
  if (kind === 'float' || kind === 'int') return Number(text);
  return kind === 'bool' ? text === 'true' : text;
}

function check(settings, key, text) {
  if (key in LISTS) {
    const names = settings.registry[LISTS[key]].map(e => e.name);
    if (!names.includes(text)) throw new RangeError(`${key} "${text}": there is ${names.join(', ')}`);
    return;
  }
  if (!settings.params.has(key)) throw new RangeError(`There is no setting "${key}": see pushpull.state.values`);
  const wrong = settings.check(key, text);
  if (wrong) throw new RangeError(`${key} is "${text}": ${wrong}`);
}
