// Before anything is drawn: whether the page is in a frame of another page, which ?embed=1 says, and that page's layout.
{
  const put = (tag, attributes) => document.head.append(Object.assign(document.createElement(tag), attributes));
  if (new URLSearchParams(location.search).get('embed') === '1') {
    document.documentElement.dataset.embed = '';
    put('link', { rel: 'stylesheet', href: 'embed.css', blocking: 'render' });
  }

  // What cannot be loaded is told here: there is no program that could.
  const fail = () => {
    const $ = id => document.getElementById(id);
    for (const id of ['status', 'view-note']) $(id).textContent = '';
    $('alert-message').textContent = 'The page cannot start: a part of it is missing or damaged.';
    $('alert-hint').textContent = 'Reload it; if that does not help, the server may have been built without its assets.';
    $('alert-close').hidden = true;
    $('alert').hidden = false;
  };

  // The program is loaded once the page's frame is on the screen: to load fifty modules, make the controls and compile the
  // trainer would keep it off for as long as that takes, and so would the icon, whose gradients are slow to draw at first. A
  // hidden page is not painted, and some browsers do not tell.
  let loaded = false;
  const load = () => {
    if (loaded) return;
    loaded = true;
    put('link', { rel: 'preload', href: 'build/registry.json', as: 'fetch', crossOrigin: '' });
    addEventListener('error', fail);
    put('script', { type: 'module', src: 'js/app.js', onerror: fail, onload: () => removeEventListener('error', fail) });
    document.querySelector('.brand img').src = 'icon.svg';
  };
  if (document.hidden || !globalThis.PerformanceObserver?.supportedEntryTypes?.includes('paint')) addEventListener('DOMContentLoaded', load);
  else {
    new PerformanceObserver(load).observe({ type: 'paint', buffered: true });
    setTimeout(load, 1000);
  }
}
