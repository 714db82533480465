// The page without its server, and on servers that do not isolate it: both by the service worker sw.js, which browsers
// allow over https and from this machine. And word of a new edition of the page.
import { html } from './elements.js';

const EDITION = 'build/edition.json';
const LOOK_EVERY = 3600_000;  // milliseconds between looks for a new edition
const TRIED = 'pushpull: isolation was tried';

let own = null;  // the edition of this page, a promise

// edition returns {version, program} of this page, null if its server does not tell.
export function edition() { return own ??= latest(); }

async function latest() {
  const answer = await fetch(EDITION, { cache: 'no-cache' }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;  // some hosts answer with a page to whatever is asked
}

async function register() {
  const e = await edition();
  if (!e || !navigator.serviceWorker) return null;
  return navigator.serviceWorker.register(`sw.js?v=${e.version}`, { updateViaCache: 'none' }).catch(() => null);  // some browsers forbid it
}

// isolate sees to it that the page may use threads where its server does not: with a service worker, which is in time for
// the next load only. It tells whether that is on its way. It tries once, so the page is never loaded over and over.
export async function isolate() {
  try {
    if (crossOriginIsolated) return sessionStorage.removeItem(TRIED), false;
    if (!isSecureContext || self !== top || sessionStorage.getItem(TRIED)) return false;
    sessionStorage.setItem(TRIED, 'yes');
  } catch {
    return false;  // no storage: nothing would end the loads
  }
  if (!await register()) return false;
  if (!navigator.serviceWorker.controller) {
    const controlled = new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
    await Promise.race([controlled, new Promise(done => setTimeout(done, 3000))]);
  }
  location.reload();
  return true;
}

// keepOffline lets the service worker keep the page once the run is ready, and says in the element when the server has a
// new edition. What runs goes on until the user asks for it.
export function keepOffline(run, element) {
  run.addEventListener('ready', async () => {
    await register();
    const { active } = await navigator.serviceWorker?.ready ?? {};
    setTimeout(() => active?.postMessage('keep'), 1500);  // the view is loading
  }, { once: true });
  const look = async () => {
    const [mine, theirs] = [await edition(), await latest()];
    if (!mine || !theirs || mine.version === theirs.version || document.getElementById('new-edition')) return;
    const button = html('button', { type: 'button', title: 'The run stops; you can go on from its last copy then' }, 'Reload');
    button.addEventListener('click', () => location.reload());
    element.append(html('p', { class: 'news', id: 'new-edition', role: 'status' }, 'A new version of this page is here.', button));
  };
  setInterval(look, LOOK_EVERY);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  addEventListener('online', look);
}
