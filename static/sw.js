// The service worker. It keeps the page for times when its server cannot be reached, and isolates it where the server does
// not, so that threads may share memory. While the server answers, the page is the server's: nothing old is shown.
//
// It is registered as sw.js?v=VERSION, of the edition of the page that it keeps.
const VERSION = new URL(location.href).searchParams.get('v');
const SCOPE = new URL(registration.scope);
const PREFIX = `pushpull ${SCOPE.pathname} `;  // of the names of caches: other pages of this origin have theirs
const EDITION = 'build/edition.json';          // it is put into a cache last, so a cache that has it is whole
const LAZY = 'build/mnist/';                   // kept when first used
const PATIENCE = 5000;                         // milliseconds to wait for a server when the page is kept
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Resource-Policy': 'same-origin' };

let away = 0;  // until then the server is taken to be out of reach

const at = name => new URL(name, SCOPE).href;

addEventListener('install', () => skipWaiting());
// Nothing waits for the claim: the kernel's workers sleep in Atomics.wait and never hear of it, and Firefox would hold every
// request back until they do.
addEventListener('activate', () => { clients.claim(); });
addEventListener('message', event => { if (event.data === 'keep') event.waitUntil(keep()); });
addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || !url.href.startsWith(SCOPE.href)) return;
  const name = url.pathname.slice(SCOPE.pathname.length) || 'index.html';
  event.respondWith(answer(event.request, name));
});

async function answer(request, name) {
  if (Date.now() < away) {
    const hit = await kept(name);
    if (hit) return hit;
  }
  let reply;
  try {
    reply = await patiently(fetch(request), name);
    if (reply.status >= 500) reply = await kept(name) ?? reply;
  } catch (e) {
    const hit = await kept(name);
    if (!hit) throw e;
    return hit;
  }
  if (request.mode === 'navigate' && name === 'index.html' && reply.ok) {
    const text = await reply.clone().text();
    if (!text.includes('content="Pushpull"')) {  // something else has this address now
      await leave();
      return reply;
    }
  }
  if (name.startsWith(LAZY) && reply.ok) {
    const copy = ours(reply.clone());
    await caches.open(PREFIX + VERSION).then(cache => cache.put(at(name), copy)).catch(() => {});  // the disk may be full
  }
  return isolated(reply, request.mode === 'navigate' && new URL(request.url).searchParams.get('embed') === '1');
}

// patiently waits for a server's reply, not for long if there is a kept one.
async function patiently(reply, name) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(async () => {
      if (!await kept(name)) return;
      away = Date.now() + 30_000;
      fail(new Error('the server takes too long'));
    }, PATIENCE);
  });
  return Promise.race([reply, late]).finally(() => clearTimeout(timer));
}

// isolated gives a reply the headers that isolate the page, if the server gave none.
function isolated(reply, framed = false) {
  if (reply.type === 'opaqueredirect' || reply.headers.has('Cross-Origin-Embedder-Policy')) return reply;
  const headers = new Headers(reply.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  if (framed) headers.set('Cross-Origin-Resource-Policy', 'cross-origin');  // as the server has it, see embeddable there
  return new Response(reply.body, { status: reply.status, statusText: reply.statusText, headers });
}

// ours is a reply as it is kept: of its plain content, whatever a request accepts.
function ours(reply) {
  const headers = new Headers(isolated(reply.clone()).headers);
  for (const name of ['Content-Encoding', 'Content-Length', 'Vary']) headers.delete(name);
  return new Response(reply.body, { headers });
}

async function ownCaches() { return (await caches.keys()).filter(key => key.startsWith(PREFIX)); }

// kept returns a file of the latest edition that is kept whole, undefined if there is none.
async function kept(name) {
  for (const key of (await ownCaches()).reverse()) {
    const cache = await caches.open(key);
    if (await cache.match(at(EDITION))) return cache.match(at(name));
  }
}

async function ask(name) {
  const reply = await fetch(at(name), { cache: 'no-cache' });
  if (!reply.ok) throw new Error(`${name}: the server answers ${reply.status}`);
  return reply;
}

// keep fetches what this edition's cache lacks, and forgets earlier editions once it is whole.
async function keep() {
  const key = PREFIX + VERSION;
  if (!await caches.match(at(EDITION), { cacheName: key })) {
    const edition = await (await ask(EDITION)).json();
    if (edition.version !== VERSION) return;  // a newer one has come; the page's next visit keeps that
    const cache = await caches.open(key);     // not before: where something else is served now, none must stay
    const before = await (await kept(EDITION))?.json();
    const keepFile = async (name, hash) => {
      const same = before?.files[name] === hash ? await kept(name) : undefined;
      if (same) await cache.put(at(name), same);
      else if (!name.startsWith(LAZY)) await cache.put(at(name), ours(await ask(name)));
    };
    await Promise.all(Object.entries(edition.files).map(([name, hash]) => keepFile(name, hash)));
    const after = await ask(EDITION);
    if ((await after.clone().json()).version !== VERSION) return caches.delete(key);  // it changed meanwhile
    await cache.put(at(EDITION), ours(after));
  }
  for (const other of await ownCaches()) if (other !== key) await caches.delete(other);
}

// leave lets the browser forget this worker and what it keeps.
async function leave() {
  for (const key of [...await ownCaches(), `pushpull-runs ${SCOPE.pathname}`]) await caches.delete(key);
  await registration.unregister();
}
