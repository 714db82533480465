// What this page is, which version, what it carries and under which licences.
import { html } from './elements.js';
import { edition } from './offline.js';

// about lets a button open the dialog.
export function about(button) {
  const version = html('p', { class: 'quiet' });
  const link = (href, text) => html('a', { href, target: '_blank', rel: 'noopener' }, text);
  const dialog = html('dialog', { class: 'about', 'aria-labelledby': 'about-title' },
    html('h2', { id: 'about-title' }, 'About Pushpull'),
    html('p', {}, 'Pushpull is a playground for contrastive learning. A small encoder learns without labels, here in your browser: '
      + 'it pulls two views of one image together and pushes different images apart. '
      + 'The program that trains here is the one that trains natively, and gives the same losses.'),
    html('p', {}, 'Your images, runs and settings stay on this machine. Once it was here, the page also works without its server, and your browser can install it.'),
    html('h3', {}, 'Read on'),
    html('p', {}, 'Its source has a tour in README.md, the design in ARCHITECTURE.md, '
      + 'and in docs what each algorithm reaches, how fast it is, and how to add one. ',
      html('code', {}, 'pushpull -h'), ' explains the command, ',
      html('code', {}, 'pushpull'), " in the browser's console drives the page, and ? lists the keys. Each algorithm names its paper."),
    html('h3', {}, 'Licences'),
    html('p', {}, 'Pushpull has the Apache License 2.0. It carries parts of Go, Ebitengine and Gonum, '
      + 'and MNIST, the handwritten digits of Y. LeCun, C. Cortes and C. Burges: ',
      link('build/licences.txt', 'all licences'), '.'),
    version, html('form', { method: 'dialog' }, html('button', {}, 'Close')));
  document.body.append(dialog);
  button.addEventListener('click', async () => {
    dialog.showModal();
    const e = await edition();
    version.textContent = e ? `Version ${e.program}, edition ${e.version.slice(0, 8)}.` : '';
  });
}
