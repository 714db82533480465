// Before anything is drawn: whether the page is in a frame of another page, which ?embed=1 says. Its layout is in embed.css.
if (new URLSearchParams(location.search).get('embed') === '1') document.documentElement.dataset.embed = '';

// The program is loaded once the page's frame is on the screen: to load fifty modules, make the controls and compile the trainer
// would keep it off for as long as that takes. A hidden page is not painted, and some browsers do not tell.
{
  let loaded = false;
  const load = () => {
    if (loaded) return;
    loaded = true;
    document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: 'js/app.js' }));
  };
  if (document.hidden || !globalThis.PerformanceObserver?.supportedEntryTypes?.includes('paint')) load();
  else {
    new PerformanceObserver(load).observe({ type: 'paint', buffered: true });
    setTimeout(load, 1000);
  }
}
