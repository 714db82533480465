// The right side of the page: is it learning? A verdict in words, the measures over time, and the batch of the moment.
import { BatchView } from './batch.js';
import { html } from './elements.js';
import { Measures } from './measures.js';
import { Verdict } from './verdict.js';

// figures fills the section below its heading and follows the run.
export function figures(section, run) {
  const verdict = html('div', { class: 'verdict' });
  const tabs = html('div', { class: 'segments', role: 'tablist', 'aria-label': 'What to look at' });
  const heading = section.querySelector('h2');
  const panes = [['over-time', 'Over time'], ['this-batch', 'This batch']].map(([id, name], i) => ({
    tab: html('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `pane-${id}`, 'aria-selected': String(!i), tabindex: i ? '-1' : '0' }, name),
    pane: html('div', { class: 'pane', role: 'tabpanel', id: `pane-${id}`, 'aria-labelledby': `tab-${id}`, hidden: i > 0 }),
  }));
  tabs.append(...panes.map(p => p.tab));
  section.replaceChildren(html('div', { class: 'figures-head' }, heading, tabs), verdict, ...panes.map(p => p.pane));

  new Verdict(verdict, run);
  new Measures(panes[0].pane, run);
  const batch = new BatchView(panes[1].pane, run);

  const choose = chosen => {
    panes.forEach(({ tab, pane }, i) => {
      tab.setAttribute('aria-selected', String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      pane.hidden = i !== chosen;
    });
    batch.open(chosen === 1);
  };
  panes.forEach(({ tab }, i) => {
    tab.addEventListener('click', () => choose(i));
    tab.addEventListener('keydown', e => {
      if (e.key !== 'ArrowRight' && e.key !== 'ArrowLeft') return;
      e.preventDefault();
      choose(1 - i);
      panes[1 - i].tab.focus();
    });
  });
}
