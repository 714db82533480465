// The page: puts the controls, the run, the charts and the view together.
import { about } from './about.js';
import * as address from './address.js';
import { expose } from './console.js';
import { DataPictures } from './dataset.js';
import { Drop } from './drop.js';
import { Controls, title } from './controls.js';
import { stages } from './diagram.js';
import { embed } from './embed.js';
import { figures } from './figures.js';
import { full } from './full.js';
import { Keep } from './keep.js';
import { outlast } from './lasting.js';
import { Method } from './method.js';
import { Network } from './network.js';
import { isolate, keepOffline } from './offline.js';
import { Run } from './run.js';
import { Samples } from './samples.js';
import { Settings } from './settings.js';
import { Space } from './space.js';
import { View } from './view.js';

const $ = id => document.getElementById(id);
const count = n => n.toLocaleString('en');
const PLAY = 'M6 4l10 6-10 6z', PAUSE = 'M5 4h4v12H5zM11 4h4v12h-4z';

async function main() {
  if (await isolate()) return;  // the page is about to be loaded again
  const answer = await fetch('build/registry.json');
  if (!answer.ok) throw new Error(`the list of algorithms cannot be loaded (the server answers ${answer.status})`);
  const settings = new Settings(await answer.json());
  const wrong = address.read(settings, location.hash);
  const run = new Run(settings);
  const controls = new Controls($('controls'), $('help'), settings, (kind, name) => run.pick(kind, name), (key, text) => run.set(key, text));
  run.addEventListener('settings', () => controls.refresh());
  new DataPictures(controls.stage('data'), run);
  new Samples(controls.stage('views'), run);
  new Network(controls.stage('encoder'), run);
  new Method(controls.stage('algorithm').place, run);
  run.addEventListener('stage', e => controls.light(e.detail.name));
  new Drop(run, controls, say, (message, hint) => showAlert(message, hint, false));
  const view = new View((name, head) => hearView(space, name, head));
  const space = new Space(document.querySelector('.space'), run, view);
  connectButtons(run);
  connectSpeed(run);
  connectKeys(run, new Keep($('keep'), run, view, say, (message, hint) => showAlert(message, hint, false)));
  figures(document.querySelector('.figures'), run);
  connectProgress(run);
  connectStatus(run);
  run.addEventListener('images', e => view.images(e.detail));
  run.addEventListener('snapshot', e => view.snapshot(e.detail));
  run.addEventListener('pairs', e => view.pairs(e.detail));
  run.addEventListener('ready', () => view.open($('view')), { once: true });  // after what the controls need
  // What is wrong with the address is shown once the run is there, since a new run takes old messages away.
  const tell = wrong => { if (wrong.length) run.addEventListener('ready', () => showAlert(wrong.join(' '), '', false), { once: true }); };
  address.keep(run, tell);
  tell(wrong);
  expose(run);
  full($('full'), document.querySelector('.space'));
  about($('about-open'));
  embed(run, document.querySelector('.top'));
  keepOffline(run, document.querySelector('.status'));
  outlast(run, document.querySelector('.status'));
  run.start();
}

function connectButtons(run) {
  for (const id of ['play', 'step', 'reset']) $(id).disabled = false;
  $('play').addEventListener('click', () => run.phase === 'playing' ? run.pause() : run.play());
  $('step').addEventListener('click', () => run.step());
  $('reset').addEventListener('click', () => run.reset());
  $('alert-reset').addEventListener('click', () => { hideAlert(); run.reset(); });
  $('alert-restore').addEventListener('click', () => { hideAlert(); run.restore(); });
  $('alert-close').addEventListener('click', hideAlert);
  run.addEventListener('state', ({ detail: { phase } }) => {
    const playing = phase === 'playing';
    $('play-label').textContent = playing ? 'Pause' : 'Play';
    $('play-icon').setAttribute('d', playing ? PAUSE : PLAY);
    $('play').disabled = phase === 'finished';
    $('step').disabled = phase === 'finished';
  });
}

// In slow motion the trainer stays a while at each stage of a step, and says which: it lights up.
const SLOW = 600;  // milliseconds a stage
const STAGES = {
  epoch: 'Before the epoch', views: 'Views', encoder: 'Encoder', head: 'Head', momentum: 'Momentum encoder', text: 'Text encoder',
  loss: 'Loss', backward: 'Gradients', optimiser: 'Optimiser', 'after-step': 'After the step',
};

