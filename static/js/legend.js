// The classes as the view draws them, each a button that hides or shows its points.

const NS = 'http://www.w3.org/2000/svg';

// legend fills a list from the view's entries; onHide hears the indices of the hidden classes.
export function legend(list, entries, onHide) {
  const hidden = new Set();
  list.replaceChildren(...entries.map((e, i) => {
    const icon = document.createElementNS(NS, 'svg'), path = document.createElementNS(NS, 'path');
    icon.setAttribute('viewBox', '0 0 20 20');
    icon.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', e.path);
    path.setAttribute('fill-rule', 'evenodd');
    icon.append(path);
    icon.style.setProperty('--light', e.light);
    icon.style.setProperty('--dark', e.dark);
    const button = document.createElement('button');
    button.type = 'button';
    button.title = `${e.count} of the points; drawn as a ${e.shape}`;
    button.setAttribute('aria-pressed', 'true');
    button.append(icon, e.name);
    button.addEventListener('click', () => {
      hidden.has(i) ? hidden.delete(i) : hidden.add(i);
      button.setAttribute('aria-pressed', String(!hidden.has(i)));
      onHide([...hidden]);
    });
    const item = document.createElement('li');
    item.append(button);
    return item;
  }));
}
