// The page: puts the controls, the run, the charts and the view together.
import { about } from './about.js';
import * as address from './address.js';
import { before } from './before.js';
import { expose } from './console.js';
import { DataPictures } from './dataset.js';
import { Drop } from './drop.js';
import { Controls } from './controls.js';
import { embed } from './embed.js';
import { figures } from './figures.js';
import { leave } from './focus.js';
import { full } from './full.js';
import { Keep } from './keep.js';
import { keys } from './keys.js';
import { outlast } from './lasting.js';
import { Method } from './method.js';
import { capital, count, title } from './names.js';
import { Network } from './network.js';
import { isolate, keepOffline } from './offline.js';
import { Run } from './run.js';
import { Samples } from './samples.js';
import { Settings } from './settings.js';
import { slow } from './slow.js';
import { soon } from './soon.js';
import { Space } from './space.js';
import { View } from './view.js';

const $ = id => document.getElementById(id);
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
  run.addEventListener('error', e => controls.blame(e.detail.message));
  run.addEventListener('views', e => controls.rest(e.detail.head.idle));
  run.addEventListener('state', e => { if (e.detail.phase === 'failed') controls.rest({}); });
  new DataPictures(controls.stage('data'), run);
  new Samples(controls.stage('views'), run);
  new Network(controls.stage('encoder'), run);
  new Method(controls.stage('algorithm').place, run);
  run.addEventListener('stage', e => controls.light(e.detail.name));
  const view = new View((name, head) => hearView(space, name, head));
  const space = new Space(document.querySelector('.space'), run, view);
  const fail = (message, hint) => showAlert(message, hint, false);
  const keep = new Keep($('keep'), run, view, say, fail);
  new Drop(run, controls, file => keep.load(file), say, fail);
  connectSkip();
  connectButtons(run);
  slow(document.querySelectorAll('[data-speed]'), $('stages'), run);
  keys($('keys'), $('shortcuts'));
  figures(document.querySelector('.figures'), run);
  connectProgress(run);
  connectStatus(run);
  run.addEventListener('images', e => view.images(e.detail));
  run.addEventListener('snapshot', e => view.snapshot(e.detail));
  run.addEventListener('pairs', e => view.pairs(e.detail));
  run.addEventListener('ready', () => {  // after what the controls need
    $('view-note').textContent = 'Loading the view…';
    view.open($('view'));
  }, { once: true });
  // What is wrong with the address is shown once the run is there, since a new run takes old messages away.
  const tell = wrong => { if (wrong.length) run.addEventListener('ready', () => showAlert(wrong.join(' '), '', false), { once: true }); };
  address.keep(run, tell);
  tell(wrong);
  expose(run);
  full($('full'), document.querySelector('.space'));
  about($('about-open'));
  embed(run, document.querySelector('.top'));
  keepOffline(run, document.querySelector('.status'));
  before(run, document.querySelector('.status'));
  outlast(run, document.querySelector('.status'), fail);
  run.start();
}

// The skip link does not go by the address, whose part after # holds the settings.
function connectSkip() {
  document.querySelector('.skip').addEventListener('click', e => {
    e.preventDefault();
    $('view').focus();
  });
}

function connectButtons(run) {
  for (const id of ['play', 'step', 'reset']) $(id).disabled = false;
  const unlessFinished = f => () => { if (run.phase !== 'finished') f(); };
  $('play').addEventListener('click', unlessFinished(() => run.phase === 'playing' ? run.pause() : run.play()));
  $('step').addEventListener('click', unlessFinished(() => run.step()));
  $('reset').addEventListener('click', () => run.start());
  $('alert-reset').addEventListener('click', () => { hideAlert(); run.start(); });
  $('alert-restore').addEventListener('click', () => { hideAlert(); run.restore(); });
  run.addEventListener('state', ({ detail: { phase } }) => {
    const playing = phase === 'playing';
    $('play-label').textContent = playing ? 'Pause' : 'Play';
    $('play-icon').setAttribute('d', playing ? PAUSE : PLAY);
    for (const id of ['play', 'step']) $(id).setAttribute('aria-disabled', String(phase === 'finished'));  // a disabled button loses the focus
  });
}

