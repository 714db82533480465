// Images as canvases: pixels of many images [n, h, w, c], gray or of three channels.
import { html } from './elements.js';

// draw returns a canvas with image i.
export function draw(images, i) {
  const canvas = html('canvas', { 'aria-hidden': 'true' });
  paint(canvas, images, i);
  return canvas;
}

// paint shows image i on a canvas, which becomes as large as it.
export function paint(canvas, { h, w, c, pixels }, i) {
  const image = new ImageData(w, h);
  for (let p = 0, at = i * h * w * c; p < h * w; p++) {
    for (let k = 0; k < 3; k++) image.data[4 * p + k] = pixels[at + p * c + (c === 3 ? k : 0)];
    image.data[4 * p + 3] = 255;
  }
  canvas.width = w, canvas.height = h;
  canvas.getContext('2d').putImageData(image, 0, 0);
}
