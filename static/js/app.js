// The page: puts the controls, the run, the charts and the view together.
import { Chart } from './chart.js';
import { expose } from './console.js';
import { Controls, title } from './controls.js';
import { legend } from './legend.js';
import { Run } from './run.js';
import { Settings } from './settings.js';
import { View } from './view.js';

const $ = id => document.getElementById(id);
const count = n => n.toLocaleString('en');
const percent = v => `${(100 * v).toFixed(1)}%`;
const PLAY = 'M6 4l10 6-10 6z', PAUSE = 'M5 4h4v12H5zM11 4h4v12h-4z';

async function main() {
  const answer = await fetch('build/registry.json');
  if (!answer.ok) throw new Error(`the list of algorithms cannot be loaded (the server answers ${answer.status})`);
  const settings = new Settings(await answer.json());
  const run = new Run(settings);
  const controls = new Controls($('controls'), $('help'), settings, (kind, name) => run.pick(kind, name), (key, text) => run.set(key, text));
  run.addEventListener('settings', () => controls.refresh());
  const view = new View((name, head) => hearView(view, name, head));
  connectButtons(run, view);
  connectFigures(run);
  connectStatus(run);
  run.addEventListener('images', e => view.images(e.detail));
  run.addEventListener('snapshot', e => view.snapshot(e.detail));
  run.addEventListener('ready', () => view.open($('view')), { once: true });  // after what the controls need
  expose(run);
  run.start();
}

function connectButtons(run, view) {
  for (const id of ['play', 'step', 'reset']) $(id).disabled = false;
  $('play').addEventListener('click', () => run.phase === 'playing' ? run.pause() : run.play());
  $('step').addEventListener('click', () => run.step());
  $('reset').addEventListener('click', () => run.reset());
  $('alert-reset').addEventListener('click', () => { hideAlert(); run.reset(); });
  $('alert-close').addEventListener('click', hideAlert);
  for (const button of document.querySelectorAll('[data-projection]')) {
    button.addEventListener('click', () => { view.show({ projection: button.dataset.projection }); showProjection(button.dataset.projection); });
  }
  run.addEventListener('state', ({ detail: { phase } }) => {
    const playing = phase === 'playing';
    $('play-label').textContent = playing ? 'Pause' : 'Play';
    $('play-icon').setAttribute('d', playing ? PAUSE : PLAY);
    $('play').disabled = phase === 'finished';
    $('step').disabled = phase === 'finished';
  });
}

function showProjection(name) {
  for (const b of document.querySelectorAll('[data-projection]')) b.setAttribute('aria-pressed', String(b.dataset.projection === name));
}

function hearView(view, name, head) {
  if (name === 'view') showProjection(head.projection);
  if (name === 'legend') legend($('legend'), head.entries, hide => view.show({ hide }));
  if (name === 'hover' && head.index >= 0) $('hover').textContent = `${head.label}, image ${head.index}`;
  if (name === 'error') {
    $('view-note').textContent = `${head.message} ${head.hint}`;
    $('hover').textContent = '';
  }
}

function connectFigures(run) {
  const loss = new Chart($('loss-chart'), { kind: 'loss', title: 'Loss', format: v => String(Number(v.toPrecision(3))), smooth: true });
  const knn = new Chart($('knn-chart'), { kind: 'knn', title: 'kNN accuracy', format: v => String(Number((100 * v).toFixed(1))), floor: 0, ceiling: 1 });
  const show = () => {
    const m = run.metrics, total = run.ready?.total_steps;
    $('steps').textContent = total ? `${count(m.step)} / ${count(total)}` : count(m.step);
    $('epoch').textContent = m.epoch.toFixed(2);
    $('speed').textContent = m.images_per_second ? count(Math.round(m.images_per_second)) : '–';
    $('loss').textContent = m.loss == null ? '–' : m.loss.toFixed(3);
    $('knn').textContent = m.knn_top1 == null ? '–' : percent(m.knn_top1);
    $('std').textContent = m.std == null ? '–' : m.std.toFixed(2);
    $('rank').textContent = m.effective_rank == null ? '–' : m.effective_rank.toFixed(1);
  };
  let drawing = false;
  const soon = () => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; show(); });
  };
  run.addEventListener('metrics', ({ detail: m }) => {
    if (m.loss != null) loss.add(m.step, m.loss);
    if (m.knn_top1 != null) knn.add(m.step, m.knn_top1);
    soon();
  });
  run.addEventListener('state', ({ detail: { phase } }) => {
    if (phase === 'loading') loss.clear(), knn.clear(), knn.references([]);
    soon();
  });
  run.addEventListener('ready', soon);
  run.addEventListener('references', ({ detail: r }) => {
    knn.references([{ label: 'raw pixels', value: r.raw_pixels }, { label: 'untrained', value: r.untrained }]);
    $('knn-protocol').textContent = `of ${count(r.queries)} held-out images, against ${count(r.bank)}`;
  });
}

function connectStatus(run) {
  const say = text => { if ($('status').textContent !== text) $('status').textContent = text; };
  run.addEventListener('state', ({ detail: { phase } }) => {
    $('download').hidden = true;
    if (phase === 'loading') hideAlert();
    say({
      loading: 'Preparing the run…', paused: run.metrics.step ? 'Paused.' : 'Ready: press Play.', playing: 'Training.', pausing: 'Pausing after this step…',
      finished: 'Finished: all steps are taken. Reset starts again; more epochs go further.',
      failed: 'The run could not start.', crashed: 'The trainer has stopped. Reset starts it again.',
    }[phase] ?? phase);
  });
  run.addEventListener('progress', ({ detail: p }) => {
    say(`Loading ${title(p.what)}…`);
    $('download').hidden = !p.total;
    if (p.total) $('download').value = p.done / p.total;
  });
  run.addEventListener('error', ({ detail: e }) => showAlert(e.message, e.hint, e.fatal));
  run.addEventListener('ready', ({ detail: r }) => {
    $('about').textContent = `Computes on this machine with ${r.backend}: ${count(r.parameters)} weights learn from ${count(r.train_images)} images. Nothing is sent anywhere.`;
  });
}

const sentence = text => text && text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

function showAlert(message, hint, fatal) {
  $('alert-message').textContent = sentence(message);
  $('alert-hint').textContent = sentence(hint);
  $('alert-reset').hidden = !fatal;
  $('alert').hidden = false;
}

function hideAlert() { $('alert').hidden = true; }

main().catch(e => {
  console.error(e);
  $('status').textContent = '';
  showAlert(`The page cannot start: ${e.message}`, 'Reload it; if that does not help, the server may have been built without its assets.', false);
});
