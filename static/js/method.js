// What the chosen algorithm is: its idea, its paper, its equation, and the diagram of its data and gradient.
import { Diagram } from './diagram.js';
import { html } from './elements.js';
import { equation, formula } from './equation.js';
import { capital } from './names.js';

export class Method {
  #shown = '';
  #formula = '';

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
    const { settings } = this.run, a = settings.algorithm, says = formula(a.equation, key => settings.off(key));
    if (a.name !== this.#shown) {
      this.#shown = a.name;
      this.idea.replaceChildren(`${capital(a.help)}. `, html('a', { href: a.paper, target: '_blank', rel: 'noopener' }, 'Paper'));
    }
    if (says !== this.#formula) {
      this.#formula = says;
      this.equation.replaceChildren(...equation(says));
    }
    this.diagram.refresh();
  }
}
