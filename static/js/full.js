// The embedding on the whole screen. The browser's own Escape leaves it.

// full lets a button show a section on the whole screen, and back.
export function full(button, section) {
  let before = null;  // what had the focus
  button.hidden = !document.fullscreenEnabled;  // a frame may lack the permission, a phone the ability
  button.addEventListener('click', () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else {
      before = document.activeElement;
      section.requestFullscreen().catch(() => { button.hidden = true; });
    }
  });
  document.addEventListener('fullscreenchange', () => {
    const on = document.fullscreenElement === section;
    button.setAttribute('aria-pressed', String(on));
    button.title = on ? 'Leave full screen (F or Escape)' : 'The embedding on the whole screen (F)';
    if (on && !section.contains(document.activeElement)) button.focus();  // what is outside loses it
    if (!on && document.activeElement === button) before?.focus({ preventScroll: true });
  });
}
