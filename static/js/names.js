// How names and numbers are written.
const NAMES = { shapes: 'Shapes', mnist: 'MNIST', yours: 'your images', convnet: 'ConvNet', mlp: 'MLP', resnet: 'ResNet', vit: 'ViT' };

// title is how a data set or an encoder is written.
export const title = name => NAMES[name] ?? name;

// count is how a number of things is written.
export const count = n => n.toLocaleString('en');

// minus writes a number, or what begins with one, with the sign of print.
export const minus = number => String(number).replace('-', '−');

// capital makes a text the begin of a sentence.
export const capital = text => text[0].toUpperCase() + text.slice(1);
