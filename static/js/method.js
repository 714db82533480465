// What the chosen algorithm is: its idea, its paper, its equation, and the diagram of its data and gradient.
import { Diagram } from './diagram.js';
import { equation } from './equation.js';
import { html } from './svg.js';

export class Method {
  #shown = '';

  constructor(element, run) {
    this.run = run;
    this.idea = html('p', { class: 'quiet' });
    this.equation = html('div', { class: 'equation', role: 'group', 'aria-label': 'Its loss', tabindex: '0' });
    const picture = html('div');
    this.diagram = new Diagram(picture, run);
    element.append(html('div', { class: 'method' }, picture, this.equation, this.idea));
    run.addEventListener('settings', () => this.refresh());
    this.refresh();
  }

  refresh() {
    const a = this.run.settings.algorithm;
    if (a.name !== this.#shown) {
      this.#shown = a.name;
      this.idea.replaceChildren(`${a.help[0].toUpperCase()}${a.help.slice(1)}. `, html('a', { href: a.paper, target: '_blank', rel: 'noopener' }, 'Paper'));
      this.equation.replaceChildren(...equation(a.equation));
    }
    this.diagram.refresh();
  }
}
