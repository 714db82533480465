// The page in a frame of another page: the embedding, the transport and the verdict, and the way to all of the page.
import { write } from './address.js';
import { html } from './elements.js';
import { title } from './names.js';

// embed adds to the element what only a framed page has.
export function embed(run, element) {
  if (!('embed' in document.documentElement.dataset)) return;
  const link = html('a', { class: 'open', target: '_blank', rel: 'noopener' }, 'Open in Pushpull');
  const note = html('p', { class: 'quiet' });
  const search = new URLSearchParams(location.search);
  search.delete('embed');
  const show = () => { link.href = `${location.pathname}${search.size ? `?${search}` : ''}${write(run.settings)}`; };
  for (const event of ['settings', 'look']) run.addEventListener(event, show);
  show();
  run.addEventListener('ready', () => {
    const { algorithm, data } = run.settings;
    const thread = crossOriginIsolated ? '' : ', on one thread, since the page around this one is not isolated';
    note.textContent = `${algorithm.title} on ${title(data)}${thread}.`;
  });
  element.append(html('div', { class: 'embed' }, note, link));
}