function hearView(space, name, head) {
  space.hear(name, head);
  if (name === 'error') {
    $('view-note').textContent = `${sentence(head.message)} ${sentence(head.hint)}`;
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
  for (const report of ['metrics', 'state', 'ready']) run.addEventListener(report, () => soon(show));
}

function say(text) { if ($('status').textContent !== text) $('status').textContent = text; }

function connectStatus(run) {
  const standing = () => run.measuring ? `Paused. Step ${count(run.metrics.step)} is being measured…` : run.metrics.step ? 'Paused.' : 'Ready: press Play.';
  for (const report of ['metrics', 'verdict']) run.addEventListener(report, () => { if (run.phase === 'paused' && $('status').textContent.startsWith('Paused.')) say(standing()); });
  run.addEventListener('state', ({ detail: { phase } }) => {
    $('download').hidden = true;
    // What each step changes, of a chosen pair or point, is read aloud where training stands still.
    for (const e of document.querySelectorAll('.facts, .neighbours')) e.setAttribute('aria-live', phase === 'playing' ? 'off' : 'polite');
    if (phase === 'loading') hideAlert();
    if (!run.ready && ['failed', 'crashed'].includes(phase)) $('view-note').textContent = 'There is nothing to show yet.';
    if (phase === 'crashed') {
      if ($('alert-reset').hidden) showAlert('The trainer has stopped', 'Reset starts it again', true);
      $('alert-restore').hidden = !run.kept;
      $('alert-restore').textContent = `Go on from step ${count(run.kept)}`;
    }
    say({
      loading: 'Preparing the run…',
      paused: standing(),
      playing: 'Training.',
      pausing: 'Pausing after this step…',
      finished: 'Finished: all steps are taken. More epochs go on from here; Reset starts again.',
      failed: 'The run could not start.',
      crashed: 'The trainer has stopped. Reset starts it again.',
    }[phase]);
  });
  run.addEventListener('progress', ({ detail: p }) => {
    say(`Loading ${title(p.what)}…`);
    $('download').hidden = !p.total;
    if (p.total) $('download').value = p.done / p.total;
  });
  document.addEventListener('resume', () => { if (run.phase === 'playing') say('The browser had stopped this tab for a while; training goes on.'); });
  run.addEventListener('error', ({ detail: e }) => showAlert(e.message, e.hint, e.fatal));
  run.addEventListener('ready', ({ detail: r }) => {
    const kept = r.memory.filter(m => m.bytes > 512).map(m => `${m.name} ${count(Math.round(m.bytes / 1024))} KiB`).join(', ');
    $('about').textContent = [
      `Computes on this machine with ${r.backend}: ${count(r.parameters)} weights learn from ${count(r.train_images)} images. Nothing is sent anywhere.`,
      kept && `The algorithm also keeps: ${kept}.`,
      run.warning,
      ...(r.notes ?? []).map(sentence),
    ].filter(Boolean).join(' ');
  });
}

const sentence = text => text && capital(text) + (/[.!?]$/.test(text) ? '' : '.');

function showAlert(message, hint, fatal) {
  $('alert-message').textContent = sentence(message);
  $('alert-hint').textContent = sentence(hint);
  if (fatal) $('alert-reset').hidden = false;  // and until the alert is closed, whatever else it says
  $('alert').hidden = false;
  if (document.fullscreenElement) document.exitFullscreen();  // the message lies outside
}

function hideAlert() { leave($('alert'), () => { for (const id of ['alert', 'alert-reset', 'alert-restore']) $(id).hidden = true; }); }

$('alert-close').addEventListener('click', hideAlert);
main().catch(e => {
  console.error(e);
  for (const id of ['status', 'view-note']) $(id).textContent = '';
  showAlert(`The page cannot start: ${e.message}`, 'Reload it; if that does not help, the server may have been built without its assets.', false);
});
