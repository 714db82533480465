// The copy of the run that outlives the page: a tab that the browser throws away in the background, or that is loaded
// again, offers to go on from it. It stays in this browser.
import { html } from './elements.js';
import { leave } from './focus.js';
import { count } from './names.js';

const MOST = 64 << 20;       // bytes of a copy
const STAYS = 24 * 3600_000; // milliseconds that the copies of other tabs stay
const LEAVES = 500;          // milliseconds that a page may take to let go of its ID once it is left

// The store of a tab is one for all frames in it: each has an ID of its own there, by its place.
const TAB = `pushpull: tab${self === top ? '' : ` ${placeOf(self)}`}`;

// placeOf returns a frame's place among those of its parent, of another origin perhaps, whose list can only be asked by number.
function placeOf(frame) {
  let place = 0;
  while (parent[place] !== frame) place++;
  return place;
}

// outlast keeps each copy of the run, and offers in the element the one that this tab had before; fail(message, hint) tells
// where that one cannot be had. A browser whose store fails keeps none.
export async function outlast(run, element, fail) {
  let store, had, own;
  try {
    store = await caches.open(`pushpull-runs ${new URL('.', location.href).pathname}`);
    own = had = sessionStorage.getItem(TAB) ?? crypto.randomUUID();
    if (!await hold(own)) await hold(own = crypto.randomUUID());  // the tab is a double, and the other lives
    sessionStorage.setItem(TAB, own);
  } catch {
    return;  // a browser without a store for pages like this one
  }
  const place = id => new URL(`run/${id}`, location.href).href, at = place(own);
  const offer = html('p', { class: 'news', id: 'kept-run', role: 'status' });
  run.addEventListener('kept', ({ detail: { name, step, bytes } }) => {
    leave(offer);
    if (bytes.length > MOST) return;
    const headers = { 'X-Name': name, 'X-Step': step, 'X-Time': Date.now() };
    store.put(at, new Response(bytes, { headers })).catch(() => {});  // the disk may be full
  });
  const before = await store.match(place(had)).catch(() => null);
  if (before && !run.kept) {
    const step = Number(before.headers.get('X-Step'));
    const button = html('button', { type: 'button' }, `Go on from step ${count(step)}`);
    button.addEventListener('click', async () => {
      leave(offer);
      const bytes = await before.arrayBuffer().catch(() => null);
      if (bytes) run.open(before.headers.get('X-Name'), new Uint8Array(bytes));
      else fail('the browser no longer has the run that this tab had', 'press Play to start a new one');
    });
    offer.append('The run that this tab had is kept.', button);
    element.append(offer);
  }
  sweep(store, at).catch(() => {});  // what stays is tried again next time
}

// hold tells whether no other page lives by an ID, which then is this page's as long as it lives.
function hold(id) {
  return new Promise((done, fail) => {
    const held = () => { done(true); return new Promise(() => {}); };
    navigator.locks.request(`pushpull ${id}`, { signal: AbortSignal.timeout(LEAVES) }, held).catch(e => e.name === 'TimeoutError' ? done(false) : fail(e));
  });
}

// sweep drops the copies of other tabs than the one at own that have stayed long enough.
async function sweep(store, own) {
  for (const request of await store.keys()) {
    if (request.url === own) continue;
    const copy = await store.match(request);
    if (Date.now() - Number(copy?.headers.get('X-Time')) > STAYS) await store.delete(request);
  }
}
