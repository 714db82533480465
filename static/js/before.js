// The run that another has taken the place of, after Reset, a changed setting or a loaded run: the page offers to go back to it.
import { html } from './elements.js';
import { leave } from './focus.js';
import { count, title } from './names.js';

// before shows the offer in the element.
export function before(run, element) {
  const said = html('span'), back = html('button', { type: 'button' }, 'Go back'), close = html('button', { type: 'button', 'aria-label': 'Forget the run before' }, '×');
  const offer = html('p', { class: 'news', id: 'run-before', role: 'status' }, said, back, close);
  let replaced = null, tried = null;  // tried is on its way back
  const forget = () => { replaced = null; leave(offer); };
  const show = detail => {
    replaced = detail;
    tried = null;
    const algorithm = run.settings.registry.algorithms.find(a => a.name === detail.algo);
    said.textContent = `${algorithm?.title ?? 'The run before'} on ${title(detail.data)} is kept as it was at step ${count(detail.step)}.`;
    element.append(offer);
  };
  run.addEventListener('replaced', ({ detail }) => show(detail));
  run.addEventListener('ready', ({ detail }) => { if (detail.opened) tried = null; });
  run.addEventListener('error', ({ detail }) => { if (tried && !detail.files) show(tried); });  // it may go on later, when its images are here
  back.addEventListener('click', () => {
    tried = replaced;
    forget();
    run.open(tried.name, tried.bytes);
  });
  close.addEventListener('click', forget);
}
