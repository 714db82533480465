// The embedding on the whole screen. The browser's own Escape leaves it.

// full lets a button show a section on the whole screen, and back.
export function full(button, section) {
  button.hidden = !document.fullscreenEnabled;  // a frame may lack the permission, a phone the ability
  button.addEventListener('click', () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else section.requestFullscreen().catch(() => { button.hidden = true; });
  });
  document.addEventListener('fullscreenchange', () => {
    const on = document.fullscreenElement === section;
    button.setAttribute('aria-pressed', String(on));
    button.title = on ? 'Leave full screen (F or Escape)' : 'The embedding on the whole screen (F)';
  });
}