function connectSpeed(run) {
  const strip = $('stages'), items = new Map(Object.entries(STAGES).map(([name, text]) => [name, Object.assign(document.createElement('li'), { textContent: text })]));
  strip.append(...items.values());
  let slow = false;
  const tell = () => run.send('pace', { milliseconds: slow ? SLOW : 0 });
  for (const button of document.querySelectorAll('[data-speed]')) {
    button.addEventListener('click', () => {
      slow = button.dataset.speed === 'slow';
      for (const b of document.querySelectorAll('[data-speed]')) b.setAttribute('aria-pressed', String(b === button));
      strip.hidden = !slow;
      tell();
    });
  }
  const offer = () => {  // the stages that this algorithm has
    const known = stages(run.settings);
    for (const [name, item] of items) item.hidden = !known.has(name);
  };
  offer();
  run.addEventListener('settings', offer);
  run.addEventListener('ready', tell);
  run.addEventListener('stage', ({ detail: { name } }) => {
    for (const [n, item] of items) item.classList.toggle('lit', n === name);
  });
}

const KEYS = [
  ['Space', 'play or pause'], ['S', 'one step'], ['R', 'reset'], ['1 to 4', 'sphere, PCA, t-SNE, UMAP'], ['K', 'keep and share'], ['F', 'the embedding on the whole screen, and back'],
  ['?', 'this list'], ['In the picture', 'arrows turn it, + and − zoom, 0 goes home, comma and full stop walk through the points, x catches the chosen one, X those near it too, Escape lets go'],
];

function connectKeys(run, keep) {
  const list = $('shortcuts');
  list.querySelector('dl').append(...KEYS.flatMap(([key, what]) => [Object.assign(document.createElement('dt'), { textContent: key }), Object.assign(document.createElement('dd'), { textContent: what })]));
  $('keys').addEventListener('click', () => list.showModal());
  const projections = () => [...document.querySelectorAll('[data-projection]')];
  const acts = {
    ' ': () => $('play').click(), s: () => $('step').click(), r: () => $('reset').click(), k: () => keep.open(), '?': () => list.showModal(),
    f: () => $('full').click(),
  };
  for (let i = 1; i <= 4; i++) acts[i] = () => projections()[i - 1]?.click();
  addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, select, textarea, button, dialog, summary, [tabindex="0"]')) return;
    const act = acts[e.key.toLowerCase()];
    if (!act) return;
    e.preventDefault();
    act();
  });
}

function hearView(space, name, head) {
  space.hear(name, head);
  if (name === 'error') {
    $('view-note').textContent = `${head.message} ${head.hint}`;
    $('hover').textContent = '';
  }
}

function connectProgress(run) {
  const show = () => {
    const m = run.metrics, total = run.ready?.total_steps;
    $('steps').textContent = total ? `${count(m.step)} / ${count(total)}` : count(m.step);
    $('epoch').textContent = m.epoch.toFixed(2);
    $('speed').textContent = m.images_per_second ? count(Math.round(m.images_per_second)) : '–';
  };
  let drawing = false;
  const soon = () => {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; show(); });
  };
  for (const report of ['metrics', 'state', 'ready']) run.addEventListener(report, soon);
}

function say(text) { if ($('status').textContent !== text) $('status').textContent = text; }

function connectStatus(run) {
  run.addEventListener('state', ({ detail: { phase } }) => {
    $('download').hidden = true;
    if (phase === 'loading') hideAlert();
    if (phase === 'crashed') {
      if ($('alert').hidden) showAlert('The trainer has stopped', 'Reset starts it again', true);
      $('alert-restore').hidden = !run.kept;
      $('alert-restore').textContent = `Go on from step ${count(run.kept)}`;
    }
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
  document.addEventListener('resume', () => { if (run.phase === 'playing') say('The browser had stopped this tab for a while; training goes on.'); });
  run.addEventListener('error', ({ detail: e }) => showAlert(e.message, e.hint, e.fatal));
  run.addEventListener('ready', ({ detail: r }) => {
    const kept = r.memory.map(m => `${m.name} ${(m.bytes / 1024).toFixed(0)} KiB`).join(', ');
    $('about').textContent = [`Computes on this machine with ${r.backend}: ${count(r.parameters)} weights learn from ${count(r.train_images)} images. Nothing is sent anywhere.`,
      kept && `The algorithm also keeps: ${kept}.`, ...(r.notes ?? []).map(sentence)].filter(Boolean).join(' ');
  });
}

const sentence = text => text && text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

function showAlert(message, hint, fatal) {
  $('alert-message').textContent = sentence(message);
  $('alert-hint').textContent = sentence(hint);
  $('alert-reset').hidden = !fatal;
  $('alert-restore').hidden = true;
  $('alert').hidden = false;
  if (fatal && document.fullscreenElement) document.exitFullscreen();  // the message lies outside
}

function hideAlert() { $('alert').hidden = true; }

main().catch(e => {
  console.error(e);
  $('status').textContent = '';
  showAlert(`The page cannot start: ${e.message}`, 'Reload it; if that does not help, the server may have been built without its assets.', false);
});
