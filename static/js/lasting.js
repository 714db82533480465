// The copy of the run that outlives the page: a tab that the browser throws away in the background, or that is loaded
// again, offers to go on from it. It stays in this browser.
import { html } from './svg.js';

const MOST = 64 << 20;       // bytes of a copy
const STAYS = 24 * 3600_000; // milliseconds that the copies of other tabs stay
const TAB = 'pushpull: tab';

// outlast keeps each copy of the run, and offers in the element the one that this tab had before.
export async function outlast(run, element) {
  let store, own;
  try {
    store = await caches.open(`pushpull-runs ${new URL('.', location.href).pathname}`);
    own = sessionStorage.getItem(TAB) ?? crypto.randomUUID();
    sessionStorage.setItem(TAB, own);
  } catch {
    return;  // a browser without a store for pages like this one
  }
  const at = new URL(`run/${own}`, location.href).href;
  const offer = html('p', { class: 'news', id: 'kept-run', role: 'status' });
  run.addEventListener('kept', ({ detail: { name, step, bytes } }) => {
    offer.remove();
    if (bytes.length <= MOST) store.put(at, new Response(bytes, { headers: { 'X-Name': name, 'X-Step': step, 'X-Time': Date.now() } })).catch(() => {});  // the disk may be full
  });
  const before = await store.match(at);
  if (before && !run.kept) {
    const step = Number(before.headers.get('X-Step'));
    const button = html('button', { type: 'button' }, `Go on from step ${step.toLocaleString('en')}`);
    button.addEventListener('click', async () => {
      offer.remove();
      run.open(before.headers.get('X-Name'), new Uint8Array(await before.arrayBuffer()));
    });
    offer.append('The run that this tab had is kept.', button);
    element.append(offer);
  }
  for (const request of await store.keys()) {
    if (request.url !== at && Date.now() - Number((await store.match(request))?.headers.get('X-Time')) > STAYS) await store.delete(request);
  }
}
